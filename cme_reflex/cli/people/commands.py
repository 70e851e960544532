"""Declarations of the `cme attendees` and `cme members` commands."""

from typing import Annotated

import typer

from cme_reflex.cli.declaration import implemented_in
from cme_reflex.cli.options import (
    AsJson,
    Defaults,
    DryRun,
    InputFile,
    Mapping,
    Maps,
    MeetingCode,
    MeetingDir,
    OutFile,
    ReplaceOutFile,
    SaveMapping,
    Sheet,
)

attendees = typer.Typer(
    help="Convert registrations of other systems, and end somebody's sign-ins.",
    no_args_is_help=True,
)
members = typer.Typer(
    help="Convert member accounts, invite members to set a password, and unbind them.",
    no_args_is_help=True,
)

Values = Annotated[
    list[str] | None,
    typer.Option(
        "--value",
        metavar="COLUMN:THEIRS=OURS",
        help="Replacement for a value of a column; * for all others.",
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
    mapping: Mapping = None,
    save_mapping: SaveMapping = None,
    meeting: MeetingDir = None,
    sheet: Sheet = "",
    as_json: AsJson = False,
) -> None:
    """Convert a registration system's CSV or workbook to attendees.csv."""


@attendees.command()
@implemented_in("cme_reflex.cli.people.sign_ins")
def end_sign_ins(
    number: Annotated[str, typer.Argument(help="Badge or confirmation number.")],
    reason: Annotated[str, typer.Option(help="Reason, for the audit log.")],
    meeting: MeetingCode = None,
    as_json: AsJson = False,
) -> None:
    """End all sign-ins of a registration; its browsers count as new."""


@members.command("convert")
@implemented_in("cme_reflex.cli.people.convert")
def convert_members(
    file: InputFile,
    out: OutFile = None,
    force: ReplaceOutFile = False,
    maps: Maps = None,
    defaults: Defaults = None,
    values: Values = None,
    mapping: Mapping = None,
    save_mapping: SaveMapping = None,
    sheet: Sheet = "",
    hash_passwords: Annotated[
        bool,
        typer.Option("--hash-passwords", help="The column has passwords: hash them."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Convert a member database's CSV or workbook to members.csv; passwords are never shown."""


@members.command()
@implemented_in("cme_reflex.cli.people.invite")
def invite(
    usernames: Annotated[
        list[str] | None, typer.Argument(metavar="USERNAME…", show_default=False)
    ] = None,
    meeting: MeetingCode = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Send members a link to set a password: these, or all without a password."""


@members.command()
@implemented_in("cme_reflex.cli.people.sign_ins")
def unbind(
    username: Annotated[str, typer.Argument(help="Username in members.csv.")],
    reason: Annotated[str, typer.Option(help="Reason, for the audit log.")],
    meeting: MeetingCode = None,
    as_json: AsJson = False,
) -> None:
    """Let another account at the single sign-on have a member's username; ends the sign-ins."""
