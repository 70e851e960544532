"""Parsing of dates, times of day and durations in spreadsheets and schedules."""

import re
from datetime import date, datetime, time, timedelta
from enum import StrEnum

_ISO = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)")
_NUMERIC = re.compile(r"(\d\d?)[/.](\d\d?)[/.](\d{4})")
_MONTH_NAME_FORMATS = ("%B %d %Y", "%b %d %Y", "%d %B %Y", "%d %b %Y")
_WEEKDAY = re.compile(
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,? ", re.IGNORECASE
)
_CLOCK = re.compile(r"(\d\d?)(?:[:.](\d\d))?(?::(\d\d)(?:\.0+)?)? ?(?:([ap])\.?m\.?)?", re.I)
_DURATION = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d\d)")
_MINUTES = re.compile(r"(\d{1,5})(?:\.0+)?(?: ?min(?:utes|s)?\.?)?", re.I)


class DateOrder(StrEnum):
    """Order of month and day in a date such as 9/10/2024."""

    MONTH = "mdy"
    DAY = "dmy"


class InvalidDate(ValueError):
    """The text is not a date."""


class AmbiguousDate(ValueError):
    """The text could be one of two dates, because the order of month and day is not known."""


class InvalidTimeOfDay(ValueError):
    """The text is not a time of day."""


class InvalidDuration(ValueError):
    """The text is not a duration."""


def parse_date(text: str, order: DateOrder | None) -> date:
    """Parse a date such as 2024-09-26, 9/26/2024 or Thursday, September 26, 2024.

    Raises InvalidDate, or AmbiguousDate if no order is given and the numbers
    could be either month and day or day and month.
    """
    try:
        if iso := _ISO.fullmatch(text):
            return date(*map(int, iso.groups()))
        if numbers := _NUMERIC.fullmatch(text):
            first, second, year = map(int, numbers.groups())
            return _numeric_date(first, second, year, order)
    except AmbiguousDate:
        raise
    except ValueError:
        raise InvalidDate(text) from None
    weekday = _WEEKDAY.match(text)
    without_weekday = text[weekday.end() if weekday else 0 :]
    words = " ".join(without_weekday.replace(",", " ").split())
    for date_format in _MONTH_NAME_FORMATS:
        try:
            return datetime.strptime(words, date_format).date()  # noqa: DTZ007 - a date has no zone
        except ValueError:
            continue
    raise InvalidDate(text)


def _numeric_date(first: int, second: int, year: int, order: DateOrder | None) -> date:
    if order is None and first != second and first <= 12 and second <= 12:
        raise AmbiguousDate
    month_first = order is DateOrder.MONTH or (order is None and first <= 12)
    return date(year, *((first, second) if month_first else (second, first)))


def parse_time(text: str) -> time:
    """Parse a time of day such as 08:00, 8.30, 8 am or 12:15 p.m. Raises InvalidTimeOfDay."""
    clock = _CLOCK.fullmatch(text.strip())
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


def parse_duration(text: str) -> timedelta:
    """Parse a duration: minutes, hours:minutes, or days:hours:minutes as in frab and pretalx.

    Three parts of which the first has two or more digits, such as 01:30:00, are
    hours, minutes and seconds. Raises InvalidDuration.
    """
    text = text.strip()
    if minutes := _MINUTES.fullmatch(text):
        return timedelta(minutes=int(minutes[1]))
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
