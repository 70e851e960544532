"""Tables that leave the program: the same columns and values as CSV and as XLSX.

What is written is read back equal. The same table makes the same bytes, so that
two exports can be compared.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import TypeAlias

from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.writer.excel import ExcelWriter

from cme_reflex.domain.credit.quarters import Quarters, format_hours
from cme_reflex.formats.tables.formulas import escape_formula

Cell: TypeAlias = str | int | Decimal | datetime | None

ZIP_EPOCH = datetime(1980, 1, 1)  # noqa: DTZ001 - the earliest date that a ZIP knows, and no instant

# XML has no such characters; the format writes them as _x000B_, and such a text with an escape.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f]|_(?=x[0-9A-Fa-f]{4}_)")


class ColumnType(Enum):
    """What a column holds.

    Hours are quarter hours here and hours in the file; decimals have two places.
    """

    TEXT = "text"
    NUMBER = "number"
    DECIMAL = "decimal"
    HOURS = "hours"
    INSTANT = "instant"


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, and what stands under it; every cell but a text may be empty (None).

    `field` is the name of the value in a record, where that is another one.
    """

    name: str
    kind: ColumnType = ColumnType.TEXT
    width: int = 14
    field: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table's name and columns; its rows come separately, since they may be many."""

    name: str
    columns: tuple[Column, ...]

    def row(self, record: object, *, skip: int = 0) -> tuple[Cell, ...]:
        """The cells of a record, from its attributes, without the first `skip` columns."""
        return tuple(getattr(record, column.field or column.name) for column in self.columns[skip:])


class CsvWriter:
    """One file a sheet, `<prefix><name>.csv`: UTF-8 with the byte order mark that Excel wants."""

    def __init__(self, folder: Path, sheets: Sequence[Sheet], prefix: str = "") -> None:
        self._sheets = {sheet.name: sheet for sheet in sheets}
        self._files = {
            name: (folder / f"{prefix}{name}.csv").open("w", encoding="utf-8-sig", newline="")
            for name in self._sheets
        }
        self._writers = {name: csv.writer(file) for name, file in self._files.items()}
        for name, sheet in self._sheets.items():
            self._writers[name].writerow([column.name for column in sheet.columns])

    def add(self, sheet: str, row: Sequence[Cell]) -> None:
        """Write one row."""
        columns = self._sheets[sheet].columns
        self._writers[sheet].writerow(
            [_csv_text(column, cell) for column, cell in zip(columns, row, strict=True)]
        )

    def close(self) -> None:
        """Finish the files."""
        for file in self._files.values():
            file.close()


def csv_bytes(sheet: Sheet, rows: Iterable[Sequence[Cell]]) -> bytes:
    """One table whole, as `CsvWriter` would write it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([column.name for column in sheet.columns])
    for row in rows:
        writer.writerow([_csv_text(*pair) for pair in zip(sheet.columns, row, strict=True)])
    return text.getvalue().encode("utf-8-sig")


class XlsxWriter:
    """One workbook; its first row stays in sight, and hours and instants are real ones."""

    def __init__(self, path: Path, sheets: Sequence[Sheet]) -> None:
        self._path = path
        self._book = Workbook(write_only=True)
        self._sheets = {}
        for sheet in sheets:
            page = self._book.create_sheet(sheet.name)
            page.freeze_panes = "A2"
            for number, column in enumerate(sheet.columns, start=1):
                page.column_dimensions[get_column_letter(number)].width = column.width
            headings = [WriteOnlyCell(page, value=column.name) for column in sheet.columns]
            for heading in headings:
                heading.font = Font(bold=True)
            page.append(headings)
            self._sheets[sheet.name] = (sheet, page)

    def add(self, sheet: str, row: Sequence[Cell]) -> None:
        """Write one row."""
        of, page = self._sheets[sheet]
        page.append(
            [_xlsx_cell(page, column, cell) for column, cell in zip(of.columns, row, strict=True)]
        )

    def close(self) -> None:
        """Finish the workbook."""
        save_deterministic(self._book, self._path)


def save_deterministic(book: Workbook, path: Path) -> None:
    """Write a workbook whose archive does not know the time of day."""
    made = io.BytesIO()
    # Not book.save, which would set the time of modification to now.
    book.properties.created = book.properties.modified = ZIP_EPOCH
    ExcelWriter(book, zipfile.ZipFile(made, "w")).save()
    with (
        zipfile.ZipFile(made) as archive,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as still,
    ):
        for name in archive.namelist():
            entry = zipfile.ZipInfo(name, ZIP_EPOCH.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            still.writestr(entry, archive.read(name))


def text_cell(page: WriteOnlyWorksheet, text: str) -> SheetCell:
    """A cell with this very text, never a formula."""
    made = WriteOnlyCell(page, value=_UNPRINTABLE.sub(_escape, text))
    made.data_type = "s"
    return made


def _csv_text(column: Column, cell: Cell) -> str:
    if cell is None:
        return ""
    match column.kind, cell:
        case ColumnType.HOURS, int():
            return format_hours(Quarters(cell))
        case ColumnType.INSTANT, datetime():
            return cell.astimezone(UTC).isoformat()
    return escape_formula(str(cell)) if column.kind is ColumnType.TEXT else str(cell)


def _xlsx_cell(page: WriteOnlyWorksheet, column: Column, cell: Cell) -> object:
    if cell is None or cell == "":
        return None
    match column.kind, cell:
        case ((ColumnType.HOURS | ColumnType.DECIMAL), (int() | Decimal())):
            made = WriteOnlyCell(
                page, value=float(cell) / (4 if column.kind is ColumnType.HOURS else 1)
            )
            made.number_format = "0.00"
            return made
        case ColumnType.INSTANT, datetime():
            # Excel knows no zones: an ISO text keeps the instant for every reader.
            return cell.astimezone(UTC).isoformat()
        case ColumnType.TEXT, str():
            return text_cell(page, cell)
    return cell


def _escape(found: re.Match[str]) -> str:
    return f"_x{ord(found[0]):04X}_"
