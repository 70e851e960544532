"""Days, times and deadlines as people say them, in the meeting's own zone.

Babel knows how the language orders a date and what it calls months and weekdays. Times, spans and
zones are written here, because Babel's data say them otherwise: "8:00 AM" in capitals and with a
narrow space, more thin spaces around the dash of a span, and "Germany (Berlin) Time" for "CET".
"""

from datetime import date, datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from babel import Locale


def day(of: date) -> str:
    """A day as a heading: ``Thursday, September 26``."""
    return _formatted(of, "EEEE, MMMM d")


def short_day(of: date) -> str:
    """A day in a line: ``Thu, Sep 26``."""
    return _formatted(of, "EEE, MMM d")


def full_day(of: date) -> str:
    """A day with its year, as a document has it: ``September 26, 2024``."""
    return _formatted(of, "long")


def short_date(of: date) -> str:
    """A day with its year in a line: ``Feb 23, 2026``."""
    return _formatted(of, "medium")


def months() -> list[str]:
    """The names of the months, from January."""
    from babel.dates import get_month_names

    return list(get_month_names("wide", locale=_locale()).values())


def days(first: date, last: date) -> str:
    """From which day to which: ``September 26–29, 2024``, ``September 30 – October 2, 2024``."""
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
    return f"{short_date(local.date())}, {clock(at, zone)} {zone_name(local)}"


def zone_name(local: datetime) -> str:
    """The zone as people say it, ``CT`` for CST and CDT; others as they name themselves."""
    name = local.tzname() or ""
    american = len(name) == 3 and name[0] in "ECMP" and name[1:] in ("ST", "DT")
    return f"{name[0]}T" if american else name


@lru_cache(maxsize=1_024)  # a screen says the same few days many times over
def _formatted(of: date, pattern: str) -> str:
    """The day by a Unicode date pattern, or by one of the lengths "medium" and "long"."""
    from babel.dates import format_date

    return format_date(of, pattern, locale=_locale())


@cache
def _locale() -> "Locale":
    """The language's data, read for the first date: a command without dates does not need them."""
    from babel import Locale

    from cme_reflex.text import LANGUAGE  # when called, as the package imports this module

    return Locale.parse(LANGUAGE)
