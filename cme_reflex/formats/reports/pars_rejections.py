"""Reader of PARS rejection files: the result of an upload, as XLSX, tab-delimited or CSV.

The file repeats the uploaded columns, in any order and below any rows of
guidance. One or more other columns have a heading with "error", "message" or
"reason". A row without such a text was not rejected.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from cme_reflex.domain.reporting.pars import ParsRecord, ParsRow, RecordAction
from cme_reflex.formats.input_limits import InputMeter, ProblemList
from cme_reflex.formats.input_problems import InputProblem, InvalidInput
from cme_reflex.formats.reports.pars import COLUMNS, DATE_FORMAT
from cme_reflex.formats.tables.csv_table import csv_records
from cme_reflex.formats.tables.input_file import OLE_SIGNATURE, InputFile, read_input_file
from cme_reflex.formats.tables.spreadsheet import ZIP_SIGNATURE
from cme_reflex.formats.tables.text_file import decode_text
from cme_reflex.formats.tables.workbook import count_text, open_workbook, sheet_rows

REASON_LIMIT = 300  # characters; longer reasons are truncated

_HEADING_SEARCH_ROWS = 10  # rows
_REASON_HEADING = re.compile(r"error|message|reason", re.IGNORECASE)
_DATE_FORMATS = (DATE_FORMAT, "%m/%d/%y", "%Y-%m-%d", "%Y-%m-%d %H:%M:%S")
_BIRTHDAY_FORMATS = ("%m/%d", "%d-%b", "%b %d", "%m/%d/%Y", "%Y-%m-%d")
_CREDIT_FIELDS = ("credits", "board_credits", "credits_of_type")


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that PARS rejected, and the reason; `number` counts as in a spreadsheet."""

    number: int
    row: ParsRow
    reason: str


@dataclass(frozen=True, slots=True)
class RejectionFile:
    """A rejection file; its SHA-256 `digest` identifies it."""

    file: str
    digest: str
    rows: tuple[RejectedRow, ...]


def read_rejections(path: Path) -> RejectionFile:
    """Read the rejected rows. Raises InvalidInput with every fault."""
    source = read_input_file(path)
    rows = list(_rows(source))
    start, columns, reasons = _headings(path.name, rows)
    problems = ProblemList()
    rejected = []
    for number, cells in rows:
        if number <= start:
            continue
        reason_cells = (_cell_text(cells[index]) for index in reasons if index < len(cells))
        reason = "; ".join(text for text in reason_cells if text)
        if not reason:
            continue
        fields = {
            column.field: cells[index] if index < len(cells) else ""
            for column, index in zip(COLUMNS, columns, strict=True)
        }
        action = _cell_text(fields.pop("")).capitalize()
        if action not in set(RecordAction):
            fault = f"{action!r} is not a record action."
            problems.append(
                InputProblem(path.name, number, COLUMNS[0].heading, fault, "Write Add or Delete.")
            )
            continue
        record = ParsRecord(**{name: _canonical(name, cell) for name, cell in fields.items()})
        rejected.append(
            RejectedRow(number, ParsRow(RecordAction(action), record), reason[:REASON_LIMIT])
        )
    if problems:
        raise InvalidInput(problems)
    return RejectionFile(path.name, hashlib.sha256(source.data).hexdigest(), tuple(rejected))


def _rows(source: InputFile) -> Iterator[tuple[int, Sequence[Any]]]:
    """The numbers and cells of the rows; dates and numbers of a workbook as such."""
    if source.data.startswith(OLE_SIGNATURE):
        fault = "This is an old Excel file, or one with a password."
        raise source.invalid(fault, "Save it as .xlsx without a password.")
    if source.data.startswith(ZIP_SIGNATURE) or source.name.lower().endswith(".xlsx"):
        with open_workbook(source.name, source.data, source.meter, values=True) as opened:
            for number, cells in sheet_rows(opened.book.worksheets[0], source.meter):
                yield number, [_counted(cell.value, source.meter, number) for cell in cells]
        return
    text = decode_text(source.name, source.data)
    delimiter = "\t" if "\t" in text else ","
    yield from csv_records(source.meter, text, delimiter, strict=False)


def _counted(value: Any, meter: InputMeter, row: int) -> Any:
    return count_text(value, meter, row=row) if isinstance(value, str) else value


def _headings(
    file: str, rows: Sequence[tuple[int, Sequence[Any]]]
) -> tuple[int, list[int], list[int]]:
    """The row number of the headings, the index of each column, and those of the reasons."""
    candidates = {
        number: {_cell_text(cell).casefold(): index for index, cell in enumerate(row)}
        for number, row in rows[:_HEADING_SEARCH_ROWS]
    }
    action = _folded(COLUMNS[0].heading)
    number = next((number for number, row in candidates.items() if action in row), None)
    if number is None:
        fault = f"There is no row of headings with {COLUMNS[0].heading!r}."
        raise InvalidInput(
            [InputProblem(file, None, None, fault, "Keep the headings of the sheet.")]
        )
    indexes = candidates[number]
    problems = [
        InputProblem(file, number, column.heading, "The column is missing.", "Keep all columns.")
        for column in COLUMNS
        if _folded(column.heading) not in indexes
    ]
    known = {_folded(column.heading) for column in COLUMNS}
    reasons = [
        index
        for name, index in indexes.items()
        if name not in known and _REASON_HEADING.search(name)
    ]
    if not reasons:
        remedy = 'Put the reason of each rejected row in a column "Error".'
        problems.append(InputProblem(file, number, None, "No column has the reasons.", remedy))
    if problems:
        raise InvalidInput(problems)
    return number, [indexes[_folded(column.heading)] for column in COLUMNS], reasons


def _folded(heading: str) -> str:
    return heading.strip().casefold()


def _canonical(name: str, cell: Any) -> str:
    """The cell as in the exported file, undoing changes by spreadsheet programs."""
    if name == "completion_date":
        return _canonical_day(cell, _DATE_FORMATS, DATE_FORMAT)
    if name == "birthday":
        return _canonical_day(cell, _BIRTHDAY_FORMATS, "%m/%d")
    text = _cell_text(cell)
    if name in _CREDIT_FIELDS and text:
        try:
            return f"{Decimal(text):.2f}"
        except InvalidOperation:
            return text
    return text


def _canonical_day(cell: Any, patterns: Sequence[str], date_format: str) -> str:
    if isinstance(cell, date):
        return f"{cell:{date_format}}"
    text = _cell_text(cell)
    for pattern in patterns:
        # A birthday is parsed with a leap year, for February 29.
        with_year = (f"2024 {text}", f"%Y {pattern}") if "%Y" not in pattern.upper() else None
        try:
            day = datetime.strptime(*(with_year or (text, pattern)))  # noqa: DTZ007 - only a day
        except ValueError:
            continue
        return f"{day:{date_format}}"
    return text


def _cell_text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(str(cell).split())
