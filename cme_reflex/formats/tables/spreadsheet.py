"""The cells of a CSV file or a workbook, as text, whatever their headings."""

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
MAX_EXPANSION = 5  # times the limit of a file: what a workbook may hold once it is unpacked
DELIMITERS = ",;\t"  # as spreadsheets of different countries export

NumberedRows: TypeAlias = Iterator[tuple[int, list[str]]]


@dataclass(frozen=True, slots=True)
class FormulaCell:
    """A cell that computes or says "#REF!": where it is."""

    row: int
    column: int  # from 0


class Spreadsheet:
    """Rows with their numbers, the cells as they stand there; formulas are noted beside them."""

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
            raise self._invalid("This is no text file.", "Save it as CSV in UTF-8.")
        for number, cells in csv_records(self.name, text, self._detect_delimiter(text)):
            for column, cell in enumerate(cells):
                if cell.lstrip().startswith("="):
                    self.formulas.append(FormulaCell(number, column))
            yield number, cells

    def unescape(self, cell: str) -> str:
        """The cell without the apostrophe that keeps a CSV's text from being a formula."""
        return cell if self.is_workbook else unescape_formula(cell)

    def _detect_delimiter(self, text: str) -> str:
        """The separator of most cells in the first line that has any."""
        lines = (line for line in io.StringIO(text) if any(mark in line for mark in DELIMITERS))
        first = next(lines, "")

        def cells(mark: str) -> int:
            try:
                return len(next(csv.reader([first], delimiter=mark), []))
            except csv.Error:
                return 0

        return max(DELIMITERS, key=cells)

    def _read_workbook(self, data: bytes, sheet: str) -> NumberedRows:
        try:
            self._require_size_limit(data)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about drawings and styles, which nobody needs
                book = load_workbook(io.BytesIO(data), read_only=True)
                try:
                    yield from self._read_sheet(self._find_sheet(book, sheet))
                finally:
                    book.close()
        except InvalidInput:
            raise
        except Exception:  # what a broken workbook raises is not documented
            raise self._invalid("This is no whole Excel workbook.", "Save it anew.") from None

    def _require_size_limit(self, data: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            # No more than this is ever unpacked: zipfile stops at the size that it read here.
            size = sum(entry.file_size for entry in archive.infolist())
        if size > MAX_EXPANSION * text_file.SIZE_LIMIT:
            fault = f"The workbook unpacks to more than {MAX_EXPANSION} times the limit of a file."
            raise self._invalid(fault, "Leave out what is not needed.")

    def _find_sheet(self, book: Any, name: str) -> Any:
        if not name:
            return book.worksheets[0]
        if name not in book.sheetnames:
            fault = f"There is no sheet {name!r}."
            raise self._invalid(fault, did_you_mean(name, book.sheetnames))
        return book[name]

    def _read_sheet(self, sheet: Any) -> NumberedRows:
        sheet.reset_dimensions()  # what a file says of its size may be wrong
        for number, cells in enumerate(sheet.iter_rows(), start=1):
            texts = []
            for column, cell in enumerate(cells):
                computed = cell.data_type in {"f", "e"}
                if computed:
                    self.formulas.append(FormulaCell(number, column))
                texts.append("" if computed else _cell_text(cell.value))
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
    """A workbook counts days, so that a time may come a fraction of a second too early."""
    return (moment + dt.timedelta(milliseconds=500)).replace(microsecond=0)
