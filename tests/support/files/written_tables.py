"""Reading tables that leave the program back, with the values that were written."""

import csv
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from cme_reflex.formats.tables.formulas import unescape_formula
from cme_reflex.formats.tables.sheets import Cell, Column, ColumnType, Sheet

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def read_csv(path: Path, sheet: Sheet) -> Iterator[tuple[Cell, ...]]:
    """The rows that `CsvWriter` wrote."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file, strict=True)
        next(rows)
        for row in rows:
            yield tuple(
                _value(column, text) for column, text in zip(sheet.columns, row, strict=True)
            )


def read_xlsx(path: Path, sheet: Sheet) -> Iterator[tuple[Cell, ...]]:
    """The rows that `XlsxWriter` wrote."""
    book = load_workbook(path, read_only=True)
    try:
        for row in book[sheet.name].iter_rows(min_row=2, values_only=True):
            padded = [*row, *[None] * (len(sheet.columns) - len(row))]
            yield tuple(
                _xlsx_value(column, cell)
                for column, cell in zip(sheet.columns, padded, strict=True)
            )
    finally:
        book.close()


def record(sheet: Sheet, row: Sequence[Cell]) -> dict[str, Any]:
    """The values of a row by their names."""
    names = (column.field or column.name for column in sheet.columns)
    return dict(zip(names, row, strict=True))


def _value(column: Column, text: str) -> Cell:
    if column.kind is ColumnType.TEXT:
        return unescape_formula(text)
    if not text:
        return None
    match column.kind:
        case ColumnType.DECIMAL:
            return Decimal(text)
        case ColumnType.INSTANT:
            return datetime.fromisoformat(text)
    return int(text)


def _xlsx_value(column: Column, cell: object) -> Cell:
    match column.kind, cell:
        case ColumnType.TEXT, None:
            return ""
        case ColumnType.TEXT, _:
            return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), str(cell))
        case _, None:
            return None
        case ColumnType.INSTANT, str():
            return datetime.fromisoformat(cell)
        case ColumnType.DECIMAL, int() | float():
            return Decimal(f"{cell:.2f}")
        case ColumnType.NUMBER, int() | float():
            return int(cell)
    raise ValueError(f"{cell!r} is no {column.kind.value}")
