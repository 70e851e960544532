"""Declarations of the `cme evaluations` commands."""

import typer

from cme_reflex.cli.declaration import implemented_in
from cme_reflex.cli.options import AsJson, Force, MeetingCode, OutFolder

evaluations = typer.Typer(help="Evaluation report, without names.", no_args_is_help=True)


@evaluations.command()
@implemented_in("cme_reflex.cli.evaluations.report")
def report(
    out: OutFolder,
    meeting: MeetingCode = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Report the answers, without names: CSV files, a workbook, and a page with plots."""
