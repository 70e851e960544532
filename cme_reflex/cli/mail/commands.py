"""`cme mail`."""

from typing import Annotated

import typer

from cme_reflex.cli.declaration import implemented_in
from cme_reflex.cli.options import AsJson, DryRun

mail = typer.Typer(help="Messages: sent, waiting, dead; and reminders.", no_args_is_help=True)


@mail.command()
@implemented_in("cme_reflex.cli.mail.queue")
def status(as_json: AsJson = False) -> None:
    """Print how many messages are in which state, and each that is late, uncertain or dead."""


@mail.command()
@implemented_in("cme_reflex.cli.mail.queue")
def send(as_json: AsJson = False) -> None:
    """Send everything that is due, by hand or from cron; the server does so by itself."""


@mail.command()
@implemented_in("cme_reflex.cli.mail.queue")
def remind(dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """Remind everybody who has begun and not submitted, once for each deadline."""


@mail.command()
@implemented_in("cme_reflex.cli.mail.queue")
def retry(
    ids: Annotated[list[int], typer.Argument(metavar="ID…", help="As cme mail status has them.")],
    as_json: AsJson = False,
) -> None:
    """Let dead or uncertain messages wait for another attempt: all of these, or none."""
