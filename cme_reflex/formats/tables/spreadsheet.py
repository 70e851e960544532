"""Reading of the cells of a CSV file or a workbook as text."""

import csv
import datetime as dt
import io
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from openpyxl import load_workbook

from cme_reflex.formats.input_problems import InputProblem, InvalidInput, did_you_mean
from cme_reflex.formats.tables import text_file
from cme_reflex.formats.tables.csv_table import csv_records
from cme_reflex.formats.tables.formulas import unescape_formula

ZIP_SIGNATURE = b"PK\x03\x04"
MAX_EXPANSION = 5  # times the size limit of a file; for the unpacked workbook
DELIMITERS = ",;\t"  # as spreadsheet programs of different locales export

NumberedRows: TypeAlias = Iterator[tuple[int, list[str]]]


@dataclass(frozen=True, slots=True)
class FormulaCell:
    """Position of a cell with a formula or an error such as "#REF!"."""

    row: int
    column: int  # from 0


class Spreadsheet:
    """Numbered rows of unmodified cells, and the positions of formulas."""

    def __init__(self, name: str, data: bytes, sheet: str = "") -> None:
        self.name = name
        self.formulas: list[FormulaCell] = []
        self.is_workbook = data.startswith(ZIP_SIGNATURE)
        if self.is_workbook:
            self.rows = list(self._read_workbook(data, sheet))
        else:
            self.rows = list(self._read_csv(text_file.decode_text(name, data)))

    def _read_csv(self, text: str) -> NumberedRows:
        if "\x00" in text:
            raise self._invalid("This is not a text file.", "Save it as CSV in UTF-8.")
        for number, cells in csv_records(self.name, text, self._detect_delimiter(text)):
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

    def _read_workbook(self, data: bytes, sheet: str) -> NumberedRows:
        try:
            self._require_size_limit(data)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about drawings and styles, which are not read
                book = load_workbook(io.BytesIO(data), read_only=True)
                try:
                    yield from self._read_sheet(self._find_sheet(book, sheet))
                finally:
                    book.close()
        except InvalidInput:
            raise
        except Exception:  # openpyxl does not document its exceptions for broken workbooks
            raise self._invalid(
                "This is not a complete Excel workbook.", "Save it again."
            ) from None

    def _require_size_limit(self, data: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            # zipfile never unpacks more than the sizes that the archive declares here.
            size = sum(entry.file_size for entry in archive.infolist())
        if size > MAX_EXPANSION * text_file.SIZE_LIMIT:
            fault = f"The workbook unpacks to more than {MAX_EXPANSION} times the limit of a file."
            raise self._invalid(fault, "Remove what is not needed.")

    def _find_sheet(self, book: Any, name: str) -> Any:
        if not name:
            return book.worksheets[0]
        if name not in book.sheetnames:
            fault = f"There is no sheet {name!r}."
            raise self._invalid(fault, did_you_mean(name, book.sheetnames))
        return book[name]

    def _read_sheet(self, sheet: Any) -> NumberedRows:
        sheet.reset_dimensions()  # the dimensions that a file declares may be wrong
        for number, cells in enumerate(sheet.iter_rows(), start=1):
            texts = []
            for column, cell in enumerate(cells):
                is_formula = cell.data_type in {"f", "e"}
                if is_formula:
                    self.formulas.append(FormulaCell(number, column))
                texts.append("" if is_formula else _cell_text(cell.value))
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
