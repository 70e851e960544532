"""Parsing of dates, times of day and durations in spreadsheets and schedules."""

import re
from calendar import isleap
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import cast

from dateutil import parser
from openpyxl.utils.datetime import from_excel

from cme_reflex.formats.tables.date_order import DateOrder

_YEAR_FIRST = re.compile(r"(\d{4})(?:([-/.])(\d\d?)\2(\d\d?)|(\d\d)(\d\d))")
_NUMERIC = re.compile(r"(\d\d?)([-/.])(\d\d?)(?:\2(\d{4}|\d\d))?\.?")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = re.compile(
    r"(?<![a-z])(mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?(?![a-z])\.?",
    re.IGNORECASE,
)
_WORDS = re.compile(r"\d+(?=st|nd|rd|th)|\d+|[a-z]+", re.IGNORECASE)
_FILLER = frozenset({"st", "nd", "rd", "th", "of", "the", "day"})
_SERIAL = re.compile(r"(\d{5})(?:\.0+)?")
_EARLIEST_SERIAL, _LATEST_SERIAL = 20_000, 80_000  # in the years 1954 and 2119
_DAY_FRACTION = re.compile(r"0?\.\d+")
_CLOCK = re.compile(r"(\d\d?)(?:[:.h](\d\d))?(?::(\d\d)(?:\.0+)?)? ?(?:([ap])\.?(?:m\.?)?)?", re.I)
_MILITARY = re.compile(r"([01]\d|2[0-4])([0-5]\d)(?: ?h(?:ou)?rs?\.?)?", re.I)
_NOON = re.compile(r"(?:12(?::00)? ?)?noon", re.I)
_MIDNIGHT = re.compile(r"24[:.h]?00(?::00)?|(?:12(?::00)? ?)?midnight", re.I)
_RANGE = re.compile(r"(?P<start>.+?) ?(?:-|–|—|\bto\b|\buntil\b) ?(?P<end>.+)", re.I)
_HALF = re.compile(r"(?:\d ?[ap]\.?(?:m\.?)?|noon|midnight)$", re.I)
_DURATION = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d\d)")
_MINUTES = re.compile(r"(\d{1,5})(?:\.0+)?(?: ?(?:min(?:utes?|s)?\.?|['\u2032]))?", re.I)
_HOURS = re.compile(r"(\d{1,2}(?:[.,]\d{1,2})?) ?h(?:(?:ou)?rs?)?\.?", re.I)
_HOURS_AND_MINUTES = re.compile(
    r"(\d{1,2}) ?h(?:(?:ou)?rs?)?\.?,? ?(?:and )?(\d{1,2})(?: ?m(?:in(?:ute)?s?)?\.?)?", re.I
)


class InvalidDate(ValueError):
    """The text is not a date."""


class MissingYear(InvalidDate):
    """The date has no year, and none is known."""


class WrongWeekday(InvalidDate):
    """The date is not the day of the week that stands beside it; the message is its real one."""


class AmbiguousDate(ValueError):
    """The text could be one of two dates, because the order of month and day is not known."""


class InvalidTimeOfDay(ValueError):
    """The text is not a time of day."""


class InvalidDuration(ValueError):
    """The text is not a duration."""


def parse_date(text: str, order: DateOrder | None, *, near: date | None = None) -> date:
    """Parse a date such as 2024-09-26, 9/26/24, 26-Sep-2024 or Thursday, September 26.

    A year of two digits is of this century. One that is missing is that in which the date is
    closest after `near`, such as the meeting's first day, or shortly before.

    Raises InvalidDate (WrongWeekday, MissingYear), or AmbiguousDate if no order is given and the
    numbers could be either month and day or day and month.
    """
    weekdays = {name[:3].casefold() for name in _WEEKDAY.findall(text)}
    without = " ".join(_WEEKDAY.sub(" ", text).split()).strip(" ,()-–")
    parsed = _parse_day(without, order, near)
    if weekdays - {_WEEKDAYS[parsed.weekday()]}:
        raise WrongWeekday(f"{parsed:%A}")
    return parsed


def parse_weekday(text: str) -> int | None:
    """The day of the week, Monday as 0, of a text that is nothing else."""
    match = _WEEKDAY.fullmatch(text.strip())
    return _WEEKDAYS.index(match[1][:3].casefold()) if match else None


def parse_serial(text: str, epoch: datetime) -> date | None:
    """The date of a spreadsheet's serial number, counted from its day 0."""
    serial = _SERIAL.fullmatch(text)
    if serial is None or not _EARLIEST_SERIAL <= int(serial[1]) <= _LATEST_SERIAL:
        return None
    return cast(datetime, from_excel(int(serial[1]), epoch)).date()


def _parse_day(text: str, order: DateOrder | None, near: date | None) -> date:
    try:
        if parts := _YEAR_FIRST.fullmatch(text):
            return date(*(int(part) for part in parts.group(1, 3, 4, 5, 6) if part))
        if numbers := _NUMERIC.fullmatch(text):
            year = _full_year(numbers[4]) if numbers[4] else None
            return _numeric_date(int(numbers[1]), int(numbers[3]), year, order, near)
        return _named_date(text, near)
    except (AmbiguousDate, InvalidDate):
        raise
    except (ValueError, OverflowError):
        raise InvalidDate(text) from None


def _full_year(text: str) -> int:
    return int(text) + (2000 if len(text) < 4 else 0)


def _numeric_date(
    first: int, second: int, year: int | None, order: DateOrder | None, near: date | None
) -> date:
    if order is None and first != second and first <= 12 and second <= 12:
        raise AmbiguousDate
    month_first = order is DateOrder.MONTH or (order is None and first <= 12)
    month, day = (first, second) if month_first else (second, first)
    return date(year, month, day) if year else _nearest(month, day, near)


def _named_date(text: str, near: date | None) -> date:
    """A date with the name of a month, and numbers for day and year."""
    words = [word for word in _WORDS.findall(text) if word.casefold() not in _FILLER]
    if sum(word.isalpha() for word in words) != 1 or len(words) > 3:
        raise InvalidDate(text)
    # The parser takes what is missing from its default, so two of them tell what there is.
    info = _TwoDigitYears()
    one, other = (
        parser.parse(" ".join(words), parserinfo=info, default=datetime(year, month, day))  # noqa: DTZ001 - a date has no zone
        for year, month, day in ((2000, 1, 1), (2004, 2, 2))
    )
    if (one.month, one.day) != (other.month, other.day):
        raise InvalidDate(text)
    return one.date() if one.year == other.year else _nearest(one.month, one.day, near)


class _TwoDigitYears(parser.parserinfo):
    """Years of two digits are of this century: no session was held before it."""

    def convertyear(self, year: int, century_specified: bool = False) -> int:
        """See parserinfo.convertyear, which asks the clock."""
        return year if century_specified or year > 99 else year + 2000


def _nearest(month: int, day: int, near: date | None) -> date:
    if near is None:
        raise MissingYear
    years = (near.year - 1, near.year, near.year + 1)
    dates = [date(year, month, day) for year in years if (month, day) != (2, 29) or isleap(year)]
    if not dates:
        raise InvalidDate
    return min(dates, key=lambda each: abs(each - near))


def parse_time(text: str) -> time:
    """Parse a time of day such as 08:00, 8.30, 8 am, 12:15 p.m. or noon. Raises InvalidTimeOfDay.

    Also the fraction of a day that a spreadsheet keeps, such as 0.333333 for 8:00.
    """
    text = text.strip()
    if _NOON.fullmatch(text):
        return time(12)
    if _DAY_FRACTION.fullmatch(text):
        minutes = round(float(text) * 24 * 60)
        return time(*divmod(minutes % (24 * 60), 60))
    clock = _CLOCK.fullmatch(text)
    if clock is None or not (clock[2] or clock[4]):
        raise InvalidTimeOfDay(text)
    hour, minute, second = (int(part or 0) for part in clock.group(1, 2, 3))
    if half := clock[4]:
        if not 1 <= hour <= 12:
            raise InvalidTimeOfDay(text)
        hour = hour % 12 + (12 if half.casefold() == "p" else 0)
    try:
        return time(hour, minute, second)
    except ValueError:
        raise InvalidTimeOfDay(text) from None


def is_midnight(text: str) -> bool:
    """Whether the text is the end of a day, such as 24:00."""
    return bool(_MIDNIGHT.fullmatch(text.strip()))


def with_colon(text: str) -> str:
    """A time of day in four digits, such as 0800 or 1330 hrs, with its colon; else the text."""
    military = _MILITARY.fullmatch(text.strip())
    return f"{military[1]}:{military[2]}" if military else text


def split_time_range(text: str) -> tuple[str, str] | None:
    """Start and end of a text such as 8:00–9:30 am; None if it is not two times of day.

    A half of the day that only one of them has is that with which the session is shortest.
    """
    parts = _RANGE.fullmatch(text.strip())
    if parts is None:
        return None
    start, end = with_colon(parts["start"]), with_colon(parts["end"])
    halves = [half[0] if (half := _HALF.search(part)) else "" for part in (start, end)]
    if all(halves) or not any(halves):
        times = [(start, end)]
    elif halves[1]:
        times = [(f"{start} {half}m", end) for half in "ap"]
    else:
        times = [(start, f"{end} {half}m") for half in "ap"]
    lengths = {}
    for pair in times:
        try:
            first, last = (
                24 * 60 if is_midnight(part) else _minute_of_day(parse_time(part)) for part in pair
            )
        except InvalidTimeOfDay:
            continue
        lengths[pair] = (last - first) % (24 * 60)
    return min(lengths, key=lambda pair: lengths[pair] or 24 * 60) if lengths else None


def _minute_of_day(at: time) -> int:
    return at.hour * 60 + at.minute


def parse_duration(text: str) -> timedelta:
    """Parse a duration: minutes, hours:minutes, or days:hours:minutes as in frab and pretalx.

    Three parts of which the first has two or more digits, such as 01:30:00, are
    hours, minutes and seconds. Raises InvalidDuration.
    """
    text = text.strip()
    if minutes := _MINUTES.fullmatch(text):
        return timedelta(minutes=int(minutes[1]))
    if hours := _HOURS.fullmatch(text):
        return timedelta(minutes=round(Fraction(hours[1].replace(",", ".")) * 60))
    if both := _HOURS_AND_MINUTES.fullmatch(text):
        return timedelta(hours=int(both[1]), minutes=int(both[2]))
    parts = _DURATION.fullmatch(text)
    if parts is None or int(parts[3]) > 59:
        raise InvalidDuration(text)
    first, middle, last = (int(part or 0) for part in parts.groups())
    if parts[1] is None:
        return timedelta(hours=middle, minutes=last)
    if middle > (59 if len(parts[1]) > 1 else 23):
        raise InvalidDuration(text)
    if len(parts[1]) > 1:
        return timedelta(hours=first, minutes=middle, seconds=last)
    return timedelta(days=first, hours=middle, minutes=last)
