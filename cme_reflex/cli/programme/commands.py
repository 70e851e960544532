"""`cme programme`."""

from pathlib import Path
from typing import Annotated

import typer

from cme_reflex.cli.declaration import implemented_in
from cme_reflex.cli.options import AsJson, InputFile, OutFile, ReplaceOutFile, Sheet
from cme_reflex.domain.programme.programme import Delivery
from cme_reflex.formats.tables.date_parsing import DateOrder

programme = typer.Typer(help="Programmes of other systems.", no_args_is_help=True)


@programme.command()
@implemented_in("cme_reflex.cli.programme.convert")
def convert(
    file: InputFile,
    out: OutFile = None,
    force: ReplaceOutFile = False,
    supplement: Annotated[
        Path | None,
        typer.Option("--credits", metavar="FILE", help="Table of SessionID, Credit Type, Credits."),
    ] = None,
    sheet: Sheet = "",
    zone: Annotated[
        str, typer.Option(help="Clocks to read and write times on, such as Europe/Brussels.")
    ] = "",
    wall_clock: Annotated[
        bool, typer.Option("--wall-clock", help="Leave out offsets: they are wrong.")
    ] = False,
    dates: Annotated[DateOrder | None, typer.Option(help="What 9/10/2024 is.")] = None,
    delivery: Annotated[
        Delivery, typer.Option(help="Where the file does not say.")
    ] = Delivery.LIVE,
    eligible: Annotated[
        list[str] | None, typer.Option(metavar="KIND", help="A kind that can be claimed.")
    ] = None,
    not_eligible: Annotated[
        list[str] | None, typer.Option(metavar="KIND", help="A kind that cannot be claimed.")
    ] = None,
    summary: Annotated[
        bool, typer.Option("--summary", help="Print figures of the programme instead.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Print sessions.csv from XLSX, CSV, schedule.xml, schedule.json or iCalendar."""
