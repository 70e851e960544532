"""`cme reporting`."""

from pathlib import Path
from typing import Annotated

import typer

from cme_reflex.cli.declaration import implemented_in
from cme_reflex.cli.options import AsJson, Force, InputFile, OutFolder

reporting = typer.Typer(help="Learner credit reporting to ACCME's PARS.", no_args_is_help=True)


@reporting.command()
@implemented_in("cme_reflex.cli.reporting.pars")
def check(as_json: AsJson = False) -> None:
    """List what PARS would reject and why, by attendee; exit code 1 where there is any."""


@reporting.command()
@implemented_in("cme_reflex.cli.reporting.pars")
def export(
    out: OutFolder = Path(),
    again: Annotated[
        int | None, typer.Option(min=1, metavar="BATCH", help="Write a remembered batch again.")
    ] = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Write what PARS does not hold yet, as XLSX and tab-delimited, and remember it."""


@reporting.command()
@implemented_in("cme_reflex.cli.reporting.pars")
def rejected(
    file: InputFile,
    batch: Annotated[
        int | None, typer.Option(min=1, help="The batch that PARS answered; else the newest.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Take in the rows that PARS rejected; their attendees see why."""
