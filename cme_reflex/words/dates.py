"""Days, times and deadlines as people say them, in the meeting's own zone."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

MONTHS: Final[Sequence[str]] = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip

WEEKDAYS: Final[Sequence[str]] = (
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
)  # fmt: skip


def day(of: date) -> str:
    """A day as a heading: ``Thursday, September 26``."""
    return f"{_weekday(of)}, {_month(of)} {of.day}"


def full_day(of: date) -> str:
    """A day with its year, as a document has it: ``September 26, 2024``."""
    return f"{_month(of)} {of.day}, {of.year}"


def days(first: date, last: date) -> str:
    """From which day to which: ``September 26–29, 2024``, ``September 30 – October 2, 2024``."""
    if first == last:
        return full_day(first)
    if first.year != last.year:
        return f"{full_day(first)} – {full_day(last)}"
    if first.month != last.month:
        return f"{_month(first)} {first.day} – {full_day(last)}"
    return f"{_month(first)} {first.day}–{last.day}, {last.year}"


def short_day(of: date) -> str:
    """A day in a line: ``Thu, Sep 26``."""
    return f"{_weekday(of)[:3]}, {_month(of)[:3]} {of.day}"


def short_date(of: date) -> str:
    """A day with its year in a line: ``Feb 23, 2026``."""
    return f"{_month(of)[:3]} {of.day}, {of.year}"


def clock(at: datetime, zone: ZoneInfo) -> str:
    """A time of day: ``8:00 am``."""
    local = at.astimezone(zone)
    return f"{local.hour % 12 or 12}:{local:%M} {'am' if local.hour < 12 else 'pm'}"


def span(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """From when to when: ``8:00–10:00 am``, ``11:30 am–1:00 pm``; a later day is named."""
    first, last = clock(start, zone), clock(end, zone)
    if start.astimezone(zone).date() != end.astimezone(zone).date():
        return f"{first}–{short_day(end.astimezone(zone).date())}, {last}"
    if first[-2:] == last[-2:]:
        first = first[:-3]
    return f"{first}–{last}"


def day_span(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """The same with the day: ``Thu, Sep 26, 8:00–10:00 am``."""
    return f"{short_day(start.astimezone(zone).date())}, {span(start, end, zone)}"


def iso_span(start: str, end: str, zone: ZoneInfo) -> str:
    """From when to when with the day, of two instants in ISO 8601."""
    return day_span(datetime.fromisoformat(start), datetime.fromisoformat(end), zone)


def instant(at: datetime, zone: ZoneInfo) -> str:
    """A deadline with its zone: ``Feb 23, 2026, 1:00 pm CT``."""
    local = at.astimezone(zone)
    return f"{short_date(local)}, {clock(at, zone)} {zone_name(local)}"


def zone_name(local: datetime) -> str:
    """The zone as people say it, ``CT`` for CST and CDT; others as they name themselves."""
    name = local.tzname() or ""
    american = len(name) == 3 and name[0] in "ECMP" and name[1:] in ("ST", "DT")
    return f"{name[0]}T" if american else name


def _month(of: date) -> str:
    return MONTHS[of.month - 1]


def _weekday(of: date) -> str:
    return WEEKDAYS[of.weekday()]
