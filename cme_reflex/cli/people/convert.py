"""`cme attendees convert` and `cme members convert`: conversion of other systems' files."""

from dataclasses import replace
from pathlib import Path

from cme_reflex.cli.column_options import (
    header_mapping,
    known_column,
    save_mapping,
    split_option,
)
from cme_reflex.cli.conversion import Conversion, emit_conversion
from cme_reflex.cli.errors import CliError
from cme_reflex.cli.files import find_meeting
from cme_reflex.formats.people import registration_table
from cme_reflex.formats.people.registration_table import (
    ATTENDEES,
    MEMBERS,
    ConversionOptions,
    RegistrationTable,
)
from cme_reflex.services.sign_in.passwords import is_guessed_first


def convert_attendees(  # each argument is an option of the command
    file: Path,
    out: Path | None,
    force: bool,
    maps: list[str] | None,
    defaults: list[str] | None,
    values: list[str] | None,
    mapping: Path | None,
    save_mapping: Path | None,
    meeting: Path | None,
    sheet: str,
    as_json: bool,
) -> None:
    """Convert registrations. Raises InvalidInput or CliError, with nothing written."""
    options = _conversion_options(ATTENDEES, maps, defaults, values, mapping, sheet=sheet)
    if its_meeting := find_meeting(meeting):
        options = replace(options, professions=its_meeting.professions)
    _convert(ATTENDEES, file, options, out, save_mapping, force=force, as_json=as_json)


def convert_members(  # each argument is an option of the command
    file: Path,
    out: Path | None,
    force: bool,
    maps: list[str] | None,
    defaults: list[str] | None,
    values: list[str] | None,
    mapping: Path | None,
    save_mapping: Path | None,
    sheet: str,
    hash_passwords: bool,
    as_json: bool,
) -> None:
    """Convert accounts. Raises InvalidInput or CliError, with nothing written."""
    options = _conversion_options(
        MEMBERS, maps, defaults, values, mapping, sheet=sheet, hash_passwords=hash_passwords
    )
    _convert(MEMBERS, file, options, out, save_mapping, force=force, as_json=as_json)


def _convert(
    kind: RegistrationTable,
    file: Path,
    options: ConversionOptions,
    out: Path | None,
    save_to: Path | None,
    *,
    force: bool,
    as_json: bool,
) -> None:
    converted = registration_table.convert_registrations(kind, file, options)
    if save_to:
        save_mapping(save_to, converted.columns, options.mapped, force=force)
    conversion = Conversion(converted.rows, out, None, converted.warnings, converted.columns)
    emit_conversion(converted.text, conversion, kind.name, force=force, as_json=as_json)


def _conversion_options(
    kind: RegistrationTable,
    maps: list[str] | None,
    defaults: list[str] | None,
    values: list[str] | None,
    saved: Path | None,
    *,
    sheet: str,
    hash_passwords: bool = False,
) -> ConversionOptions:
    """The conversion options of a command line. Raises CliError for a malformed option."""
    table = f"{kind.name}.csv"
    replaced: dict[tuple[str, str], str] = {}
    for option in values or ():
        source, ours = split_option(option, "--value COLUMN:THEIRS=OURS")
        column, colon, theirs = source.partition(":")
        if not colon:
            raise CliError(f"Write it as --value COLUMN:THEIRS=OURS, not {option!r}.")
        column = known_column(column, "--value", kind.columns, table)
        replaced[column, theirs.strip().casefold()] = ours
    return ConversionOptions(
        mapped=header_mapping(maps or (), defaults or (), saved, kind.columns, table),
        values=replaced,
        sheet=sheet,
        hash_passwords=hash_passwords,
        is_guessed_first=is_guessed_first,
    )
