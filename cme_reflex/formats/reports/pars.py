"""Files that staff upload to PARS: XLSX and tab-delimited text with the same rows.

The first row is guidance, the second has the headings exactly as PARS requires
them. Cells must be exactly as entered, so formulas cannot be escaped here; they
are rejected on input (`FieldFault.FORMULA`).
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
    """A column of the sheet; `field` is the field of ParsRecord, empty for the action."""

    heading: str
    guidance: str
    field: str = ""
    width: int = 16


COLUMNS = (
    ParsColumn("Record Action", "Add or Delete"),
    ParsColumn("ACCME Activity ID", "Nine digits, from PARS", "activity_id"),
    ParsColumn("Completion Date", "MM/DD/YYYY, without a time", "completion_date"),
    ParsColumn("First Name", "As in the board's records", "first_name", 20),
    ParsColumn("Last Name", "As in the board's records", "last_name", 20),
    ParsColumn("Date of Birth", "MM/DD, no year", "birthday"),
    ParsColumn("Licensing State", "Full name of the state", "state", 20),
    ParsColumn("Licensing ID or NPI", "An NPI has ten digits", "licence_or_npi", 20),
    ParsColumn("Number of CME Credits", "In quarter hours, such as 8.50", "credits"),
    ParsColumn("Certifying Board", "Empty without a board", "board"),
    ParsColumn("Certifying Board ID", "Required with a board", "board_id"),
    ParsColumn("Total Board Credits", "Required with a board", "board_credits"),
    ParsColumn("Credit Type ", "As PARS names it", "credit_type"),
    ParsColumn("Credits Awarded for Credit Type", "Part of the total", "credits_of_type"),
    ParsColumn("Additional Credit Type", "Empty if there is none", "additional_type"),
)

_CREDIT_FIELDS = {"credits", "board_credits", "credits_of_type"}


def file_names(meeting: str, number: int) -> tuple[str, str]:
    """The names of a batch's two files, the workbook first."""
    name = f"{meeting}-pars-{number:03}"
    return f"{name}.xlsx", f"{name}.txt"


def write_files(folder: Path, names: Sequence[str], rows: Sequence[ParsRow]) -> None:
    """Write both files; when this returns, they are synced to disk."""
    workbook, text = (folder / name for name in names)
    _write_xlsx(workbook, rows)
    _write_text(text, rows)
    for path in (workbook, text):
        with path.open("rb") as file:
            os.fsync(file.fileno())


def cells(row: ParsRow) -> list[str]:
    """The row's cells as in the tab-delimited file."""
    return [_text(row, column) for column in COLUMNS]


def _text(row: ParsRow, column: ParsColumn) -> str:
    return str(getattr(row.record, column.field)) if column.field else str(row.action)


def _write_text(path: Path, rows: Iterable[ParsRow]) -> None:
    with path.open("w", encoding="utf-8", newline="\r\n") as file:
        # No cell contains a tab or line break: unprintable characters are rejected on input.
        for line in ([c.guidance for c in COLUMNS], [c.heading for c in COLUMNS]):
            file.write("\t".join(line) + "\n")
        for row in rows:
            file.write("\t".join(cells(row)) + "\n")


def _write_xlsx(path: Path, rows: Iterable[ParsRow]) -> None:
    book = Workbook(write_only=True)
    worksheet = book.create_sheet(SHEET_NAME)
    worksheet.freeze_panes = "A3"
    for number, column in enumerate(COLUMNS, start=1):
        worksheet.column_dimensions[get_column_letter(number)].width = column.width
    guidance = [text_cell(worksheet, column.guidance) for column in COLUMNS]
    headings = [text_cell(worksheet, column.heading) for column in COLUMNS]
    for cell in guidance:
        cell.font, cell.alignment = Font(italic=True), Alignment(wrap_text=True)
    for cell in headings:
        cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True)
    worksheet.append(guidance)
    worksheet.append(headings)
    for row in rows:
        worksheet.append([_cell(worksheet, row, column) for column in COLUMNS])
    save_deterministic(book, path)


def _cell(worksheet: WriteOnlyWorksheet, row: ParsRow, column: ParsColumn) -> Cell | None:
    text = _text(row, column)
    if not text:
        return None
    if column.field == "completion_date":
        cell = WriteOnlyCell(worksheet, value=_parse_day(text))
        cell.number_format = "mm/dd/yyyy"
        return cell
    if column.field in _CREDIT_FIELDS:
        cell = WriteOnlyCell(worksheet, value=float(text))  # quarters are exact
        cell.number_format = "0.00"
        return cell
    return text_cell(worksheet, text)


def _parse_day(text: str) -> datetime:
    # Midnight, which spreadsheets store as a whole number: a date without a time.
    return datetime.strptime(text, DATE_FORMAT)  # noqa: DTZ007 - a date, not an instant
