"""The sheet that staff upload to PARS: as XLSX and tab-delimited, the same rows in both.

Its first row is guidance, its second the headings, letter for letter as PARS
has them. A name that a spreadsheet would run as a formula never gets here
(`FieldFault.FORMULA`), because a row must say what was given word
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

from cme_reflex.domain.reporting.pars import ParsRow
from cme_reflex.formats.tables.sheets import save_deterministic, text_cell

SHEET_NAME = "Learners"
DATE_FORMAT = "%m/%d/%Y"


@dataclass(frozen=True, slots=True)
class ParsColumn:
    """A column of the sheet; `field` is its name in a Record, and the action has none."""

    heading: str
    guidance: str
    field: str = ""
    width: int = 16


COLUMNS = (
    ParsColumn("Record Action", "Add or Delete"),
    ParsColumn("ACCME Activity ID", "Nine digits, from PARS", "activity_id"),
    ParsColumn("Completion Date", "MM/DD/YYYY, without a time", "completion_date"),
    ParsColumn("First Name", "As the board knows it", "first_name", 20),
    ParsColumn("Last Name", "As the board knows it", "last_name", 20),
    ParsColumn("Date of Birth", "MM/DD, no year", "birthday"),
    ParsColumn("Licensing State", "Full name of the state", "state", 20),
    ParsColumn("Licensing ID or NPI", "An NPI has ten digits", "licence_or_npi", 20),
    ParsColumn("Number of CME Credits", "In quarters, such as 8.50", "credits"),
    ParsColumn("Certifying Board", "Empty without a board", "board"),
    ParsColumn("Certifying Board ID", "Required with a board", "board_id"),
    ParsColumn("Total Board Credits", "Required with a board", "board_credits"),
    ParsColumn("Credit Type ", "Such as Patient Safety", "credit_type"),
    ParsColumn("Credits Awarded for Credit Type", "Part of the total", "credits_of_type"),
    ParsColumn("Additional Credit Type", "Empty where there is none", "additional_type"),
)

_CREDIT_FIELDS = {"credits", "board_credits", "credits_of_type"}


def file_names(meeting: str, number: int) -> tuple[str, str]:
    """The names of a batch's two files, the workbook first."""
    name = f"{meeting}-pars-{number:03}"
    return f"{name}.xlsx", f"{name}.txt"


def write_files(folder: Path, names: Sequence[str], rows: Sequence[ParsRow]) -> None:
    """Write both files; when this returns, they are whole on the disk."""
    workbook, text = (folder / name for name in names)
    _write_xlsx(workbook, rows)
    _write_text(text, rows)
    for path in (workbook, text):
        with path.open("rb") as file:
            os.fsync(file.fileno())


def cells(row: ParsRow) -> list[str]:
    """The row's cells as the tab-delimited file has them."""
    return [_text(row, column) for column in COLUMNS]


def _text(row: ParsRow, column: ParsColumn) -> str:
    return str(getattr(row.record, column.field)) if column.field else str(row.action)


def _write_text(path: Path, rows: Iterable[ParsRow]) -> None:
    with path.open("w", encoding="utf-8", newline="\r\n") as file:
        # No cell holds a tab or a line's end: what is no printable sign is refused as it is typed.
        for line in ([c.guidance for c in COLUMNS], [c.heading for c in COLUMNS]):
            file.write("\t".join(line) + "\n")
        for row in rows:
            file.write("\t".join(cells(row)) + "\n")


def _write_xlsx(path: Path, rows: Iterable[ParsRow]) -> None:
    book = Workbook(write_only=True)
    page = book.create_sheet(SHEET_NAME)
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
    save_deterministic(book, path)


def _cell(page: WriteOnlyWorksheet, row: ParsRow, column: ParsColumn) -> Cell | None:
    text = _text(row, column)
    if not text:
        return None
    if column.field == "completion_date":
        made = WriteOnlyCell(page, value=_parse_day(text))
        made.number_format = "mm/dd/yyyy"
        return made
    if column.field in _CREDIT_FIELDS:
        made = WriteOnlyCell(page, value=float(text))  # quarters are exact
        made.number_format = "0.00"
        return made
    return text_cell(page, text)


def _parse_day(text: str) -> datetime:
    # At midnight, which a spreadsheet holds as a whole number: a day without a time.
    return datetime.strptime(text, DATE_FORMAT)  # noqa: DTZ007 - a day, and no instant
