"""Reading of ODS and XLS workbooks with calamine, which knows values but no number formats."""

import datetime as dt
import io
import json
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.parsers import expat

from cme_reflex.formats import input_limits
from cme_reflex.formats.input_limits import InputMeter
from cme_reflex.formats.input_problems import InputProblem, InvalidInput

_ODS = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"
_CONTENT = "content.xml"
_PROGRAM = Path(__file__).with_name("calamine_process.py")


def is_ods(data: bytes) -> bool:
    """Whether a ZIP archive is an OpenDocument spreadsheet, whose first entry says so."""
    return _ODS in data[:200]


@dataclass(frozen=True, slots=True)
class OldSheet:
    """A sheet with its rows, from the first one of the sheet."""

    name: str
    visible: bool
    rows: Sequence[Sequence[Any]]


def read_sheets(name: str, data: bytes, meter: InputMeter) -> Iterator[OldSheet]:
    """The sheets. Raises InvalidInput if the bytes are no such workbook, or above a limit."""
    try:
        if is_ods(data):
            _count_ods(data, meter)
        sheets = _read_apart(data)
    except (zipfile.BadZipFile, KeyError, expat.ExpatError, ValueError, OSError, EOFError):
        raise _unreadable(name) from None
    except (zlib.error, NotImplementedError, subprocess.SubprocessError):
        raise _unreadable(name) from None
    for sheet in sheets:
        meter.check(input_limits.COLUMNS, sheet["columns"])
        meter.count(input_limits.CELLS, sheet["cells"])
        rows = [[_decode(value) for value in row] for row in sheet["rows"]]
        yield OldSheet(sheet["name"], sheet["visible"], rows)


def _read_apart(data: bytes) -> list[dict[str, Any]]:
    """What calamine reads in a process of its own. Raises SubprocessError and ValueError."""
    limits = (input_limits.COLUMNS.maximum, input_limits.CELLS.maximum)
    done = subprocess.run(  # noqa: S603 - no word of the command is the file's
        [sys.executable, "-I", str(_PROGRAM), *map(str, limits)],
        input=data,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=input_limits.SECONDS.maximum,
        check=True,
    )
    sheets: list[dict[str, Any]] = json.loads(done.stdout)
    return sheets


def _decode(value: Any) -> Any:
    """A cell of the program: a text, a number, or a date or time under the name of its type."""
    match value:
        case {"timedelta": seconds}:
            return dt.timedelta(seconds=seconds)
        case {"datetime": text}:
            return dt.datetime.fromisoformat(text)
        case {"date": text}:
            return dt.date.fromisoformat(text)
        case {"time": text}:
            return dt.time.fromisoformat(text)
    return value


def _unreadable(name: str) -> InvalidInput:
    fault = "This workbook has a password, or is not complete."
    remedy = "Save it as .xlsx without a password."
    return InvalidInput([InputProblem(name, None, None, fault, remedy)])


def _count_ods(data: bytes, meter: InputMeter) -> None:
    """Count what calamine would make of it: one element can stand for a million equal cells."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        meter.count(input_limits.PARTS, len(entries))
        meter.count(input_limits.UNPACKED_BYTES, sum(entry.file_size for entry in entries))
        counter = _OdsCounter(meter)
        parser = expat.ParserCreate()
        parser.StartElementHandler, parser.EndElementHandler = counter.start, counter.end
        parser.StartDoctypeDeclHandler = _reject_doctype
        with archive.open(_CONTENT) as part:
            parser.ParseFile(part)


def _reject_doctype(*_: object) -> None:
    raise ValueError("a workbook declares no entities")


class _OdsCounter:
    """Counter of the cells up to the last one with a value, those that repeat included."""

    def __init__(self, meter: InputMeter) -> None:
        self._meter = meter
        self._depth = 0
        self._row = self._row_times = self._column = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Count an element, by its name as OpenDocument programs write it."""
        self._depth += 1
        self._meter.check(input_limits.DEPTH, self._depth)
        self._meter.count(input_limits.XML_ELEMENTS)
        match tag:
            case "table:table":
                self._row = 0
            case "table:table-row":
                self._row_times = int(attributes.get("table:number-rows-repeated", "1"))
                self._row, self._column = self._row + self._row_times, 0
            case "table:table-cell" | "table:covered-table-cell":
                self._cell(attributes)

    def end(self, tag: str) -> None:
        """Count the end of an element."""
        self._depth -= 1

    def _cell(self, attributes: Mapping[str, str]) -> None:
        times = int(attributes.get("table:number-columns-repeated", "1"))
        self._column += times
        if "office:value-type" in attributes:
            self._meter.check(input_limits.ROW_NUMBER, self._row)
            self._meter.check(input_limits.COLUMNS, self._column, row=self._row)
            self._meter.count(input_limits.CELLS, times * self._row_times, row=self._row)
