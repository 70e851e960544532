"""Reading of the cells of a CSV file or a workbook as text."""

import csv
import datetime as dt
import io
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar, cast

from openpyxl.utils import range_boundaries
from openpyxl.utils.datetime import WINDOWS_EPOCH

from cme_reflex.formats import input_limits
from cme_reflex.formats.input_limits import InputMeter
from cme_reflex.formats.input_problems import InputProblem, InvalidInput, did_you_mean
from cme_reflex.formats.tables import old_workbook, text_file
from cme_reflex.formats.tables.csv_table import csv_records
from cme_reflex.formats.tables.formulas import unescape_formula
from cme_reflex.formats.tables.input_file import OLE_SIGNATURE, InputFile
from cme_reflex.formats.tables.workbook import (
    OpenWorkbook,
    SheetLayout,
    count_text,
    open_workbook,
    sheet_rows,
)

ZIP_SIGNATURE = b"PK\x03\x04"
DELIMITERS = ",;\t"  # as spreadsheet programs of different locales export

# Web pages and the XML of Excel 2003, which programs save under names of workbooks.
_MARKUP = re.compile(r"\s*(?:<!doctype html|<html|<table|<\?xml)", re.IGNORECASE)
# Zeros, with texts before and after: "REG-"0000
_PADDED = re.compile(r'(?P<before>(?:"[^"]*"|\\.)*)(?P<zeros>0{2,})(?P<after>(?:"[^"]*"|\\.)*)')
_LITERAL = re.compile(r'"([^"]*)"|\\(.)')

NumberedRows: TypeAlias = Iterator[tuple[int, list[str]]]
_Sheet = TypeVar("_Sheet")


@dataclass(frozen=True, slots=True)
class FormulaCell:
    """Position of a cell with a formula or an error such as "#REF!"."""

    row: int
    column: int  # from 0


class Spreadsheet:
    """Numbered rows of unmodified cells, and the positions of formulas.

    `notes` tell what was found out about the file, `epoch` is the day 0 of its serial dates.
    """

    def __init__(self, source: InputFile) -> None:
        self.name = source.name
        self.formulas: list[FormulaCell] = []
        self.notes: list[InputProblem] = []
        self.epoch = WINDOWS_EPOCH
        is_zip, is_old = (source.data.startswith(sign) for sign in (ZIP_SIGNATURE, OLE_SIGNATURE))
        self.is_workbook = is_zip or is_old
        if is_old or old_workbook.is_ods(source.data):
            self.rows = list(self._read_old_workbook(source))
        elif is_zip:
            self.rows = list(self._read_workbook(source))
        else:
            self.rows = list(self._read_csv(source))

    def _read_csv(self, source: InputFile) -> NumberedRows:
        text, note = text_file.decode_foreign_text(source.name, source.data)
        if note:
            self._note(note, "If letters are wrong, save the file as UTF-8.")
        if "\x00" in text:
            raise self._invalid("This is not a text file.", "Save it as CSV in UTF-8.")
        if _MARKUP.match(text):
            fault = "This is a web page or XML, whatever its name says."
            remedy = "Open it in a spreadsheet program, and save it as .xlsx or .csv."
            raise self._invalid(fault, remedy)
        for number, cells in csv_records(source.meter, text, self._detect_delimiter(text)):
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
        with open_workbook(source.name, source.data, source.meter, values=False) as opened:
            self.epoch = opened.book.epoch
            sheet = self._find_sheet(
                opened.book.worksheets,
                source.sheet,
                name=lambda each: each.title,
                is_shown=lambda each: each.sheet_state == "visible",
                is_filled=lambda each: opened.layout(each).cells > 0,
            )
            yield from self._read_sheet(sheet, opened, source.meter)

    def _read_old_workbook(self, source: InputFile) -> NumberedRows:
        sheet = self._find_sheet(
            list(old_workbook.read_sheets(source.name, source.data, source.meter)),
            source.sheet,
            name=lambda each: each.name,
            is_shown=lambda each: each.visible,
            is_filled=lambda each: bool(each.rows),
        )
        for number, values in enumerate(sheet.rows, start=1):
            texts = [count_text(_cell_text(each), source.meter, row=number) for each in values]
            if any(texts):
                yield number, texts

    def _find_sheet(
        self,
        sheets: Sequence[_Sheet],
        wanted: str,
        *,
        name: Callable[[_Sheet], str],
        is_shown: Callable[[_Sheet], bool],
        is_filled: Callable[[_Sheet], bool],
    ) -> _Sheet:
        """The sheet that is wanted, or else the only one that is shown and has cells.

        A hidden sheet is a list of choices or an old draft.
        """
        names = {name(sheet): sheet for sheet in sheets}
        if wanted and wanted not in names:
            raise self._invalid(f"There is no sheet {wanted!r}.", did_you_mean(wanted, names))
        if wanted:
            return names[wanted]
        filled = [sheet for sheet in sheets if is_filled(sheet)]
        shown = [sheet for sheet in filled if is_shown(sheet)]
        if len(shown) > 1:
            listed = ", ".join(map(name, shown))
            fault = f"There are several sheets: {listed}."
            raise self._invalid(fault, f"Name one: --sheet '{name(shown[0])}'.")
        if shown and len(filled) > 1:
            hidden = ", ".join(name(sheet) for sheet in filled if not is_shown(sheet))
            self._note(
                f"Hidden sheets are not read: {hidden}.", "Name one with --sheet to read it."
            )
        return (shown or filled or list(sheets))[0]

    def _read_sheet(self, sheet: Any, opened: OpenWorkbook, meter: InputMeter) -> NumberedRows:
        rows = []
        for number, cells in sheet_rows(sheet, meter):
            texts = []
            for column, cell in enumerate(cells):
                is_formula = cell.data_type in {"f", "e"}
                if is_formula:
                    self.formulas.append(FormulaCell(number, column))
                text = "" if is_formula else _shown_text(cell)
                texts.append(count_text(text, meter, row=number))
            rows.append((number, texts))
        layout = opened.layout(sheet)
        _fill_merged(rows, layout, meter)
        self._note_hidden(rows, layout)
        yield from rows

    def _note_hidden(self, rows: Sequence[tuple[int, list[str]]], layout: SheetLayout) -> None:
        hidden = [number for number, _ in rows if number in layout.hidden_rows]
        if hidden:
            places = ", ".join(map(str, hidden[:5])) + (" …" if len(hidden) > 5 else "")
            what = f"The sheet has {len(hidden)} hidden rows: {places}."
            self._note(what, "They are read; delete those that do not belong here.")
        if layout.hidden_columns:
            self._note("The sheet has hidden columns.", "They are read; check what is in them.")

    def _note(self, what: str, remedy: str) -> None:
        self.notes.append(InputProblem(self.name, None, None, what, remedy))

    def _invalid(self, fault: str, remedy: str) -> InvalidInput:
        return InvalidInput([InputProblem(self.name, None, None, fault, remedy)])


def _fill_merged(
    rows: Sequence[tuple[int, list[str]]], layout: SheetLayout, meter: InputMeter
) -> None:
    """Give the value of a merged range to each of its rows, in its first column.

    Not to its other columns: a title above the table, or a day above its sessions, has one.
    """
    numbers = [number for number, _ in rows]
    for merged in layout.merged:
        # Of a range that has all four, which those of merged cells do.
        column, first, _, last = cast("tuple[int, int, int, int]", range_boundaries(merged))
        begin, end = bisect_left(numbers, first), bisect_right(numbers, last)
        if begin == end or numbers[begin] != first or len(rows[begin][1]) < column:
            continue
        value = rows[begin][1][column - 1]
        meter.count(input_limits.CELLS, end - begin)
        for _, cells in rows[begin + 1 : end]:
            cells.extend([""] * (column - len(cells)))
            cells[column - 1] = cells[column - 1] or value


def _shown_text(cell: Any) -> str:
    """A cell's value as a person would type it, with the zeros that its format adds."""
    value = cell.value
    if isinstance(value, int | float) and not isinstance(value, bool) and value == int(value) >= 0:
        padded = _PADDED.fullmatch(str(cell.number_format))
        if padded:
            before, after = (
                "".join(a or b for a, b in _LITERAL.findall(padded[part]))
                for part in ("before", "after")
            )
            return f"{before}{int(value):0{len(padded['zeros'])}}{after}"
    return _cell_text(value)


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
