"""The sheet that staff upload to PARS: as XLSX and tab-delimited, the same rows in both.

Its first row is guidance, its second the headings, letter for letter as PARS
has them. A name that a spreadsheet would run as a formula never gets here
(`domain.reporting.Fault.FORMULA`), because a row must say what was given word
for word.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from cme_reflex.domain.pars import Row
from cme_reflex.exchange.sheets import save_still, text_cell

SHEET = "Learners"
DATE = "%m/%d/%Y"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the sheet; `field` is its name in a Record, and the action has none."""

    heading: str
    guidance: str
    field: str = ""
    width: int = 16


COLUMNS = (
    Column("Record Action", "Add or Delete"),
    Column("ACCME Activity ID", "Nine digits, from PARS", "activity_id"),
    Column("Completion Date", "MM/DD/YYYY, without a time", "completion_date"),
    Column("First Name", "As the board knows it", "first_name", 20),
    Column("Last Name", "As the board knows it", "last_name", 20),
    Column("Date of Birth", "MM/DD, no year", "birthday"),
    Column("Licensing State", "Full name of the state", "state", 20),
    Column("Licensing ID or NPI", "An NPI has ten digits", "licence_or_npi", 20),
    Column("Number of CME Credits", "In quarters, such as 8.50", "credits"),
    Column("Certifying Board", "Empty without a board", "board"),
    Column("Certifying Board ID", "Required with a board", "board_id"),
    Column("Total Board Credits", "Required with a board", "board_credits"),
    Column("Credit Type ", "Such as Patient Safety", "credit_type"),
    Column("Credits Awarded for Credit Type", "Part of the total", "credits_of_type"),
    Column("Additional Credit Type", "Empty where there is none", "additional_type"),
)

_CREDIT = {"credits", "board_credits", "credits_of_type"}


def file_names(meeting: str, number: int) -> tuple[str, str]:
    """The names of a batch's two files, the workbook first."""
    name = f"{meeting}-pars-{number:03}"
    return f"{name}.xlsx", f"{name}.txt"


def write_sheet(folder: Path, names: Sequence[str], rows: Sequence[Row]) -> None:
    """Write both files; when this returns, they are whole on the disk."""
    workbook, text = (folder / name for name in names)
    _write_xlsx(workbook, rows)
    _write_text(text, rows)
    for path in (workbook, text):
        with path.open("rb") as file:
            os.fsync(file.fileno())


def cells(row: Row) -> list[str]:
    """The row's cells as the tab-delimited file has them."""
    return [_text(row, column) for column in COLUMNS]


def _text(row: Row, column: Column) -> str:
    return str(getattr(row.record, column.field)) if column.field else str(row.action)


def _write_text(path: Path, rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="\r\n") as file:
        # No cell holds a tab or a line's end: what is no printable sign is refused as it is typed.
        for line in ([c.guidance for c in COLUMNS], [c.heading for c in COLUMNS]):
            file.write("\t".join(line) + "\n")
        for row in rows:
            file.write("\t".join(cells(row)) + "\n")


def _write_xlsx(path: Path, rows: Iterable[Row]) -> None:
    book = Workbook(write_only=True)
    page = book.create_sheet(SHEET)
    page.freeze_panes = "A3"
    for number, column in enumerate(COLUMNS, start=1):
        page.column_dimensions[get_column_letter(number)].width = column.width
    guidance = [text_cell(page, column.guidance) for column in COLUMNS]
    headings = [text_cell(page, column.heading) for column in COLUMNS]
    for cell in guidance:
        cell.font, cell.alignment = Font(italic=True), Alignment(wrap_text=True)
    for cell in headings:
        cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True)
    page.append(guidance)
    page.append(headings)
    for row in rows:
        page.append([_cell(page, row, column) for column in COLUMNS])
    save_still(book, path)


def _cell(page: WriteOnlyWorksheet, row: Row, column: Column) -> Cell | None:
    text = _text(row, column)
    if not text:
        return None
    if column.field == "completion_date":
        made = WriteOnlyCell(page, value=_day(text))
        made.number_format = "mm/dd/yyyy"
        return made
    if column.field in _CREDIT:
        made = WriteOnlyCell(page, value=float(text))  # quarters are exact
        made.number_format = "0.00"
        return made
    return text_cell(page, text)


def _day(text: str) -> datetime:
    # At midnight, which a spreadsheet holds as a whole number: a day without a time.
    return datetime.strptime(text, DATE)  # noqa: DTZ007 - a day, and no instant
