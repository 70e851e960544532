"""`cme attendees` and `cme members`."""

from typing import Annotated

import typer

from cme_reflex.cli.declaration import implemented_in
from cme_reflex.cli.options import AsJson, DryRun, InputFile, OutFile, ReplaceOutFile, Sheet

attendees = typer.Typer(help="Registrations of other systems.", no_args_is_help=True)
members = typer.Typer(help="Members' accounts: converted, invited.", no_args_is_help=True)

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


@attendees.command("convert")
@implemented_in("cme_reflex.cli.people.convert")
def convert_attendees(
    file: InputFile,
    out: OutFile = None,
    force: ReplaceOutFile = False,
    maps: Maps = None,
    defaults: Defaults = None,
    values: Values = None,
    sheet: Sheet = "",
    as_json: AsJson = False,
) -> None:
    """Print attendees.csv from a registration system's CSV or XLSX."""


@members.command("convert")
@implemented_in("cme_reflex.cli.people.convert")
def convert_members(
    file: InputFile,
    out: OutFile = None,
    force: ReplaceOutFile = False,
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


@members.command()
@implemented_in("cme_reflex.cli.people.invite")
def invite(
    usernames: Annotated[
        list[str] | None, typer.Argument(metavar="USERNAME…", show_default=False)
    ] = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Send these members, or all without a password, a link with which they set one."""
