"""Declarations of the `cme reporting` commands."""

from pathlib import Path
from typing import Annotated

import typer

from cme_reflex.cli.declaration import implemented_in
from cme_reflex.cli.options import AsJson, Force, InputFile, MeetingCode, OutFolder

reporting = typer.Typer(help="Learner credit reporting to ACCME's PARS.", no_args_is_help=True)


@reporting.command()
@implemented_in("cme_reflex.cli.reporting.pars")
def check(meeting: MeetingCode = None, as_json: AsJson = False) -> None:
    """Check for records that PARS would reject, by attendee; exit code 1 if there are any."""


@reporting.command()
@implemented_in("cme_reflex.cli.reporting.pars")
def export(
    out: OutFolder = Path(),
    again: Annotated[
        int | None,
        typer.Option(min=1, metavar="BATCH", help="Write the files of an earlier batch again."),
    ] = None,
    with_rejected: Annotated[
        bool,
        typer.Option(
            "--with-rejected",
            help="Send rejected rows again that nobody has corrected: if PARS was wrong.",
        ),
    ] = False,
    meeting: MeetingCode = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Export new learner credit as a batch for PARS, as XLSX and tab-delimited text."""


@reporting.command()
@implemented_in("cme_reflex.cli.reporting.pars")
def rejected(
    file: InputFile,
    batch: Annotated[
        int | None, typer.Option(min=1, help="Batch that PARS answered; by default the newest.")
    ] = None,
    meeting: MeetingCode = None,
    as_json: AsJson = False,
) -> None:
    """Import the rows that PARS rejected; their attendees see the reason."""
