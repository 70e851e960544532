"""Conversion of a programme file to sessions, with detection of its format."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cme_reflex.formats import input_limits
from cme_reflex.formats.input_problems import InputProblem, InvalidInput
from cme_reflex.formats.programmes import credit_supplement
from cme_reflex.formats.programmes.items import (
    ConversionLog,
    ProgrammeItem,
    ProgrammeOptions,
    Reader,
)
from cme_reflex.formats.programmes.normalize import normalize_items, warn_rounded
from cme_reflex.formats.programmes.readers import icalendar, schedule_json, schedule_xml, table
from cme_reflex.formats.tables import spreadsheet
from cme_reflex.formats.tables.input_file import OLE_SIGNATURE, InputFile, read_input_file

_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")

_READERS_BY_EXTENSION: dict[str, Reader] = {
    ".xml": schedule_xml.read,
    ".json": schedule_json.read,
    ".ics": icalendar.read,
}


@dataclass(frozen=True, slots=True)
class ConversionResult:
    """The sessions of a file sorted by start, the warnings, and a table's headings by column."""

    sessions: tuple[ProgrammeItem, ...]
    warnings: tuple[InputProblem, ...]
    columns: Mapping[str, str]


def convert_programme(
    path: Path, options: ProgrammeOptions, *, supplement: Path | None = None, sheet: str = ""
) -> ConversionResult:
    """Convert the file. Raises InvalidInput with every fault that was found."""
    source = read_input_file(path, sheet)
    log = ConversionLog(source.name)
    items = []
    for item in detect_reader(source)(source, options, log):
        source.meter.count(input_limits.EVENTS)
        items.append(item)
    if supplement is not None and not log.faults:
        items = credit_supplement.join_credits(
            items, read_input_file(supplement), options.credit_types, log
        )
    sessions = normalize_items(items, options, log)
    if supplement is None:  # which has told it of its own rows
        warn_rounded(sessions, options.credit_types, log)
    warnings = log.grouped_warnings()
    if not sessions and not log.faults:
        fault = "The file has no sessions."
        raise InvalidInput([*warnings, *source.invalid(fault, "Check the file.").problems])
    if log.faults or (options.strict and warnings):
        raise InvalidInput([*log.faults, *(warnings if options.strict else ())])
    return ConversionResult(tuple(sessions), tuple(warnings), log.columns)


def detect_reader(source: InputFile) -> Reader:
    """The reader for the file, by its content or else by its extension."""
    if source.data.startswith((spreadsheet.ZIP_SIGNATURE, OLE_SIGNATURE)):
        return table.read
    start = source.data[:200]
    for mark in _BYTE_ORDER_MARKS:
        start = start.removeprefix(mark)
    start = start.replace(b"\x00", b"").lstrip().upper()
    if start.startswith(b"<"):
        markup = (b"<!DOCTYPE HTML", b"<HTML", b"<TABLE", b"<?MSO-APPLICATION")
        if start.startswith(markup) and b"<TABLE" not in source.data.upper():
            fault = "This is a web page."
            raise source.invalid(fault, "Export the schedule as schedule.xml or .json.")
        if start.startswith(markup) or b"<WORKBOOK" in source.data[:1000].upper():
            return table.read  # which says how to save it
        return schedule_xml.read
    if start.startswith((b"{", b"[")):
        return schedule_json.read
    if start.startswith(b"BEGIN:VCALENDAR"):
        return icalendar.read
    return _READERS_BY_EXTENSION.get(Path(source.name).suffix.casefold(), table.read)
