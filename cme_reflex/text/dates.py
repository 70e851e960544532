"""Formatting of dates, times and deadlines in the meeting's time zone.

Babel formats dates, with the names of months and weekdays. Times, time ranges and zones are
formatted here, because Babel's formats differ: "8:00 AM" in capitals and with a narrow space, thin
spaces around the dash of a range, and "Germany (Berlin) Time" for "CET".
"""

from datetime import date, datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from babel import Locale


def day(value: date) -> str:
    """A date for headings: ``Thursday, September 26``."""
    return _formatted(value, "EEEE, MMMM d")


def short_day(value: date) -> str:
    """A date for lists: ``Thu, Sep 26``."""
    return _formatted(value, "EEE, MMM d")


def full_day(value: date) -> str:
    """A date with its year, for documents: ``September 26, 2024``."""
    return _formatted(value, "long")


def short_date(value: date) -> str:
    """A short date with its year: ``Feb 23, 2026``."""
    return _formatted(value, "medium")


def months() -> list[str]:
    """The names of the months, from January."""
    from babel.dates import get_month_names

    return list(get_month_names("wide", locale=_locale()).values())


def days(first: date, last: date) -> str:
    """A date range: ``September 26–29, 2024``, ``September 30 – October 2, 2024``."""
    if first == last:
        return full_day(first)
    if first.year != last.year:
        return f"{full_day(first)} – {full_day(last)}"
    if first.month != last.month:
        return f"{_formatted(first, 'MMMM d')} – {full_day(last)}"
    return f"{_formatted(first, 'MMMM d')}–{last.day}, {last.year}"


def clock(at: datetime, zone: ZoneInfo) -> str:
    """A time of day: ``8:00 am``."""
    local = at.astimezone(zone)
    return f"{local.hour % 12 or 12}:{local:%M} {'am' if local.hour < 12 else 'pm'}"


def span(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """A time range: ``8:00–10:00 am``, ``11:30 am–1:00 pm``; with the date of a later end."""
    first, last = clock(start, zone), clock(end, zone)
    if start.astimezone(zone).date() != end.astimezone(zone).date():
        return f"{first}–{short_day(end.astimezone(zone).date())}, {last}"
    if first[-2:] == last[-2:]:
        first = first[:-3]
    return f"{first}–{last}"


def day_span(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """A time range with its date: ``Thu, Sep 26, 8:00–10:00 am``."""
    return f"{short_day(start.astimezone(zone).date())}, {span(start, end, zone)}"


def iso_span(start: str, end: str, zone: ZoneInfo) -> str:
    """A time range with its date, from two instants in ISO 8601."""
    return day_span(datetime.fromisoformat(start), datetime.fromisoformat(end), zone)


def instant(at: datetime, zone: ZoneInfo) -> str:
    """A deadline with its zone: ``Feb 23, 2026, 1:00 pm CT``."""
    local = at.astimezone(zone)
    return f"{short_date(local.date())}, {clock(at, zone)} {zone_name(local)}"


def zone_name(local: datetime) -> str:
    """The zone's common name: ``CT`` for CST and CDT; the tz database's abbreviation for others."""
    name = local.tzname() or ""
    american = len(name) == 3 and name[0] in "ECMP" and name[1:] in ("ST", "DT")
    return f"{name[0]}T" if american else name


@lru_cache(maxsize=1_024)  # screens repeat the same few dates
def _formatted(value: date, pattern: str) -> str:
    """The date in a Unicode date pattern, or in the format "medium" or "long"."""
    from babel.dates import format_date

    return format_date(value, pattern, locale=_locale())


@cache
def _locale() -> "Locale":
    """The language's locale data, loaded on first use: many commands need no dates."""
    from babel import Locale

    from cme_reflex.text import LANGUAGE  # here, because the package imports this module

    return Locale.parse(LANGUAGE)
