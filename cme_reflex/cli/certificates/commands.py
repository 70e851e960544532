"""Declarations of the `cme certificates` commands."""

from typing import Annotated

import typer

from cme_reflex.cli.declaration import implemented_in
from cme_reflex.cli.options import AsJson, Force, MeetingCode, OutFolder

certificates = typer.Typer(help="Specimens of certificates.", no_args_is_help=True)


@certificates.command()
@implemented_in("cme_reflex.cli.certificates.preview")
def preview(
    out: OutFolder,
    credit_type: Annotated[
        str, typer.Option("--type", metavar="CODE", help="Only this credit type.")
    ] = "",
    profession: Annotated[str, typer.Option(metavar="CODE", help="Only for this profession.")] = "",
    meeting: MeetingCode = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Write a specimen certificate, as PDF, for each profession and credit type offered to it."""
