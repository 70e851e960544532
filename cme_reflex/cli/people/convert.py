"""`cme attendees convert` and `cme members convert`: other systems' files into our tables."""

from collections.abc import Iterable
from pathlib import Path

from cme_reflex.cli.conversion import Conversion, emit_conversion
from cme_reflex.cli.errors import CliError
from cme_reflex.formats.input_problems import did_you_mean
from cme_reflex.formats.people import registration_table
from cme_reflex.formats.people.registration_table import (
    ATTENDEES,
    MEMBERS,
    ConversionOptions,
    RegistrationTable,
)
from cme_reflex.formats.tables.header_mapping import HeaderMapping


def convert_attendees(  # each argument is an option of the command
    file: Path,
    out: Path | None,
    force: bool,
    maps: list[str] | None,
    defaults: list[str] | None,
    values: list[str] | None,
    sheet: str,
    as_json: bool,
) -> None:
    """Convert registrations. Raises InvalidInput or CliError, with nothing written."""
    filling = _filling(ATTENDEES, maps, defaults, values, sheet=sheet)
    _convert(ATTENDEES, file, filling, out, force=force, as_json=as_json)


def convert_members(  # each argument is an option of the command
    file: Path,
    out: Path | None,
    force: bool,
    maps: list[str] | None,
    defaults: list[str] | None,
    values: list[str] | None,
    sheet: str,
    hash_passwords: bool,
    as_json: bool,
) -> None:
    """Convert accounts. Raises InvalidInput or CliError, with nothing written."""
    filling = _filling(MEMBERS, maps, defaults, values, sheet=sheet, hash_passwords=hash_passwords)
    _convert(MEMBERS, file, filling, out, force=force, as_json=as_json)


def _convert(
    kind: RegistrationTable,
    file: Path,
    filling: ConversionOptions,
    out: Path | None,
    *,
    force: bool,
    as_json: bool,
) -> None:
    converted = registration_table.convert_registrations(kind, file, filling)
    conversion = Conversion(converted.rows, out, None, converted.warnings)
    emit_conversion(converted.text, conversion, kind.name, force=force, as_json=as_json)


def _filling(
    kind: RegistrationTable,
    maps: list[str] | None,
    defaults: list[str] | None,
    values: list[str] | None,
    *,
    sheet: str,
    hash_passwords: bool = False,
) -> ConversionOptions:
    """How a society's file becomes ours. Raises CliError for an option that says nothing."""
    replaced: dict[tuple[str, str], str] = {}
    for option in values or ():
        given, ours = _parted(option, "--value COLUMN:THEIRS=OURS")
        column, colon, theirs = given.partition(":")
        if not colon:
            raise CliError(f"Write it as --value COLUMN:THEIRS=OURS, not {option!r}.")
        replaced[_column(kind, column, "--value"), theirs.strip().casefold()] = ours
    return ConversionOptions(
        mapped=HeaderMapping(
            headings=_by_column(kind, maps or (), "--map COLUMN=HEADING", "--map"),
            defaults=_by_column(kind, defaults or (), "--default COLUMN=VALUE", "--default"),
        ),
        values=replaced,
        sheet=sheet,
        hash_passwords=hash_passwords,
    )


def _by_column(
    kind: RegistrationTable, options: Iterable[str], form: str, name: str
) -> dict[str, str]:
    parted = (_parted(option, form) for option in options)
    return {_column(kind, column, name): given for column, given in parted}


def _parted(option: str, form: str) -> tuple[str, str]:
    before, equals, behind = option.partition("=")
    if not equals or not before.strip():
        raise CliError(f"Write it as {form}, not {option!r}.")
    return before.strip(), behind.strip()


def _column(kind: RegistrationTable, column: str, option: str) -> str:
    if column not in kind.columns:
        remedy = did_you_mean(column, kind.columns)
        raise CliError(f"{option}: There is no column {column!r} in {kind.name}.csv. {remedy}")
    return column
