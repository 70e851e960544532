"""Declarations of `cme db`, `cme tokens`, and commands without a group: backups, build, server."""

from typing import Annotated

import typer

from cme_reflex.cli.declaration import implemented_in
from cme_reflex.cli.options import AsJson, DryRun, File, Force
from cme_reflex.domain.operations.api_scopes import ApiScope

HOST = "127.0.0.1"
PORT = 3000

db = typer.Typer(help="Migrations of the database (CME_DATABASE_URL).", no_args_is_help=True)
tokens = typer.Typer(
    help="API tokens for systems that read claims over HTTP.", no_args_is_help=True
)
toplevel = typer.Typer()

Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")]
TokenName = Annotated[str, typer.Argument(help="Name of the token, such as membership-2025.")]


@db.command()
@implemented_in("cme_reflex.cli.operations.database")
def upgrade(revision: Annotated[str, typer.Argument()] = "head") -> None:
    """Upgrade the database to a revision, by default the newest."""


@db.command()
@implemented_in("cme_reflex.cli.operations.database")
def downgrade(revision: Annotated[str, typer.Argument(help='A revision, or "base".')]) -> None:
    """Downgrade the database to an older revision; data of newer tables are lost."""


@db.command()
@implemented_in("cme_reflex.cli.operations.database")
def current() -> None:
    """Show the database's revision."""


@tokens.command("new")
@implemented_in("cme_reflex.cli.operations.tokens")
def create_token(
    name: TokenName,
    scopes: Annotated[
        list[ApiScope] | None,
        typer.Option("--scope", help="What it may read; by default claims. Repeatable."),
    ] = None,
    expires: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="Its last day (UTC); by default in a year."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Create an API token and print it; it cannot be shown again."""


@tokens.command("list")
@implemented_in("cme_reflex.cli.operations.tokens")
def list_tokens(as_json: AsJson = False) -> None:
    """List all API tokens: creator, scopes, last use, expiry and revocation."""


@tokens.command("revoke")
@implemented_in("cme_reflex.cli.operations.tokens")
def revoke_token(name: TokenName, as_json: AsJson = False) -> None:
    """Revoke an API token."""


@toplevel.command()
@implemented_in("cme_reflex.cli.operations.backup")
def backup(file: File, force: Force = False, as_json: AsJson = False) -> None:
    """Back up the database to one file; the server may be running."""


@toplevel.command()
@implemented_in("cme_reflex.cli.operations.backup")
def restore(
    file: File,
    replace: Annotated[bool, typer.Option("--replace", help="Replace existing claims.")] = False,
    unauthenticated: Annotated[
        bool,
        typer.Option(
            "--unauthenticated",
            help="Also restore a backup that CME_SECRET does not authenticate: made by an older "
            "version or with another secret, or forged.",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Restore the database from a backup, all or nothing; all sign-ins end."""


@toplevel.command()
@implemented_in("cme_reflex.cli.operations.purge")
def purge(
    before: Annotated[
        str, typer.Option(metavar="DATE", help="Purge meetings that ended before this date.")
    ],
    dry_run: DryRun = False,
    yes: Annotated[bool, typer.Option("--yes", help="Delete without confirmation.")] = False,
    as_json: AsJson = False,
) -> None:
    """Purge the records of meetings after the retention period of six years."""


@toplevel.command()
@implemented_in("cme_reflex.cli.operations.fonts")
def fonts() -> None:
    """Install the fonts of certificates, unless they are installed; `cme build` does it, too."""


@toplevel.command()
@implemented_in("cme_reflex.cli.operations.frontend")
def build() -> None:
    """Build the frontend, unless its sources did not change since the last build."""


@toplevel.command()
@implemented_in("cme_reflex.cli.operations.server")
def serve(host: Host = HOST, port: Port = PORT) -> None:
    """Run the production server; one worker unless REFLEX_REDIS_URL is set."""


@toplevel.command()
@implemented_in("cme_reflex.cli.operations.demo")
def demo(
    port: Port = PORT,
    meeting: Annotated[
        str, typer.Option(help="Demo meeting to which / leads: pstm24 or spine30.")
    ] = "",
    reset: Annotated[bool, typer.Option("--reset", help="Start with an empty database.")] = False,
) -> None:
    """Run the demo meetings with a database of their own."""
