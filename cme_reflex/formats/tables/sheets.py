"""Export of tables as CSV and XLSX, with the same columns and values.

Reading an exported file gives the same values. The same table gives the same
bytes, so that two exports can be compared.
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
from typing import TypeAlias, cast

from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.writer.excel import ExcelWriter

from cme_reflex.domain.formulas import begins_like_formula
from cme_reflex.formats.tables.formulas import escape_formula

Cell: TypeAlias = str | int | Decimal | datetime | None

ZIP_EPOCH = datetime(1980, 1, 1)  # noqa: DTZ001 - the earliest date in a ZIP file, without a zone

# XML cannot contain these characters. XLSX writes them as _x000B_, and escapes such a text itself.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f]|_(?=x[0-9A-Fa-f]{4}_)")


class ColumnType(Enum):
    """Types of columns; decimals are written with their own number of places."""

    TEXT = "text"
    NUMBER = "number"
    DECIMAL = "decimal"
    INSTANT = "instant"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. Every cell except a text may be empty (None).

    `name` is the heading; `field` is the attribute of a record if its name differs.
    """

    name: str
    kind: ColumnType = ColumnType.TEXT
    width: int = 14
    field: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table's name and columns; its rows are written one by one."""

    name: str
    columns: tuple[Column, ...]

    def row(self, record: object, *, skip: int = 0) -> tuple[Cell, ...]:
        """The cells of a record from its attributes, without the first `skip` columns."""
        return tuple(getattr(record, column.field or column.name) for column in self.columns[skip:])


class CsvWriter:
    """Writer of one file per sheet, `<prefix><name>.csv`, in UTF-8 with a BOM for Excel."""

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
        """Close the files."""
        for file in self._files.values():
            file.close()


def csv_bytes(sheet: Sheet, rows: Iterable[Sequence[Cell]]) -> bytes:
    """The CSV file of one table, as `CsvWriter` writes it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([column.name for column in sheet.columns])
    for row in rows:
        writer.writerow([_csv_text(*pair) for pair in zip(sheet.columns, row, strict=True)])
    return text.getvalue().encode("utf-8-sig")


class XlsxWriter:
    """Writer of one workbook with a frozen heading row and numeric decimals."""

    def __init__(self, path: Path, sheets: Sequence[Sheet]) -> None:
        self._path = path
        self._book = Workbook(write_only=True)
        self._sheets = {}
        for sheet in sheets:
            worksheet = self._book.create_sheet(sheet.name)
            worksheet.freeze_panes = "A2"
            for number, column in enumerate(sheet.columns, start=1):
                worksheet.column_dimensions[get_column_letter(number)].width = column.width
            headings = [WriteOnlyCell(worksheet, value=column.name) for column in sheet.columns]
            for heading in headings:
                heading.font = Font(bold=True)
            worksheet.append(headings)
            self._sheets[sheet.name] = (sheet, worksheet)

    def add(self, sheet: str, row: Sequence[Cell]) -> None:
        """Write one row."""
        definition, worksheet = self._sheets[sheet]
        worksheet.append(
            [
                _xlsx_cell(worksheet, column, cell)
                for column, cell in zip(definition.columns, row, strict=True)
            ]
        )

    def close(self) -> None:
        """Save the workbook."""
        save_deterministic(self._book, self._path)


def save_deterministic(book: Workbook, path: Path) -> None:
    """Save a workbook without timestamps, so that equal workbooks are equal files."""
    buffer = io.BytesIO()
    # Not book.save, which would set the modification time to the current time.
    book.properties.created = book.properties.modified = ZIP_EPOCH
    ExcelWriter(book, zipfile.ZipFile(buffer, "w")).save()
    with (
        zipfile.ZipFile(buffer) as archive,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in archive.namelist():
            entry = zipfile.ZipInfo(name, ZIP_EPOCH.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, archive.read(name))


def text_cell(worksheet: WriteOnlyWorksheet, text: str) -> SheetCell:
    """A cell with this exact text, never a formula, also after it was edited."""
    cell = WriteOnlyCell(worksheet, value=_UNPRINTABLE.sub(_escape, text))
    cell.data_type = "s"
    if begins_like_formula(text):
        cell.quotePrefix = True
    return cell


def _csv_text(column: Column, cell: Cell) -> str:
    if cell is None:
        return ""
    match column.kind, cell:
        case ColumnType.INSTANT, datetime():
            return cell.astimezone(UTC).isoformat()
    return escape_formula(str(cell)) if column.kind is ColumnType.TEXT else str(cell)


def _xlsx_cell(worksheet: WriteOnlyWorksheet, column: Column, cell: Cell) -> object:
    if cell is None or cell == "":
        return None
    match column.kind, cell:
        case ColumnType.DECIMAL, Decimal():
            number = WriteOnlyCell(worksheet, value=float(cell))
            places = max(0, -cast(int, cell.as_tuple().exponent))
            number.number_format = f"{0:.{places}f}"
            return number
        case ColumnType.INSTANT, datetime():
            # Excel has no time zones: ISO text preserves the instant.
            return cell.astimezone(UTC).isoformat()
        case ColumnType.TEXT, str():
            return text_cell(worksheet, cell)
    return cell


def _escape(match: re.Match[str]) -> str:
    return f"_x{ord(match[0]):04X}_"
