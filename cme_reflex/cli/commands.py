"""The `cme` application and its command groups.

The `commands.py` of each feature declares its commands; the modules beside it implement them and
are imported when a command is called. Exit codes: 0 success, 1 errors in the input (all are
listed), 2 wrong usage.
"""

from typing import Annotated

import typer

from cme_reflex import __version__
from cme_reflex.cli.certificates.commands import certificates
from cme_reflex.cli.claims.commands import claims
from cme_reflex.cli.evaluations.commands import evaluations
from cme_reflex.cli.mail.commands import mail
from cme_reflex.cli.meetings.commands import meeting
from cme_reflex.cli.operations import commands as operations
from cme_reflex.cli.people.commands import attendees, members
from cme_reflex.cli.programme.commands import programme
from cme_reflex.cli.reporting.commands import reporting

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
app.add_typer(operations.toplevel)
app.add_typer(operations.db, name="db")
app.add_typer(meeting, name="meeting")
app.add_typer(claims, name="claims")
app.add_typer(certificates, name="certificates")
app.add_typer(programme, name="programme")
app.add_typer(attendees, name="attendees")
app.add_typer(members, name="members")
app.add_typer(evaluations, name="evaluations")
app.add_typer(mail, name="mail")
app.add_typer(reporting, name="reporting")
app.add_typer(operations.tokens, name="tokens")


def _print_version(requested: bool) -> None:
    if requested:
        typer.echo(__version__)
        raise typer.Exit


Version = Annotated[
    bool,
    typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version."),
]


@app.callback()
def cme(version: Version = False) -> None:
    """Claim CME credit after a medical meeting."""
