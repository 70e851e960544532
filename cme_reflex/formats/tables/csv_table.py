"""Reading of CSV tables, with all faults collected and reported at once."""

import csv
import io
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from cme_reflex.domain.credit.credit_type import Amount, CreditType, InvalidAmount
from cme_reflex.formats import input_limits
from cme_reflex.formats.input_limits import InputMeter, ProblemList
from cme_reflex.formats.input_problems import InputProblem, InvalidInput, Severity, did_you_mean
from cme_reflex.formats.tables.amounts import explain_amount
from cme_reflex.formats.tables.formulas import escape_formula, unescape_formula
from cme_reflex.formats.tables.local_time import ClockChange, InvalidTime, parse_instant
from cme_reflex.formats.tables.text_file import read_text

_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(slots=True)
class InputTable:
    """Rows of a file, and the problems found in it so far."""

    file: str
    readable: bool = True
    rows: list["InputRow"] = field(default_factory=list)
    problems: list[InputProblem] = field(default_factory=ProblemList)
    _first_rows: dict[object, int] = field(default_factory=dict)

    def first_row(self, row: "InputRow", key: object, *, record: bool = True) -> int:
        """The number of the first row with this key, or of this row if there is none.

        With `record`, a new key is recorded for this row.
        """
        if record:
            return self._first_rows.setdefault(key, row.number)
        return self._first_rows.get(key, row.number)

    def require_unique(self, row: "InputRow", column: str, key: str) -> None:
        """Add a fault that names both rows if an earlier row has the same key."""
        first = self.first_row(row, (column, key))
        if first != row.number:
            row.add_fault(column, f"Row {first} has the same {column}.", "Make it unique.")


@dataclass(frozen=True, slots=True)
class InputRow:
    """One row. Its methods convert cells to values and add a fault for an invalid cell."""

    table: InputTable
    number: int
    cells: dict[str, str]

    def add_fault(self, column: str | None, fault: str, remedy: str) -> None:
        """Add a fault of this row."""
        self.table.problems.append(
            InputProblem(self.table.file, self.number, column, fault, remedy)
        )

    def add_warning(self, column: str, fault: str, remedy: str) -> None:
        """Add a warning: the value may be intended, but should be checked."""
        problem = InputProblem(
            self.table.file, self.number, column, fault, remedy, severity=Severity.WARNING
        )
        self.table.problems.append(problem)

    def text(self, column: str) -> str:
        """The cell's text with single spaces; empty if there is no such cell."""
        return self.cells.get(column, "")

    def required(self, column: str) -> str:
        """The cell's text; an empty one is a fault."""
        text = self.text(column)
        if not text:
            self.add_fault(column, "The cell is empty.", f"Fill in the {column}.")
        return text

    def parts(self, column: str) -> tuple[str, ...]:
        """The parts of the cell that are separated by semicolons."""
        return tuple(part.strip() for part in self.text(column).split(";") if part.strip())

    def choice(self, column: str, kind: type[_Choice]) -> _Choice | None:
        """The cell as a member of the enum; None after a fault for any other value."""
        text = self.text(column).casefold()
        if text in set(kind):
            return kind(text)
        self.add_fault(column, f"{text!r} is not known here.", did_you_mean(text, list(kind)))
        return None

    def amount(self, column: str, credit_type: CreditType) -> Amount | None:
        """The cell, a number of units, as credit; None if it is empty or has a fault."""
        text = self.text(column)
        try:
            return credit_type.parse(text) if text else None
        except InvalidAmount as invalid:
            self.add_fault(column, *explain_amount(credit_type, invalid))
            return None

    def instant(self, column: str, zone: ZoneInfo) -> datetime | None:
        """The cell as an aware instant in UTC; None if it is empty or has a fault."""
        text = self.text(column)
        try:
            return parse_instant(text, zone) if text else None
        except InvalidTime:
            remedy = "Write it as 2024-09-26T08:00."
            self.add_fault(column, f"{text!r} is not a date and time.", remedy)
        except ClockChange as change:
            self.add_fault(column, *change.explain(text, zone))
        return None


def read_table(
    path: Path,
    required: Iterable[str],
    optional: Iterable[str] = (),
    *,
    any_of: Callable[[str], bool] = lambda heading: False,
) -> InputTable:
    """Read a CSV file with these headings, in any order, and those of which `any_of` is true.

    Cells have single spaces, and lack the apostrophe that keeps a spreadsheet
    program from running a text as a formula. Raises InvalidInput if the file has
    no such table; faults of single rows are in the table's problems.
    """
    records = csv_records(InputMeter(path.name), read_text(path))
    headings = [normalize_text(cell) for cell in next(records, (1, []))[1]]
    known = (*optional, *filter(any_of, headings))
    _check_headings(path.name, headings, tuple(required), known)
    table = InputTable(path.name)
    for number, raw in records:
        cells = [normalize_text(cell) for cell in raw]
        if not any(cells):
            continue
        row = InputRow(
            table, number, dict(zip(headings, map(unescape_formula, cells), strict=False))
        )
        if len(cells) == len(headings):
            table.rows.append(row)
        else:
            fault = f"The row has {len(cells)} cells, the headings are {len(headings)}."
            row.add_fault(None, fault, "Put text that contains a comma in quotes.")
        for column, cell in zip(headings, cells, strict=False):
            if cell.startswith("="):
                fault = "The cell contains a formula instead of a value."
                row.add_fault(column, fault, "Paste the value; put an apostrophe before a text.")
            if not cell.isprintable():
                row.add_fault(column, "The cell contains an unprintable character.", "Retype it.")
    return table


def try_read_table(path: Path, read: Callable[[Path], InputTable]) -> InputTable:
    """Read the table; if that fails, return an empty one with the problems."""
    try:
        return read(path)
    except InvalidInput as invalid:
        return InputTable(path.name, readable=False, problems=list(invalid.problems))


def csv_records(
    meter: InputMeter, text: str, delimiter: str = ",", *, strict: bool = True
) -> Iterator[tuple[int, list[str]]]:
    """The rows as in the file, with their numbers.

    Raises InvalidInput if the text is not CSV, or above a limit.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            meter.count(input_limits.ROWS, row=number)
            meter.count(input_limits.CELLS, len(cells), row=number)
            meter.check(input_limits.COLUMNS, len(cells), row=number)
            meter.check(input_limits.CELL_CHARACTERS, max(map(len, cells), default=0), row=number)
            yield number, cells
    except csv.Error as error:
        row = number + 1
        if str(error).startswith("field larger"):  # than the module's own limit, which is higher
            problem = input_limits.CELL_CHARACTERS.problem(meter.file, row)
        else:
            remedy = "Check the quotes of this row and of the one before."
            problem = InputProblem(meter.file, row, None, f"This is not CSV: {error}.", remedy)
        raise InvalidInput([problem]) from None


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    """A CSV file with these columns, with formulas escaped."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([escape_formula(row[column]) for column in columns] for row in rows)
    return text.getvalue()


def normalize_text(cell: str) -> str:
    """The text with single spaces, in Unicode normalization form C."""
    return unicodedata.normalize("NFC", " ".join(cell.split()))


def _check_headings(
    file: str, headings: list[str], required: tuple[str, ...], optional: tuple[str, ...]
) -> None:
    if not {*required} & {*headings}:
        raise InvalidInput([_no_headings(file, headings, required)])
    missing = [column for column in required if column not in headings]
    unknown = [column for column in headings if column not in (*required, *optional)]
    repeated = [column for column, times in Counter(headings).items() if times > 1]
    problems = [
        *(InputProblem(file, 1, column, "The column is missing.", "Add it.") for column in missing),
        *(
            InputProblem(
                file,
                1,
                column or None,
                f"There is no column {column!r} in {file}.",
                did_you_mean(column, [*missing, *optional]),
            )
            for column in unknown
        ),
        *(
            InputProblem(file, 1, column, "The column appears twice.", "Keep one.")
            for column in repeated
        ),
    ]
    if problems:
        raise InvalidInput(problems)


def _no_headings(file: str, headings: list[str], required: tuple[str, ...]) -> InputProblem:
    """A single problem, instead of one per column, if the first row has no known heading."""
    # normalize_text has replaced tabs with spaces.
    for delimiter, name in ((";", "semicolons"), (" ", "tabs")):
        if len(headings) == 1 and {*required} & {*headings[0].split(delimiter)}:
            fault = f"There are {name} between the cells."
            return InputProblem(file, 1, None, fault, "Save it as CSV with commas.")
    fault = "Row 1 contains none of the headings." if any(headings) else "The file is empty."
    return InputProblem(file, 1, None, fault, f"Write the headings there: {','.join(required)}")
