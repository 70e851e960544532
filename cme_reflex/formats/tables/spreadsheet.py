"""Reading of the cells of a CSV file or a workbook as text."""

import csv
import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from cme_reflex.formats.input_limits import InputMeter
from cme_reflex.formats.input_problems import InputProblem, InvalidInput, did_you_mean
from cme_reflex.formats.tables import text_file
from cme_reflex.formats.tables.csv_table import csv_records
from cme_reflex.formats.tables.formulas import unescape_formula
from cme_reflex.formats.tables.input_file import InputFile
from cme_reflex.formats.tables.workbook import count_text, open_workbook, sheet_rows

ZIP_SIGNATURE = b"PK\x03\x04"
DELIMITERS = ",;\t"  # as spreadsheet programs of different locales export

NumberedRows: TypeAlias = Iterator[tuple[int, list[str]]]


@dataclass(frozen=True, slots=True)
class FormulaCell:
    """Position of a cell with a formula or an error such as "#REF!"."""

    row: int
    column: int  # from 0


class Spreadsheet:
    """Numbered rows of unmodified cells, and the positions of formulas."""

    def __init__(self, source: InputFile) -> None:
        self.name = source.name
        self.formulas: list[FormulaCell] = []
        self.is_workbook = source.data.startswith(ZIP_SIGNATURE)
        if self.is_workbook:
            self.rows = list(self._read_workbook(source))
        else:
            text = text_file.decode_text(source.name, source.data)
            self.rows = list(self._read_csv(text, source.meter))

    def _read_csv(self, text: str, meter: InputMeter) -> NumberedRows:
        if "\x00" in text:
            raise self._invalid("This is not a text file.", "Save it as CSV in UTF-8.")
        for number, cells in csv_records(meter, text, self._detect_delimiter(text)):
            for column, cell in enumerate(cells):
                if cell.lstrip().startswith("="):
                    self.formulas.append(FormulaCell(number, column))
            yield number, cells

    def unescape(self, cell: str) -> str:
        """The cell, in a CSV file without the apostrophe that escapes a formula."""
        return cell if self.is_workbook else unescape_formula(cell)

    def _detect_delimiter(self, text: str) -> str:
        """The delimiter that gives the most cells in the first line with any delimiter."""
        lines = (line for line in io.StringIO(text) if any(d in line for d in DELIMITERS))
        first = next(lines, "")

        def count_cells(delimiter: str) -> int:
            try:
                return len(next(csv.reader([first], delimiter=delimiter), []))
            except csv.Error:
                return 0

        return max(DELIMITERS, key=count_cells)

    def _read_workbook(self, source: InputFile) -> NumberedRows:
        with open_workbook(source.name, source.data, source.meter, values=False) as book:
            yield from self._read_sheet(self._find_sheet(book, source.sheet), source.meter)

    def _find_sheet(self, book: Any, name: str) -> Any:
        if not name:
            return book.worksheets[0]
        if name not in book.sheetnames:
            fault = f"There is no sheet {name!r}."
            raise self._invalid(fault, did_you_mean(name, book.sheetnames))
        return book[name]

    def _read_sheet(self, sheet: Any, meter: InputMeter) -> NumberedRows:
        for number, cells in sheet_rows(sheet, meter):
            texts = []
            for column, cell in enumerate(cells):
                is_formula = cell.data_type in {"f", "e"}
                if is_formula:
                    self.formulas.append(FormulaCell(number, column))
                text = "" if is_formula else _cell_text(cell.value)
                texts.append(count_text(text, meter, row=number))
            yield number, texts

    def _invalid(self, fault: str, remedy: str) -> InvalidInput:
        return InvalidInput([InputProblem(self.name, None, None, fault, remedy)])


def _cell_text(value: object) -> str:
    """A cell's value as a person would type it."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float() if value.is_integer():
            return str(int(value))
        case dt.datetime():
            return _whole_seconds(value).isoformat()
        case dt.time():
            return value.replace(microsecond=0).isoformat()
        case dt.timedelta():
            minutes = round(value / dt.timedelta(minutes=1))
            return f"{minutes // 60}:{minutes % 60:02}"
    return str(value)


def _whole_seconds(moment: dt.datetime) -> dt.datetime:
    """Round to whole seconds: workbooks store fractions of days, so times are inexact."""
    return (moment + dt.timedelta(milliseconds=500)).replace(microsecond=0)
