"""Declarations of the `cme mail` commands."""

from typing import Annotated

import typer

from cme_reflex.cli.declaration import implemented_in
from cme_reflex.cli.options import AsJson, DryRun, MeetingCode

mail = typer.Typer(help="Mail queue and reminders.", no_args_is_help=True)


@mail.command()
@implemented_in("cme_reflex.cli.mail.queue")
def status(meeting: MeetingCode = None, as_json: AsJson = False) -> None:
    """Show the mail queue: counts by state, and messages that are late, uncertain or dead."""


@mail.command()
@implemented_in("cme_reflex.cli.mail.queue")
def send(as_json: AsJson = False) -> None:
    """Send all due messages, manually or from cron; the server also sends them itself."""


@mail.command()
@implemented_in("cme_reflex.cli.mail.queue")
def remind(meeting: MeetingCode = None, dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """Send reminders to attendees with an unsubmitted claim, once per deadline."""


@mail.command()
@implemented_in("cme_reflex.cli.mail.queue")
def retry(
    ids: Annotated[list[int], typer.Argument(metavar="ID…", help="Ids from cme mail status.")],
    meeting: MeetingCode = None,
    as_json: AsJson = False,
) -> None:
    """Retry dead or uncertain messages: all of these, or none."""
