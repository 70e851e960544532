"""Reader of CSV and XLSX tables, one row per session, with any of the documented headings."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from cme_reflex.domain.credit.credit_type import CreditTypes
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
from cme_reflex.formats.programmes.time_resolver import TimeResolver
from cme_reflex.formats.tables.csv_table import InputRow, normalize_text
from cme_reflex.formats.tables.date_parsing import (
    AmbiguousDate,
    InvalidDate,
    InvalidDuration,
    InvalidTimeOfDay,
    parse_date,
    parse_duration,
    parse_time,
)
from cme_reflex.formats.tables.header_mapping import MappedTable, read_mapped_table
from cme_reflex.formats.tables.input_file import InputFile
from cme_reflex.formats.tables.spreadsheet import Spreadsheet

MAX_OVERNIGHT = timedelta(hours=12)  # maximum duration of a session that ends after midnight
_YES = {"yes", "y", "true"}
_MIDNIGHT = re.compile(r"(?<=\d)T00:00:00$")


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
    mapped = read_mapped_table(Spreadsheet(source), headings, ("code", "title", "start"))
    if not {"end", "duration"} & mapped.columns.keys():
        fault = "No heading in the file matches the end or the duration."
        raise source.invalid(fault, "Add one of them.")
    _require_credit_types(mapped.unused, types, source)
    if mapped.unused:
        what = f"These headings match no column: {', '.join(mapped.unused)}."
        log.add_warning(SourceLocation(), "", what, "Their cells are ignored.")
    reader = _RowReader(mapped, TimeResolver(options, log), log)
    for row in mapped.table.rows:
        if item := reader.item(row):
            yield item
    log.faults.extend(mapped.problems())


def _require_credit_types(unused: Sequence[str], types: CreditTypes, source: InputFile) -> None:
    """Raise InvalidInput for a column of credit, if the meeting's types are not known."""
    if not types and (columns := [heading for heading in unused if holds_credit(heading)]):
        fault = f"There is credit in the column {columns[0]!r}, but no meeting says of which type."
        raise source.invalid(fault, "Name the meeting's folder: --meeting DIR.")


@dataclass(frozen=True, slots=True)
class _RowReader:
    mapped: MappedTable
    resolver: TimeResolver
    log: ConversionLog

    def item(self, row: InputRow) -> ProgrammeItem | None:
        """Convert a row; None after adding its faults."""
        location = SourceLocation(row=row.number)
        code, title = row.required("code"), row.text("title")
        if code:
            row.table.require_unique(row, "code", code)
        starts_at, ends_at = self._times(row, location)
        eligible = row.choice("eligible", EligibleCell) if row.text("eligible") else None
        delivery = row.choice("delivery", Delivery) if row.text("delivery") else None
        on_demand_from = self._moment(row, "on_demand_from", None, location)
        types = self.resolver.options.credit_types
        credit = {each.code: row.amount(f"{CREDIT}{each.code}", each) for each in types}
        identifiers = {each.code: row.text(f"{IDENTIFIER}{each.code}") for each in types}
        is_duplicate = row.table.first_row(row, ("code", code), record=False) != row.number
        if is_duplicate or not code or starts_at is None or ends_at is None:
            return None
        if not title:
            warn_untitled(starts_at, row.text("room"), location, self._title("title"), self.log)
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
            eligible=None if eligible is None else eligible in _YES,
            faculty_badges=row.parts("faculty_badges"),
            on_demand_from=on_demand_from
            and self.resolver.resolve(on_demand_from, location, self._title("on_demand_from")),
            cancelled=is_cancelled(row.text("status")),
        )

    def _speakers(self, row: InputRow) -> tuple[str, ...]:
        lines = self.mapped.raw_cell(row, "speakers").splitlines()
        if len(lines) < 2:
            return row.parts("speakers")
        return tuple(
            normalize_text(part) for line in lines for part in line.split(";") if part.strip()
        )

    def _times(
        self, row: InputRow, location: SourceLocation
    ) -> tuple[datetime | None, datetime | None]:
        """Start and end; an end that is a time of day may be in the night after the start."""
        if not row.text("start"):
            row.required("start")
            return None, None
        start = self._moment(row, "start", self._date(row), location)
        if start is None:
            return None, None
        starts_at = self.resolver.resolve(start, location, self._title("start"))
        if not row.text("end"):
            return starts_at, starts_at and self._after(row, starts_at, location)
        end = self._moment(row, "end", start.date(), location)
        if end is None:
            return starts_at, None
        if end.tzinfo is None and start.tzinfo is None and self._is_time_of_day(row.text("end")):
            end = self._overnight_end(start, end)
        ends_at = self.resolver.resolve(end, location, self._title("end"))
        if starts_at and ends_at and ends_at < starts_at:
            row.add_fault("end", "The session ends before it starts.", "Check start and end.")
            return starts_at, None
        return starts_at, ends_at

    def _overnight_end(self, start: datetime, end: datetime) -> datetime:
        tomorrow = end + timedelta(days=1) if end.date() < date.max else end
        return tomorrow if end < start and tomorrow - start <= MAX_OVERNIGHT else end

    def _after(
        self, row: InputRow, starts_at: datetime, location: SourceLocation
    ) -> datetime | None:
        try:
            duration = parse_duration(row.required("duration"))
        except InvalidDuration:
            if text := row.text("duration"):
                row.add_fault("duration", f"{text!r} is not a duration.", "Write minutes, or 1:30.")
            return None
        return self.resolver.add_duration(starts_at, duration, location, self._title("duration"))

    def _date(self, row: InputRow) -> date | None:
        text = row.text("date")
        try:
            # Dates in workbooks are read with a time of midnight.
            return self._as_date(_MIDNIGHT.sub("", text)) if text else None
        except InvalidDate:
            row.add_fault("date", f"{text!r} is not a date.", "Write it as 2024-09-26.")
        except AmbiguousDate:
            row.add_fault(
                "date", f"{text!r} could be two dates.", "Use --dates mdy or --dates dmy."
            )
        return None

    def _moment(
        self, row: InputRow, column: str, day: date | None, location: SourceLocation
    ) -> datetime | None:
        """The cell as a date and time; a time of day alone is combined with `day`."""
        text = row.text(column)
        if not text:
            return None
        try:
            if self._is_time_of_day(text):
                if day is not None:
                    return datetime.combine(day, parse_time(text))
                if not row.text("date"):
                    fault = f"{text!r} is a time without a date."
                    row.add_fault(column, fault, "Write it as 2024-09-26T08:00, or add a date.")
                return None
            return self._date_and_time(text)
        except AmbiguousDate:
            row.add_fault(
                column, f"{text!r} could be two dates.", "Use --dates mdy or --dates dmy."
            )
        except ValueError:
            row.add_fault(
                column, f"{text!r} is not a date and time.", "Write it as 2024-09-26T08:00."
            )
        return None

    def _date_and_time(self, text: str) -> datetime:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            # A date, then a time: the time has one word ("8:00am") or two ("8:00 am").
            words = text.split()
            for split in (-2, -1):
                date_words, clock = " ".join(words[:split]), " ".join(words[split:])
                if date_words and self._is_time_of_day(clock):
                    day = self._as_date(date_words.rstrip(","))
                    return datetime.combine(day, parse_time(clock))
            raise
        if len(text) < len("2024-09-26T08"):
            raise ValueError(text)
        return moment

    def _as_date(self, text: str) -> date:
        return parse_date(text, self.resolver.options.dates)

    @staticmethod
    def _is_time_of_day(text: str) -> bool:
        try:
            return isinstance(parse_time(text), time)
        except InvalidTimeOfDay:
            return False

    def _title(self, column: str) -> str:
        return self.mapped.titles.get(column, column)
