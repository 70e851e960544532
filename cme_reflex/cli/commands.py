"""The table of contents of the `cme` command.

Exit codes: 0 done, 1 a fault in what was given (all of them are listed), 2 wrong usage.
"""

from pathlib import Path
from typing import Annotated

import typer

from cme_reflex import __version__
from cme_reflex.cli import complete, converters
from cme_reflex.cli.faults import stop_on_faults
from cme_reflex.cli.output import AsJson
from cme_reflex.exchange.formats import Format

HOST = "127.0.0.1"
PORT = 3000

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
db = typer.Typer(help="The tables of the database (CME_DATABASE_URL).", no_args_is_help=True)
meeting = typer.Typer(help="Meetings: folders that are loaded.", no_args_is_help=True)
claims = typer.Typer(help="Claims: looked up, reopened, exported.", no_args_is_help=True)
evaluations = typer.Typer(help="Evaluations: reported without names.", no_args_is_help=True)
reporting = typer.Typer(help="Learner credit reporting to ACCME's PARS.", no_args_is_help=True)
members = converters.members  # converted there, invited here
app.add_typer(db, name="db")
app.add_typer(meeting, name="meeting")
app.add_typer(claims, name="claims")
app.add_typer(converters.programme, name="programme")
app.add_typer(converters.attendees, name="attendees")
app.add_typer(members, name="members")
app.add_typer(evaluations, name="evaluations")
mail = typer.Typer(help="Messages: sent, waiting, dead; and reminders.", no_args_is_help=True)
app.add_typer(mail, name="mail")
app.add_typer(reporting, name="reporting")
tokens = typer.Typer(help="Tokens of systems that read claims over HTTP.", no_args_is_help=True)
app.add_typer(tokens, name="tokens")

Host = Annotated[str, typer.Option(help="Address to listen on.")]
Receipt = Annotated[str, typer.Argument(help="Number of a receipt, of whatever version.")]
Out = Annotated[Path, typer.Option(metavar="DIR", help="Folder for the files.")]
Force = Annotated[bool, typer.Option("--force", help="Replace files that are there.")]
Folder = Annotated[Path, typer.Argument(metavar="DIR", autocompletion=complete.meetings)]
File = Annotated[Path, typer.Argument(metavar="FILE", autocompletion=complete.paths)]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only tell what would be done.")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")]


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


Version = Annotated[
    bool,
    typer.Option("--version", callback=_tell_version, is_eager=True, help="Print the version."),
]


@app.callback()
def cme(version: Version = False) -> None:
    """Claim CME credit after a medical meeting."""


@db.command("upgrade")
def db_upgrade(revision: Annotated[str, typer.Argument()] = "head") -> None:
    """Bring the database to a revision, by default the newest."""
    from cme_reflex.cli import database

    with stop_on_faults():
        database.upgrade(revision)


@db.command("downgrade")
def db_downgrade(revision: Annotated[str, typer.Argument(help='A revision, or "base".')]) -> None:
    """Take the database back to an older revision. What only newer tables hold is lost."""
    from cme_reflex.cli import database

    with stop_on_faults():
        database.downgrade(revision)


@db.command("current")
def db_current() -> None:
    """Print the database's revision."""
    from cme_reflex.cli import database

    with stop_on_faults():
        database.current()


@meeting.command("new")
def meeting_new(
    code: Annotated[
        str, typer.Argument(help="Short name without spaces, such as pstm25; of the folder too.")
    ],
    into: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of meetings; by default CME_MEETINGS."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a folder with comments, to start a meeting from; nothing is ever replaced."""
    from cme_reflex.cli import preparing

    with stop_on_faults():
        preparing.new(code, into, as_json=as_json)


@meeting.command("check")
def meeting_check(folder: Folder, as_json: AsJson = False) -> None:
    """List every fault of a meeting's folder with its place and remedy, and what to look at."""
    from cme_reflex.cli import preparing

    with stop_on_faults():
        preparing.check(folder, as_json=as_json)


@meeting.command("load")
def meeting_load(folder: Folder, dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """Load a meeting's folder: all or nothing; loading it again changes nothing."""
    from cme_reflex.cli import loading

    with stop_on_faults():
        loading.load(folder, dry_run=dry_run, as_json=as_json)


@claims.command("show")
def claims_show(receipt: Receipt, as_json: AsJson = False) -> None:
    """Print a claim with all its versions and its history."""
    from cme_reflex.cli import claims as desk

    with stop_on_faults():
        desk.show(receipt, as_json=as_json)


@claims.command("reopen")
def claims_reopen(
    receipt: Receipt,
    reason: Annotated[str, typer.Option(help="Why; the audit log keeps it.")],
    until: Annotated[
        str, typer.Option(help="Deadline, such as 2026-02-23T13:00 on the meeting's clocks.")
    ],
    as_json: AsJson = False,
) -> None:
    """Let the attendee change a submitted claim until a deadline of its own."""
    from cme_reflex.cli import claims as desk

    with stop_on_faults():
        desk.reopen(receipt, reason=reason, until=until, as_json=as_json)


@claims.command("export")
def claims_export(
    out: Out,
    kind: Annotated[Format, typer.Option("--format", help="What files to write.")] = Format.CSV,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Write all claims with their lines and evaluation answers into files."""
    from cme_reflex.cli import exports

    with stop_on_faults():
        exports.claims(kind, out, force=force, as_json=as_json)


@evaluations.command("report")
def evaluations_report(out: Out, force: Force = False, as_json: AsJson = False) -> None:
    """Count the answers, without names: CSV files, a workbook, and a page with plots."""
    from cme_reflex.cli import exports

    with stop_on_faults():
        exports.evaluations(out, force=force, as_json=as_json)


@mail.command("status")
def mail_status(as_json: AsJson = False) -> None:
    """Print how many messages are in which state, and each that is late, uncertain or dead."""
    from cme_reflex.cli import mail as post

    with stop_on_faults():
        post.status(as_json=as_json)


@mail.command("send")
def mail_send(as_json: AsJson = False) -> None:
    """Send everything that is due, by hand or from cron; the server does so by itself."""
    from cme_reflex.cli import mail as post

    with stop_on_faults():
        post.send(as_json=as_json)


@mail.command("remind")
def mail_remind(dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """Remind everybody who has begun and not submitted, once for each deadline."""
    from cme_reflex.cli import mail as post

    with stop_on_faults():
        post.remind(dry_run=dry_run, as_json=as_json)


@mail.command("retry")
def mail_retry(
    ids: Annotated[list[int], typer.Argument(metavar="ID…", help="As cme mail status has them.")],
    as_json: AsJson = False,
) -> None:
    """Let dead or uncertain messages wait for another attempt: all of these, or none."""
    from cme_reflex.cli import mail as post

    with stop_on_faults():
        post.retry(ids, as_json=as_json)


@members.command("invite")
def members_invite(
    usernames: Annotated[
        list[str] | None, typer.Argument(metavar="USERNAME…", show_default=False)
    ] = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Send these members, or all without a password, a link with which they set one."""
    from cme_reflex.cli import members as accounts

    with stop_on_faults():
        accounts.invite(usernames or [], dry_run=dry_run, as_json=as_json)


@reporting.command("check")
def reporting_check(as_json: AsJson = False) -> None:
    """List what PARS would reject and why, by attendee; exit code 1 where there is any."""
    from cme_reflex.cli import reporting as desk

    with stop_on_faults():
        desk.check(as_json=as_json)


@reporting.command("export")
def reporting_export(
    out: Out = Path(),
    again: Annotated[
        int | None, typer.Option(min=1, metavar="BATCH", help="Write a remembered batch again.")
    ] = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Write what PARS does not hold yet, as XLSX and tab-delimited, and remember it."""
    from cme_reflex.cli import reporting as desk

    with stop_on_faults():
        desk.export(out, again=again, force=force, as_json=as_json)


@reporting.command("rejected")
def reporting_rejected(
    file: Annotated[Path, typer.Argument(metavar="FILE")],
    batch: Annotated[
        int | None, typer.Option(min=1, help="The batch that PARS answered; else the newest.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Take in the rows that PARS rejected; their attendees see why."""
    from cme_reflex.cli import reporting as desk

    with stop_on_faults():
        desk.rejected(file, batch=batch, as_json=as_json)


TokenName = Annotated[str, typer.Argument(help="What to know it by, such as membership-2025.")]


@tokens.command("new")
def tokens_new(name: TokenName, as_json: AsJson = False) -> None:
    """Make a token and print it, this once."""
    from cme_reflex.cli import tokens as keys

    with stop_on_faults():
        keys.new(name, as_json=as_json)


@tokens.command("list")
def tokens_list(as_json: AsJson = False) -> None:
    """Print every token that was made: by whom, when it was last used, whether it is revoked."""
    from cme_reflex.cli import tokens as keys

    with stop_on_faults():
        keys.listed(as_json=as_json)


@tokens.command("revoke")
def tokens_revoke(name: TokenName, as_json: AsJson = False) -> None:
    """Let a token open nothing from now on."""
    from cme_reflex.cli import tokens as keys

    with stop_on_faults():
        keys.revoke(name, as_json=as_json)


@app.command()
def backup(file: File, force: Force = False, as_json: AsJson = False) -> None:
    """Write all records of this moment into one file, while the server runs."""
    from cme_reflex.cli import keeping

    with stop_on_faults():
        keeping.back_up(file, force=force, as_json=as_json)


@app.command()
def restore(
    file: File,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace the claims that are there.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Bring the database to what a backup holds, all or nothing; all sign-ins end."""
    from cme_reflex.cli import keeping

    with stop_on_faults():
        keeping.restore(file, replace=replace, as_json=as_json)


@app.command()
def purge(
    before: Annotated[
        str, typer.Option(metavar="DATE", help="Meetings that ended before this date.")
    ],
    dry_run: DryRun = False,
    yes: Annotated[bool, typer.Option("--yes", help="Delete without asking.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete the records of meetings that are past their six years."""
    from cme_reflex.cli import keeping

    with stop_on_faults():
        keeping.purge(before, dry_run=dry_run, yes=yes, as_json=as_json)


@app.command()
def build() -> None:
    """Build the frontend, unless what it is made of is as it was at the last build."""
    from cme_reflex.cli import frontend

    with stop_on_faults():
        frontend.build()


@app.command()
def serve(host: Host = HOST, port: Port = PORT) -> None:
    """Serve the built application until stopped; one worker unless REFLEX_REDIS_URL is set."""
    from cme_reflex.cli import server

    with stop_on_faults():
        server.require_free_port(host, port, remedy="cme serve --port ")
        server.serve(host, port)


@app.command()
def demo(
    port: Port = PORT,
    reset: Annotated[bool, typer.Option("--reset", help="Start with an empty database.")] = False,
) -> None:
    """Build, load and serve the demo meeting with a database of its own."""
    from cme_reflex.cli import demo as demonstration

    with stop_on_faults():
        demonstration.run(port, reset=reset)
