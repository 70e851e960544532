"""Any file of a programme into the sessions of a meeting's folder."""

from dataclasses import dataclass
from pathlib import Path

from cme_reflex.exchange import grid
from cme_reflex.exchange.problems import FaultyFolder, Problem
from cme_reflex.exchange.programmes import (
    credit_rows,
    ical,
    schedule_json,
    schedule_xml,
    table,
)
from cme_reflex.exchange.programmes.assemble import programme
from cme_reflex.exchange.programmes.converted import Choices, Item, Notes, Reader
from cme_reflex.exchange.source import Source, source_at

_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")

_BY_NAME: dict[str, Reader] = {
    ".xml": schedule_xml.read,
    ".json": schedule_json.read,
    ".ics": ical.read,
}


@dataclass(frozen=True, slots=True)
class Converted:
    """The sessions of a file in order of their start, and what was decided on the way."""

    sessions: tuple[Item, ...]
    warnings: tuple[Problem, ...]


def convert(
    path: Path, choices: Choices, *, supplement: Path | None = None, sheet: str = ""
) -> Converted:
    """The programme in the file. Raises FaultyFolder with every fault that was found."""
    source = source_at(path, sheet)
    notes = Notes(source.name)
    items = list(reader(source)(source, choices, notes))
    if supplement is not None and not notes.faults:
        items = credit_rows.joined(items, source_at(supplement), notes)
    sessions = programme(items, choices, notes)
    if not sessions and not notes.faults:
        fault = Problem(source.name, None, None, "There is no session in it.", "Check the file.")
        notes.faults.append(fault)
    if notes.faults:
        raise FaultyFolder(notes.faults)
    return Converted(tuple(sessions), tuple(notes.warnings))


def reader(source: Source) -> Reader:
    """The reader for what is in the file; where that is not plain, for what its name says."""
    if source.data.startswith(grid.ZIP):
        return table.read
    start = source.data[:200]
    for mark in _MARKS:
        start = start.removeprefix(mark)
    start = start.replace(b"\x00", b"").lstrip().upper()
    if start.startswith(b"<"):
        if start.startswith((b"<!DOCTYPE HTML", b"<HTML")):
            fault = "This is a web page."
            raise source.faulty(fault, "Export the schedule as schedule.xml or .json.")
        return schedule_xml.read
    if start.startswith((b"{", b"[")):
        return schedule_json.read
    if start.startswith(b"BEGIN:VCALENDAR"):
        return ical.read
    return _BY_NAME.get(Path(source.name).suffix.casefold(), table.read)
