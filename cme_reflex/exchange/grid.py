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

from cme_reflex.exchange import text_file
from cme_reflex.exchange.csv_table import csv_records
from cme_reflex.exchange.formulas import plain
from cme_reflex.exchange.problems import FaultyFolder, Problem, did_you_mean

ZIP = b"PK\x03\x04"
UNPACKED = 5  # times the limit of a file: what a workbook may hold once it is unpacked
SEPARATORS = ",;\t"  # as spreadsheets of different countries export

Rows: TypeAlias = Iterator[tuple[int, list[str]]]


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that computes or says "#REF!": where it is."""

    row: int
    column: int  # from 0


class Grid:
    """Rows with their numbers, the cells as they stand there; formulas are noted beside them."""

    def __init__(self, name: str, data: bytes, sheet: str = "") -> None:
        self.name = name
        self.formulas: list[Formula] = []
        self.is_workbook = data.startswith(ZIP)
        if self.is_workbook:
            self.rows = list(self._of_workbook(data, sheet))
        else:
            self.rows = list(self._of_csv(text_file.decoded(name, data)))

    def _of_csv(self, text: str) -> Rows:
        if "\x00" in text:
            raise self._faulty("This is no text file.", "Save it as CSV in UTF-8.")
        for number, cells in csv_records(self.name, text, self._separator(text)):
            for column, cell in enumerate(cells):
                if cell.lstrip().startswith("="):
                    self.formulas.append(Formula(number, column))
            yield number, cells

    def plain(self, cell: str) -> str:
        """The cell without the apostrophe that keeps a CSV's text from being a formula."""
        return cell if self.is_workbook else plain(cell)

    def _separator(self, text: str) -> str:
        """The separator of most cells in the first line that has any."""
        lines = (line for line in io.StringIO(text) if any(mark in line for mark in SEPARATORS))
        first = next(lines, "")

        def cells(mark: str) -> int:
            try:
                return len(next(csv.reader([first], delimiter=mark), []))
            except csv.Error:
                return 0

        return max(SEPARATORS, key=cells)

    def _of_workbook(self, data: bytes, sheet: str) -> Rows:
        try:
            self._require_moderate(data)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about drawings and styles, which nobody needs
                book = load_workbook(io.BytesIO(data), read_only=True)
                try:
                    yield from self._of_sheet(self._sheet(book, sheet))
                finally:
                    book.close()
        except FaultyFolder:
            raise
        except Exception:  # what a broken workbook raises is not documented
            raise self._faulty("This is no whole Excel workbook.", "Save it anew.") from None

    def _require_moderate(self, data: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            # No more than this is ever unpacked: zipfile stops at the size that it read here.
            size = sum(entry.file_size for entry in archive.infolist())
        if size > UNPACKED * text_file.SIZE_LIMIT:
            fault = f"The workbook unpacks to more than {UNPACKED} times the limit of a file."
            raise self._faulty(fault, "Leave out what is not needed.")

    def _sheet(self, book: Any, name: str) -> Any:
        if not name:
            return book.worksheets[0]
        if name not in book.sheetnames:
            fault = f"There is no sheet {name!r}."
            raise self._faulty(fault, did_you_mean(name, book.sheetnames))
        return book[name]

    def _of_sheet(self, sheet: Any) -> Rows:
        sheet.reset_dimensions()  # what a file says of its size may be wrong
        for number, cells in enumerate(sheet.iter_rows(), start=1):
            texts = []
            for column, cell in enumerate(cells):
                computed = cell.data_type in {"f", "e"}
                if computed:
                    self.formulas.append(Formula(number, column))
                texts.append("" if computed else _text(cell.value))
            yield number, texts

    def _faulty(self, fault: str, remedy: str) -> FaultyFolder:
        return FaultyFolder([Problem(self.name, None, None, fault, remedy)])


def _text(value: object) -> str:
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
