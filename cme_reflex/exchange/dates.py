"""Dates, times of day and durations as spreadsheets and schedules write them."""

import re
from datetime import date, datetime, time, timedelta
from enum import StrEnum

_ISO = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)")
_NUMBERS = re.compile(r"(\d\d?)[/.](\d\d?)[/.](\d{4})")
_NAMED = ("%B %d %Y", "%b %d %Y", "%d %B %Y", "%d %b %Y")
_WEEKDAY = re.compile(
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,? ", re.IGNORECASE
)
_CLOCK = re.compile(r"(\d\d?)(?:[:.](\d\d))?(?::(\d\d)(?:\.0+)?)? ?(?:([ap])\.?m\.?)?", re.I)
_DURATION = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d\d)")
_MINUTES = re.compile(r"(\d{1,5})(?:\.0+)?(?: ?min(?:utes|s)?\.?)?", re.I)


class DateOrder(StrEnum):
    """What comes first in a date like 9/10/2024."""

    MONTH = "mdy"
    DAY = "dmy"


class NotADate(ValueError):
    """The text is no date."""


class EitherDate(ValueError):
    """The text could be one of two dates, and nobody said which order is meant."""


class NotATimeOfDay(ValueError):
    """The text is no time of day."""


class NotADuration(ValueError):
    """The text is no duration."""


def date_from(text: str, order: DateOrder | None) -> date:
    """A date such as 2024-09-26, 9/26/2024 or Thursday, September 26, 2024.

    Raises NotADate, or EitherDate for numbers that could be read both ways
    where no order is given.
    """
    try:
        if iso := _ISO.fullmatch(text):
            return date(*map(int, iso.groups()))
        if numbers := _NUMBERS.fullmatch(text):
            first, second, year = map(int, numbers.groups())
            return _by_numbers(first, second, year, order)
    except EitherDate:
        raise
    except ValueError:
        raise NotADate(text) from None
    weekday = _WEEKDAY.match(text)
    bare = " ".join(text[weekday.end() if weekday else 0 :].replace(",", " ").split())
    for form in _NAMED:
        try:
            return datetime.strptime(bare, form).date()  # noqa: DTZ007 - a date has no zone
        except ValueError:
            continue
    raise NotADate(text)


def _by_numbers(first: int, second: int, year: int, order: DateOrder | None) -> date:
    if order is None and first != second and first <= 12 and second <= 12:
        raise EitherDate
    month_first = order is DateOrder.MONTH or (order is None and first <= 12)
    return date(year, *((first, second) if month_first else (second, first)))


def time_from(text: str) -> time:
    """A time of day such as 08:00, 8.30, 8 am or 12:15 p.m. Raises NotATimeOfDay."""
    clock = _CLOCK.fullmatch(text.strip())
    if clock is None or not (clock[2] or clock[4]):
        raise NotATimeOfDay(text)
    hour, minute, second = (int(part or 0) for part in clock.group(1, 2, 3))
    if half := clock[4]:
        if not 1 <= hour <= 12:
            raise NotATimeOfDay(text)
        hour = hour % 12 + (12 if half.casefold() == "p" else 0)
    try:
        return time(hour, minute, second)
    except ValueError:
        raise NotATimeOfDay(text) from None


def duration_from(text: str) -> timedelta:
    """A duration: minutes, hours:minutes, or days:hours:minutes as frab and pretalx write it.

    Three parts that begin with two digits, as in 01:30:00, are hours, minutes
    and seconds. Raises NotADuration.
    """
    text = text.strip()
    if minutes := _MINUTES.fullmatch(text):
        return timedelta(minutes=int(minutes[1]))
    parts = _DURATION.fullmatch(text)
    if parts is None or int(parts[3]) > 59:
        raise NotADuration(text)
    first, middle, last = (int(part or 0) for part in parts.groups())
    if parts[1] is None:
        return timedelta(hours=middle, minutes=last)
    if middle > (59 if len(parts[1]) > 1 else 23):
        raise NotADuration(text)
    if len(parts[1]) > 1:
        return timedelta(hours=first, minutes=middle, seconds=last)
    return timedelta(days=first, hours=middle, minutes=last)
