"""`cme claims`."""

from typing import Annotated

import typer

from cme_reflex.cli.declaration import implemented_in
from cme_reflex.cli.options import AsJson, Force, OutFolder
from cme_reflex.formats.reports.file_format import FileFormat

claims = typer.Typer(help="Claims: looked up, reopened, exported.", no_args_is_help=True)

ReceiptNumber = Annotated[str, typer.Argument(help="Number of a receipt, of whatever version.")]


@claims.command()
@implemented_in("cme_reflex.cli.claims.records")
def show(receipt: ReceiptNumber, as_json: AsJson = False) -> None:
    """Print a claim with all its versions and its history."""


@claims.command()
@implemented_in("cme_reflex.cli.claims.records")
def reopen(
    receipt: ReceiptNumber,
    reason: Annotated[str, typer.Option(help="Why; the audit log keeps it.")],
    until: Annotated[
        str, typer.Option(help="Deadline, such as 2026-02-23T13:00 on the meeting's clocks.")
    ],
    as_json: AsJson = False,
) -> None:
    """Let the attendee change a submitted claim until a deadline of its own."""


@claims.command()
@implemented_in("cme_reflex.cli.claims.export")
def export(
    out: OutFolder,
    kind: Annotated[
        FileFormat, typer.Option("--format", help="What files to write.")
    ] = FileFormat.CSV,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Write all claims with their lines and evaluation answers into files."""
