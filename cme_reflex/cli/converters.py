"""The commands that convert: their options, and nothing else."""

from pathlib import Path
from typing import Annotated

import typer

from cme_reflex.cli.faults import stop_on_faults
from cme_reflex.cli.output import AsJson
from cme_reflex.domain.programme import Delivery
from cme_reflex.exchange.dates import DateOrder

programme = typer.Typer(help="Programmes of other systems.", no_args_is_help=True)
attendees = typer.Typer(help="Registrations of other systems.", no_args_is_help=True)
members = typer.Typer(help="Members' accounts: converted, invited.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(metavar="FILE")]
Out = Annotated[Path | None, typer.Option(metavar="FILE", help="Write here, whole or not at all.")]
Force = Annotated[bool, typer.Option("--force", help="Replace the file of --out.")]
Sheet = Annotated[str, typer.Option(help="Sheet of a workbook; by default the first.")]
Maps = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="COLUMN=HEADING", help="What the file calls our column."),
]
Defaults = Annotated[
    list[str] | None,
    typer.Option("--default", metavar="COLUMN=VALUE", help="For cells that are empty."),
]
Values = Annotated[
    list[str] | None,
    typer.Option(
        "--value", metavar="COLUMN:THEIRS=OURS", help="What a value means; * for all others."
    ),
]


@programme.command("convert")
def programme_convert(
    file: File,
    out: Out = None,
    force: Force = False,
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
    with stop_on_faults():
        from cme_reflex.cli import converting

        choices = converting.choices_from(
            zone,
            eligible=eligible or (),
            ineligible=not_eligible or (),
            wall_clock=wall_clock,
            dates=dates,
            delivery=delivery,
        )
        converting.programme(
            file,
            choices,
            supplement=supplement,
            sheet=sheet,
            out=out,
            force=force,
            summarize=summary,
            as_json=as_json,
        )


@attendees.command("convert")
def attendees_convert(
    file: File,
    out: Out = None,
    force: Force = False,
    maps: Maps = None,
    defaults: Defaults = None,
    values: Values = None,
    sheet: Sheet = "",
    as_json: AsJson = False,
) -> None:
    """Print attendees.csv from a registration system's CSV or XLSX."""
    with stop_on_faults():
        from cme_reflex.cli import converting
        from cme_reflex.exchange.people_files import ATTENDEES

        filling = converting.filling_from(
            ATTENDEES, maps or (), defaults or (), values or (), sheet=sheet
        )
        converting.people(ATTENDEES, file, filling, out, force=force, as_json=as_json)


@members.command("convert")
def members_convert(
    file: File,
    out: Out = None,
    force: Force = False,
    maps: Maps = None,
    defaults: Defaults = None,
    values: Values = None,
    sheet: Sheet = "",
    hash_passwords: Annotated[
        bool, typer.Option("--hash-passwords", help="The column holds passwords: hash them.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Print members.csv from a member database's CSV or XLSX; passwords are never shown."""
    with stop_on_faults():
        from cme_reflex.cli import converting
        from cme_reflex.exchange.people_files import MEMBERS

        filling = converting.filling_from(
            MEMBERS,
            maps or (),
            defaults or (),
            values or (),
            sheet=sheet,
            hash_passwords=hash_passwords,
        )
        converting.people(MEMBERS, file, filling, out, force=force, as_json=as_json)
