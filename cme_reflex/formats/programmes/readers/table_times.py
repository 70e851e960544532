"""Times of a table's rows: dates, days, times of day and ranges as organizers write them."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import cast

from openpyxl.utils.datetime import from_excel

from cme_reflex.formats.programmes.items import SourceLocation
from cme_reflex.formats.programmes.time_resolver import TimeResolver
from cme_reflex.formats.tables.csv_table import InputRow
from cme_reflex.formats.tables.date_parsing import (
    AmbiguousDate,
    InvalidDate,
    InvalidDuration,
    InvalidTimeOfDay,
    MissingYear,
    WrongWeekday,
    is_midnight,
    parse_date,
    parse_duration,
    parse_serial,
    parse_time,
    parse_weekday,
    split_time_range,
    with_colon,
)

MAX_OVERNIGHT = timedelta(hours=12)  # maximum duration of a session that ends after midnight
TIME_COLUMNS = ("time", "start", "end", "duration")
_MORNING = 6  # o'clock; an earlier start without am or pm is conspicuous
_MIDNIGHT = re.compile(r"(?<=\d)T00:00:00$")
_DAY_NUMBER = re.compile(r"day (\d{1,2})", re.IGNORECASE)
_SERIAL_MOMENT = re.compile(r"\d{5}\.\d+")
_ZONE_SUFFIX = re.compile(r"(?<=[\dAaPpMm.]) ?\(?\b(?!(?:AM|PM)\b)([A-Z]{2,4})\)?$")


@dataclass(frozen=True, slots=True)
class RowTimes:
    """Reader of the times of rows; `titles` has the file's headings, `epoch` its serial day 0."""

    resolver: TimeResolver
    titles: dict[str, str]
    epoch: datetime

    def times(
        self, row: InputRow, day_above: date | None
    ) -> tuple[datetime | None, datetime | None]:
        """Start and end; None after adding faults. `day_above` is that of a heading above the row.

        An end that is a time of day may be in the night after the start.
        """
        location = SourceLocation(row=row.number)
        start_column, start_text, end_text = self._written(row)
        if not start_text:
            row.required("start")
            return None, None
        start = self._start(row, start_column, start_text, day_above)
        if start is None:
            return None, None
        starts_at = self.resolver.resolve(start, location, self._title(start_column))
        if not end_text:
            return starts_at, starts_at and self._after(row, starts_at, location)
        end_column = "end" if row.text("end") else start_column
        end = self.moment(row, end_column, end_text, start.date())
        if end is None:
            return starts_at, None
        if end.tzinfo is None and start.tzinfo is None and self._is_time_of_day(end_text):
            end = _overnight_end(start, end)
        ends_at = self.resolver.resolve(end, location, self._title(end_column))
        if starts_at and ends_at and ends_at < starts_at:
            row.add_fault("end", "The session ends before it starts.", "Check start and end.")
            return starts_at, None
        return starts_at, ends_at

    def moment(self, row: InputRow, column: str, text: str, day: date | None) -> datetime | None:
        """The text as a date and time; a time of day alone is combined with `day`."""
        try:
            text = self._without_zone(text)
            if day is not None and is_midnight(text):
                return datetime.combine(day, time(0)) + timedelta(days=1)
            if self._is_time_of_day(text):
                if day is not None:
                    return datetime.combine(day, parse_time(with_colon(text)))
                if not (row.text("date") or row.text("day")):
                    fault = f"{text!r} is a time without a date."
                    row.add_fault(column, fault, "Write it as 2024-09-26T08:00, or add a date.")
                return None
            return self._date_and_time(row, text, column)
        except (InvalidDate, AmbiguousDate) as invalid:
            if isinstance(invalid, AmbiguousDate | MissingYear | WrongWeekday):
                row.add_fault(column, *_explain(text, invalid))
                return None
        except ValueError:
            pass
        if _ZONE_SUFFIX.search(text):
            fault = f"{text!r} is not in the time zone of --zone, or is no time."
            row.add_fault(column, fault, "Write it in that zone, or as 2024-09-26T08:00-05:00.")
            return None
        row.add_fault(column, f"{text!r} is not a date and time.", "Write it as 2024-09-26T08:00.")
        return None

    def day_heading(self, text: str) -> date | None:
        """The day of a row that has nothing but a date, as a heading of the rows below it."""
        text = _MIDNIGHT.sub("", text)
        try:
            return self._day(text)
        except (InvalidDate, AmbiguousDate):
            return None

    def _written(self, row: InputRow) -> tuple[str, str, str]:
        """The column and the text of the start, and the text of the end, also of a range."""
        start, end = row.text("start"), row.text("end")
        column = "start" if start else "time"
        start = start or row.text("time")
        if not end and (both := split_time_range(start)):
            start, end = both
        return column, start, end

    def _start(
        self, row: InputRow, column: str, text: str, day_above: date | None
    ) -> datetime | None:
        faults = len(row.table.problems)
        day = self._date(row)
        if len(row.table.problems) > faults:
            return None
        day = day or (None if self._day_texts(row) else day_above)
        start = self.moment(row, column, text, day)
        if start is not None and day is not None and start.date() != day:
            if is_midnight(text):
                return start
            fault = f"{text!r} is not on {day}, which the row has as its date."
            row.add_fault(column, fault, "Correct one of them.")
            return None
        if start is not None and start.hour < _MORNING and re.match(r"0?[1-5][:.h]\d\d$", text):
            what = "A start before 6:00 has no am or pm, and is read as in the night."
            self._warn(row, column, what, "Write 1:00 pm, or 13:00, for the afternoon.")
        return start

    def _date(self, row: InputRow) -> date | None:
        """The row's date, of which all its cells must be: a date, "Friday", and "Day 2"."""
        first_day = self.resolver.options.first_day
        found: dict[date, str] = {}
        weekday = None
        for column, text in self._day_texts(row).items():
            if (of_week := parse_weekday(text)) is not None:
                weekday = of_week
            elif number := _DAY_NUMBER.fullmatch(text):
                if first_day:
                    self._warn_counted(row, column)
                    found.setdefault(first_day + timedelta(days=int(number[1]) - 1), text)
            else:
                try:
                    found.setdefault(self._serial_or_day(row, column, text), text)
                except (InvalidDate, AmbiguousDate) as invalid:
                    row.add_fault(column, *_explain(text, invalid))
                    return None
        if len(found) > 1:
            texts = " and ".join(map(repr, found.values()))
            row.add_fault("date", f"{texts} are different days.", "Correct one of them.")
            return None
        day = next(iter(found), None)
        if weekday is not None and day is not None and day.weekday() != weekday:
            fault = f"{found[day]!r} is a {day:%A}, not the day of the week that the row has."
            row.add_fault("day", fault, "Correct one of them.")
            return None
        if day is None and weekday is not None and first_day:
            self._warn_counted(row, "day" if row.text("day") else "date")
            day = first_day + timedelta(days=(weekday - first_day.weekday()) % 7)
        if day is None and (texts_of_day := self._day_texts(row)):
            fault = f"{next(iter(texts_of_day.values()))!r} is not a date."
            row.add_fault("date", fault, "Write it as 2024-09-26, or name the meeting: --meeting.")
        return day

    @staticmethod
    def _day_texts(row: InputRow) -> dict[str, str]:
        # Dates in workbooks are read with a time of midnight.
        texts = {column: _MIDNIGHT.sub("", row.text(column)) for column in ("date", "day")}
        return {column: text for column, text in texts.items() if text}

    def _serial_or_day(self, row: InputRow, column: str, text: str) -> date:
        if serial := parse_serial(text, self.epoch):
            self._warn_serial(row, column)
            return serial
        options = self.resolver.options
        try:
            return parse_date(text, options.dates)
        except MissingYear:
            if options.first_day is None:
                raise
            self._warn_counted(row, column)
            return self._day(text)

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

    def _date_and_time(self, row: InputRow, text: str, column: str) -> datetime:
        if _SERIAL_MOMENT.fullmatch(text):
            self._warn_serial(row, column)
            moment = cast(datetime, from_excel(float(text), self.epoch))
            return (moment + timedelta(seconds=30)).replace(second=0, microsecond=0)
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            # A date, then a time: the time has one word ("8:00am") or two ("8:00 am").
            words = text.split()
            for split in (-2, -1):
                date_words, clock = " ".join(words[:split]), " ".join(words[split:])
                if date_words and self._is_time_of_day(clock) and not clock.isdigit():
                    day = self._day(date_words.rstrip(","))
                    return datetime.combine(day, parse_time(clock))
            raise
        if len(text) < len("2024-09-26T08"):
            raise ValueError(text)
        return moment

    def _day(self, text: str) -> date:
        options = self.resolver.options
        return parse_date(text, options.dates, near=options.first_day)

    def _without_zone(self, text: str) -> str:
        """The time without the name of the zone in which all times are, such as CT."""
        zone, suffix = self.resolver.options.zone, _ZONE_SUFFIX.search(text)
        if zone is None or suffix is None:
            return text
        names = {datetime(2024, month, 1, tzinfo=zone).tzname() or "" for month in (1, 7)}
        short = {f"{name[0]}{name[-1]}" for name in names if len(name) == len("CST")}
        return text[: suffix.start()] if suffix[1] in names | short else text

    def _warn_counted(self, row: InputRow, column: str) -> None:
        what = "The date has no year, or is a day of the meeting."
        self._warn(row, column, what, "It is counted from the meeting's first day.")

    def _warn_serial(self, row: InputRow, column: str) -> None:
        what = "The number is read as a spreadsheet's serial date."
        self._warn(row, column, what, "Check the dates.")

    def _warn(self, row: InputRow, column: str, what: str, remedy: str) -> None:
        location = SourceLocation(row=row.number)
        self.resolver.log.add_warning(location, self._title(column), what, remedy)

    @staticmethod
    def _is_time_of_day(text: str) -> bool:
        try:
            return is_midnight(text) or isinstance(parse_time(with_colon(text)), time)
        except InvalidTimeOfDay:
            return False

    def _title(self, column: str) -> str:
        return self.titles.get(column, column)


def _overnight_end(start: datetime, end: datetime) -> datetime:
    tomorrow = end + timedelta(days=1) if end.date() < date.max else end
    return tomorrow if end < start and tomorrow - start <= MAX_OVERNIGHT else end


def _explain(text: str, invalid: ValueError) -> tuple[str, str]:
    match invalid:
        case AmbiguousDate():
            return f"{text!r} could be two dates.", "Use --dates mdy or --dates dmy."
        case MissingYear():
            remedy = "Write it as 2024-09-26, or name the meeting: --meeting DIR."
            return f"{text!r} has no year.", remedy
        case WrongWeekday():
            return f"{text!r} is a {invalid}.", "Correct the date, or the day of the week."
    return f"{text!r} is not a date.", "Write it as 2024-09-26."
