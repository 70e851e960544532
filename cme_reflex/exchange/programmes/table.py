"""Programmes as tables: CSV and XLSX, one row a session, under any of the documented headings."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from cme_reflex.domain.programme import Delivery
from cme_reflex.exchange.csv_table import Row, tidy
from cme_reflex.exchange.dates import (
    EitherDate,
    NotADate,
    NotADuration,
    NotATimeOfDay,
    date_from,
    duration_from,
    time_from,
)
from cme_reflex.exchange.grid import Grid
from cme_reflex.exchange.headed import HeadedTable, read_headed
from cme_reflex.exchange.programmes.clock import Clock
from cme_reflex.exchange.programmes.converted import Choices, Item, Notes, Place
from cme_reflex.exchange.programmes.headings import HEADINGS
from cme_reflex.exchange.source import Source

NIGHT = timedelta(hours=12)  # the longest that a session may last over midnight
_YES = {"yes", "y", "true"}
_MIDNIGHT = re.compile(r"(?<=\d)T00:00:00$")
_CANCELLED = {"cancelled", "canceled", "withdrawn"}


class Eligible(StrEnum):
    """How a cell says whether a session can be claimed."""

    YES = "yes"
    Y = "y"
    TRUE = "true"
    NO = "no"
    N = "n"
    FALSE = "false"


def read(source: Source, choices: Choices, notes: Notes) -> Iterator[Item]:
    """The rows. Raises FaultyFolder where there is no table, or a column is missing."""
    headed = read_headed(
        Grid(source.name, source.data, source.sheet), HEADINGS, ("code", "title", "start")
    )
    if not {"end", "duration"} & headed.columns.keys():
        fault = "No heading in the file means the end or the duration."
        raise source.faulty(fault, "Add one of them.")
    if headed.unused:
        what = f"These headings mean no column: {', '.join(headed.unused)}."
        notes.warn(Place(), "", what, "What stands under them is left out.")
    reader = _Rows(headed, Clock(choices, notes), notes)
    for row in headed.table.rows:
        if item := reader.item(row):
            yield item
    notes.faults.extend(headed.problems())


@dataclass(frozen=True, slots=True)
class _Rows:
    headed: HeadedTable
    clock: Clock
    notes: Notes

    def item(self, row: Row) -> Item | None:
        """The row's item; None after noting what is wrong with it."""
        place = Place(row=row.number)
        code, title = row.required("code"), row.required("title")
        if code:
            row.table.require_new(row, "code", code)
        starts_at, ends_at = self._times(row, place)
        eligible = row.choice("eligible", Eligible) if row.text("eligible") else None
        delivery = row.choice("delivery", Delivery) if row.text("delivery") else None
        on_demand_from = self._moment(row, "on_demand_from", None, place)
        quarters, safety = row.hours("category1_hours"), row.hours("patient_safety_hours")
        again = row.table.first_row(row, ("code", code), note=False) != row.number
        if again or not code or not title or starts_at is None or ends_at is None:
            return None
        return Item(
            place=place,
            code=code,
            title=title,
            kind=row.text("kind"),
            track=row.text("track"),
            room=row.text("room"),
            starts_at=starts_at,
            ends_at=ends_at,
            speakers=self._speakers(row),
            delivery=delivery,
            quarters=quarters,
            safety=safety,
            eligible=None if eligible is None else eligible in _YES,
            faculty_badges=row.parts("faculty_badges"),
            on_demand_from=on_demand_from
            and self.clock.instant(on_demand_from, place, self._title("on_demand_from")),
            cancelled=row.text("status").casefold() in _CANCELLED,
        )

    def _speakers(self, row: Row) -> tuple[str, ...]:
        lines = self.headed.untidied(row, "speakers").splitlines()
        if len(lines) < 2:
            return row.parts("speakers")
        return tuple(tidy(part) for line in lines for part in line.split(";") if part.strip())

    def _times(self, row: Row, place: Place) -> tuple[datetime | None, datetime | None]:
        """Start and end; an end that is a time of day may be in the night after the start."""
        if not row.text("start"):
            row.required("start")
            return None, None
        start = self._moment(row, "start", self._date(row), place)
        if start is None:
            return None, None
        starts_at = self.clock.instant(start, place, self._title("start"))
        if not row.text("end"):
            return starts_at, starts_at and self._after(row, starts_at, place)
        end = self._moment(row, "end", start.date(), place)
        if end is None:
            return starts_at, None
        if end.tzinfo is None and start.tzinfo is None and self._is_clock(row.text("end")):
            end = self._by_night(start, end)
        ends_at = self.clock.instant(end, place, self._title("end"))
        if starts_at and ends_at and ends_at < starts_at:
            row.fault("end", "The session ends before it starts.", "Check start and end.")
            return starts_at, None
        return starts_at, ends_at

    def _by_night(self, start: datetime, end: datetime) -> datetime:
        tomorrow = end + timedelta(days=1) if end.date() < date.max else end
        return tomorrow if end < start and tomorrow - start <= NIGHT else end

    def _after(self, row: Row, starts_at: datetime, place: Place) -> datetime | None:
        try:
            duration = duration_from(row.required("duration"))
        except NotADuration:
            if text := row.text("duration"):
                row.fault("duration", f"{text!r} is no duration.", "Write minutes, or 1:30.")
            return None
        return self.clock.after(starts_at, duration, place, self._title("duration"))

    def _date(self, row: Row) -> date | None:
        text = row.text("date")
        try:
            # A workbook's dates come with a midnight that nobody wrote.
            return self._as_date(_MIDNIGHT.sub("", text)) if text else None
        except NotADate:
            row.fault("date", f"{text!r} is no date.", "Write it as 2024-09-26.")
        except EitherDate:
            row.fault("date", f"{text!r} could be two dates.", "Say --dates mdy or --dates dmy.")
        return None

    def _moment(self, row: Row, column: str, day: date | None, place: Place) -> datetime | None:
        """The cell as a date and time; a time of day alone is of `day`."""
        text = row.text(column)
        if not text:
            return None
        try:
            if self._is_clock(text):
                if day is not None:
                    return datetime.combine(day, time_from(text))
                if not row.text("date"):
                    fault = f"{text!r} is a time without a date."
                    row.fault(column, fault, "Write it as 2024-09-26T08:00, or add a date.")
                return None
            return self._date_and_time(text)
        except EitherDate:
            row.fault(column, f"{text!r} could be two dates.", "Say --dates mdy or --dates dmy.")
        except ValueError:
            row.fault(column, f"{text!r} is no date and time.", "Write it as 2024-09-26T08:00.")
        return None

    def _date_and_time(self, text: str) -> datetime:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            # A date, then a time: the time has one word ("8:00am") or two ("8:00 am").
            words = text.split()
            for split in (-2, -1):
                date_words, clock = " ".join(words[:split]), " ".join(words[split:])
                if date_words and self._is_clock(clock):
                    on = self._as_date(date_words.rstrip(","))
                    return datetime.combine(on, time_from(clock))
            raise
        if len(text) < len("2024-09-26T08"):
            raise ValueError(text)
        return moment

    def _as_date(self, text: str) -> date:
        return date_from(text, self.clock.choices.dates)

    @staticmethod
    def _is_clock(text: str) -> bool:
        try:
            return isinstance(time_from(text), time)
        except NotATimeOfDay:
            return False

    def _title(self, column: str) -> str:
        return self.headed.titles.get(column, column)
