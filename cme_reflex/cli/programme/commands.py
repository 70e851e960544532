"""Declarations of the `cme programme` commands."""

from pathlib import Path
from typing import Annotated

import typer

from cme_reflex.cli.declaration import implemented_in
from cme_reflex.cli.options import (
    AsJson,
    Defaults,
    InputFile,
    Mapping,
    Maps,
    MeetingDir,
    OutFile,
    ReplaceOutFile,
    SaveMapping,
    Sheet,
)
from cme_reflex.domain.programme.programme import Delivery
from cme_reflex.formats.tables.date_order import DateOrder

programme = typer.Typer(help="Convert programmes of other systems.", no_args_is_help=True)


@programme.command()
@implemented_in("cme_reflex.cli.programme.convert")
def convert(
    file: InputFile,
    out: OutFile = None,
    force: ReplaceOutFile = False,
    supplement: Annotated[
        Path | None,
        typer.Option(
            "--credits", metavar="FILE", help="Table with SessionID, Credit Type and Credits."
        ),
    ] = None,
    maps: Maps = None,
    defaults: Defaults = None,
    mapping: Mapping = None,
    save_mapping: SaveMapping = None,
    meeting: MeetingDir = None,
    sheet: Sheet = "",
    zone: Annotated[
        str, typer.Option(help="Time zone of the times, such as Europe/Brussels.")
    ] = "",
    zone_map: Annotated[
        list[str] | None,
        typer.Option(
            "--zone-map",
            metavar="NAME=ZONE",
            help="Time zone for a name in the file that is not known.",
        ),
    ] = None,
    wall_clock: Annotated[
        bool, typer.Option("--wall-clock", help="Ignore UTC offsets, if they are wrong.")
    ] = False,
    dates: Annotated[
        DateOrder | None, typer.Option(help="Order of day and month in dates such as 9/10/2024.")
    ] = None,
    delivery: Annotated[
        Delivery, typer.Option(help="Delivery of sessions without one in the file.")
    ] = Delivery.LIVE,
    eligible: Annotated[
        list[str] | None,
        typer.Option(metavar="KIND", help="Kind of session that is eligible for credit."),
    ] = None,
    not_eligible: Annotated[
        list[str] | None,
        typer.Option(metavar="KIND", help="Kind of session that is not eligible for credit."),
    ] = None,
    all_eligible: Annotated[
        bool, typer.Option("--all-eligible", help="All other kinds are eligible for credit.")
    ] = False,
    summary: Annotated[
        bool, typer.Option("--summary", help="Print a summary of the programme instead.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Convert nothing if there is a warning.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Convert a programme (workbook, CSV, schedule.xml or .json, iCalendar) to sessions.csv."""
