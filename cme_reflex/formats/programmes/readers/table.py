"""Reader of tables, one row per session, with any of the documented headings."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from cme_reflex.domain.credit.credit_type import NO_CREDIT, Amount, CreditType, CreditTypes
from cme_reflex.domain.programme.programme import Delivery
from cme_reflex.formats.meeting_folder.sessions_csv import CREDIT, IDENTIFIER
from cme_reflex.formats.programmes.cancellation import is_cancelled
from cme_reflex.formats.programmes.headings import HEADINGS, credit_headings, holds_credit
from cme_reflex.formats.programmes.items import (
    ConversionLog,
    ProgrammeItem,
    ProgrammeOptions,
    SourceLocation,
    warn_untitled,
)
from cme_reflex.formats.programmes.readers.table_times import TIME_COLUMNS, RowTimes
from cme_reflex.formats.programmes.time_resolver import TimeResolver
from cme_reflex.formats.tables.csv_table import InputRow, normalize_text
from cme_reflex.formats.tables.header_mapping import MappedTable, read_mapped_table
from cme_reflex.formats.tables.input_file import InputFile
from cme_reflex.formats.tables.spreadsheet import Spreadsheet

_YES = {"yes", "y", "true"}
_NO_CREDIT = re.compile(r"n/?a\.?|none|no|not? (?:eligible|applicable|credit)|[-–—]+", re.I)
_UNDECIDED = re.compile(r"tb[acd]|pending|\?+|to be \w+", re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"(\d{1,3}),(\d{1,2})(?!\d)")
_UNIT = re.compile(
    r"(?<=\d) ?(?:h(?:ou)?rs?\.?|h|cme|ama pra.*|credits?|credit hours?)$", re.IGNORECASE
)
# A code that a spreadsheet program has made a number of.
_SPOILED_CODE = re.compile(r"\d+\.0+|\d(?:\.\d+)?E\+\d+", re.IGNORECASE)


class EligibleCell(StrEnum):
    """Values of a cell for eligibility."""

    YES = "yes"
    Y = "y"
    TRUE = "true"
    NO = "no"
    N = "n"
    FALSE = "false"


def read(
    source: InputFile, options: ProgrammeOptions, log: ConversionLog
) -> Iterator[ProgrammeItem]:
    """The rows. Raises InvalidInput if there is no table or a column is missing."""
    types = options.credit_types
    headings = HEADINGS | credit_headings(types)
    spreadsheet = Spreadsheet(source)
    required = ("code", "title", "start")
    mapped = read_mapped_table(
        spreadsheet, headings, required, options.mapping, instead={"start": "time"}
    )
    log.columns = mapped.titles
    if not {"end", "duration", "time"} & {*mapped.columns, *options.mapping.defaults}:
        fault = "No heading in the file matches the end or the duration."
        raise source.invalid(fault, "Add one of them.")
    _require_credit_types(mapped.unused, types, source)
    for note in spreadsheet.notes:
        log.add_warning(SourceLocation(), "", note.fault, note.remedy)
    if mapped.unused:
        what = f"These headings match no column: {', '.join(mapped.unused)}."
        log.add_warning(SourceLocation(), "", what, "Their cells are ignored.")
    times = RowTimes(TimeResolver(options, log), mapped.titles, spreadsheet.epoch)
    reader = _RowReader(mapped, times, log)
    for row in mapped.table.rows:
        reader.add(row)
    yield from reader.items.values()
    log.faults.extend(mapped.problems())


def _require_credit_types(unused: Sequence[str], types: CreditTypes, source: InputFile) -> None:
    """Raise InvalidInput for a column of credit, if the meeting's types are not known."""
    if not types and (columns := [heading for heading in unused if holds_credit(heading)]):
        fault = f"There is credit in the column {columns[0]!r}, but no meeting says of which type."
        raise source.invalid(fault, "Name the meeting's folder: --meeting DIR.")


@dataclass(slots=True)
class _RowReader:
    """Reader of rows from top to bottom: a row may belong to the session or the day above it."""

    mapped: MappedTable
    times: RowTimes
    log: ConversionLog
    items: dict[str, ProgrammeItem] = field(default_factory=dict)
    _day: date | None = None
    _above: str = ""

    def add(self, row: InputRow) -> None:
        """Read a row: a session, one more speaker of one, a day, or a note."""
        cells = [cell for cell in self.mapped.raw[row.number] if cell.strip()]
        if len(cells) == 1 and (day := self.times.day_heading(normalize_text(cells[0]))):
            self._day = day
        elif self._is_timeless(row) and not (row.text("code") and row.text("title")):
            self._add_to_above(row)
        elif item := self._item(row):
            self._above = item.code
            self._add_item(row, item)

    @staticmethod
    def _is_timeless(row: InputRow) -> bool:
        return not any(row.text(column) for column in TIME_COLUMNS)

    def _add_to_above(self, row: InputRow) -> None:
        """Add the speakers of a row that has nothing else to the session above it."""
        location = SourceLocation(row=row.number)
        speakers = self._speakers(row)
        if speakers and self._above in self.items and not (row.text("code") or row.text("title")):
            above = self.items[self._above]
            self.items[self._above] = replace(above, speakers=above.speakers + speakers)
            what = "The row has speakers and no session."
            self.log.add_warning(location, "", what, "They are of the session above it.")
            return
        what = "The row has no time, and no code or title, as a note or a total has."
        self.log.add_warning(location, "", what, "It is ignored.")

    def _add_item(self, row: InputRow, item: ProgrammeItem) -> None:
        """Add a session, or its further speakers where it has a row for each of them."""
        first = self.items.setdefault(item.code, item)
        alike = replace(item, speakers=first.speakers, location=first.location)
        if first is item or alike != first:
            row.table.require_unique(row, "code", item.code)
        else:
            more = tuple(name for name in item.speakers if name not in first.speakers)
            self.items[item.code] = replace(first, speakers=first.speakers + more)
            what = "The session has a row for each speaker."
            self.log.add_warning(item.location, "", what, "It is read once, with all of them.")

    def _item(self, row: InputRow) -> ProgrammeItem | None:
        """Convert a row; None after adding its faults."""
        location = SourceLocation(row=row.number)
        code, title = self._code(row), row.text("title")
        starts_at, ends_at = self.times.times(row, self._day)
        eligible = row.choice("eligible", EligibleCell) if row.text("eligible") else None
        delivery = row.choice("delivery", Delivery) if row.text("delivery") else None
        on_demand_from = None
        if text := row.text("on_demand_from"):
            on_demand_from = self.times.moment(row, "on_demand_from", text, None)
        types = self.times.resolver.options.credit_types
        credit = {each.code: self._amount(row, each) for each in types}
        identifiers = {each.code: row.text(f"{IDENTIFIER}{each.code}") for each in types}
        if not code or starts_at is None or ends_at is None:
            return None
        if not title:
            heading = self.mapped.titles["title"]
            warn_untitled(starts_at, row.text("room"), location, heading, self.log)
            return None
        return ProgrammeItem(
            location=location,
            code=code,
            title=title,
            kind=row.text("kind"),
            track=row.text("track"),
            room=row.text("room"),
            starts_at=starts_at,
            ends_at=ends_at,
            speakers=self._speakers(row),
            delivery=delivery,
            credit={code: amount for code, amount in credit.items() if amount is not None},
            identifiers={code: text for code, text in identifiers.items() if text},
            eligible=self._says_credit(row) if eligible is None else eligible in _YES,
            faculty_badges=row.parts("faculty_badges"),
            on_demand_from=on_demand_from
            and self.times.resolver.resolve(
                on_demand_from,
                location,
                self.mapped.titles.get("on_demand_from", "on_demand_from"),
            ),
            cancelled=is_cancelled(row.text("status")),
        )

    def _says_credit(self, row: InputRow) -> bool | None:
        """True if a column of credit says yes in place of an amount; else the file says nothing."""
        types = self.times.resolver.options.credit_types
        cells = (row.text(f"{CREDIT}{each.code}") for each in types)
        return True if any(cell.casefold() in _YES for cell in cells) else None

    def _code(self, row: InputRow) -> str:
        code = row.required("code")
        if self.mapped.is_text and _SPOILED_CODE.fullmatch(code):
            fault = f"{code!r} is a number that a spreadsheet program has changed."
            remedy = "Format the column as text, enter the code again, and save the file."
            row.add_fault("code", fault, remedy)
        return code

    def _amount(self, row: InputRow, credit_type: CreditType) -> Amount | None:
        """The cell's credit: none where it says so, and a fault where it is not decided yet."""
        column = f"{CREDIT}{credit_type.code}"
        text = row.text(column)
        if _NO_CREDIT.fullmatch(text):
            return NO_CREDIT
        if text.casefold() in _YES:
            return None
        if _UNDECIDED.fullmatch(text):
            fault = f"{text!r} does not say whether the session gives {credit_type.label}."
            row.add_fault(column, fault, "Write the amount, or N/A if it gives none.")
            return None
        number = _DECIMAL_COMMA.sub(r"\1.\2", _UNIT.sub("", text))
        cells = row.cells | {column: number}
        return replace(row, cells=cells).amount(column, credit_type)

    def _speakers(self, row: InputRow) -> tuple[str, ...]:
        lines = self.mapped.raw_cell(row, "speakers").splitlines()
        if len(lines) < 2:
            return row.parts("speakers")
        return tuple(
            normalize_text(part) for line in lines for part in line.split(";") if part.strip()
        )
