"""Reader of iCalendar files: one item per event, or per occurrence of a recurring event."""

import io
import re
import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import islice
from typing import Any, TypeAlias

import recurring_ical_events
from icalendar import Calendar

from cme_reflex.formats import input_limits
from cme_reflex.formats.input_limits import InputMeter
from cme_reflex.formats.programmes.cancellation import is_cancelled
from cme_reflex.formats.programmes.items import (
    ConversionLog,
    ProgrammeItem,
    ProgrammeOptions,
    SourceLocation,
    warn_untitled,
)
from cme_reflex.formats.programmes.time_resolver import TimeResolver
from cme_reflex.formats.tables.csv_table import normalize_text
from cme_reflex.formats.tables.input_file import InputFile
from cme_reflex.formats.tables.text_file import decode_foreign_text

Component: TypeAlias = Any  # the library's type is a union over all properties

REPEATS_LIMIT = 1_000  # occurrences of one event: three a day for a year
_FOLD = re.compile(rb"\r?\n[ \t]")  # may be within a letter of UTF-8 (RFC 5545, 3.1)
_TIMES = ("DTSTART", "DTEND", "RECURRENCE-ID", "RDATE", "EXDATE")
_DAILY_OR_RARER = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}


def read(
    source: InputFile, options: ProgrammeOptions, log: ConversionLog
) -> Iterator[ProgrammeItem]:
    """The events. Raises InvalidInput if the file is not iCalendar or is cut off."""
    for calendar in _calendars(source, log):
        zone = normalize_text(str(calendar.get("X-WR-TIMEZONE", "")))
        resolver = TimeResolver(options, log, zone)
        is_cancellation = str(calendar.get("METHOD", "")).upper() == "CANCEL"
        for event, location in _occurrences(calendar, resolver):
            if item := _item(event, location, resolver):
                yield replace(item, cancelled=True) if is_cancellation else item


def _calendars(source: InputFile, log: ConversionLog) -> list[Component]:
    text, note = decode_foreign_text(source.name, _FOLD.sub(b"", source.data))
    if note:
        remedy = "If letters are wrong, save the file as UTF-8."
        log.add_warning(SourceLocation(), "", note, remedy)
    first, last, begun, ended = _count_lines(text, source.meter)
    if first != "BEGIN:VCALENDAR":
        raise source.invalid("The file does not begin with BEGIN:VCALENDAR.", "Export it again.")
    if last != "END:VCALENDAR" or begun != ended:
        fault = f"The file is cut off: {begun} BEGIN, {ended} END."
        raise source.invalid(fault, "Export it again.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about names of zones, which _localize reads
            return list(Calendar.from_ical(text, multiple=True))
    except Exception as error:  # the library does not document its exceptions for invalid lines
        message = normalize_text(str(error))[:120]
        raise source.invalid(
            f"This is not valid iCalendar: {message}.", "Export it again."
        ) from None


def _count_lines(text: str, meter: InputMeter) -> tuple[str, str, int, int]:
    """The first and the last line, and the numbers of BEGIN and END, after counting all."""
    first = line = ""
    begun = ended = depth = 0
    for number, raw in enumerate(io.StringIO(text, newline=None), start=1):
        if not raw.strip():
            continue
        line = raw.strip().upper()
        first = first or line
        begins, ends = line.startswith("BEGIN:"), line.startswith("END:")
        begun, ended = begun + begins, ended + ends
        depth = max(depth + begins - ends, 0)
        meter.check(input_limits.DEPTH, depth, row=number)
        # A list of dates has one a comma.
        dates = line.count(",") if line.startswith(("RDATE", "EXDATE")) else 0
        meter.count(input_limits.CALENDAR_LINES, dates + 1, row=number)
    return first, line, begun, ended


def _occurrences(
    calendar: Component, resolver: TimeResolver
) -> Iterator[tuple[Component, SourceLocation]]:
    log = resolver.log
    series: dict[str, list[Component]] = defaultdict(list)
    defined = _defined_zones(calendar)
    for number, event in enumerate(calendar.walk("VEVENT"), start=1):
        uid = normalize_text(str(event.get("UID", "")))
        location = SourceLocation(element=f"event {uid or number}")
        for name, error in event.errors:
            fault = f"This cannot be read: {normalize_text(str(error))[:120]}."
            log.add_fault(location, name or "", fault, "Correct it.")
        if event.errors:
            continue
        if not uid:
            log.add_fault(
                location, "UID", "The event has no UID.", "Give it one that stays the same."
            )
        elif event.get("DTSTART") is None:
            log.add_fault(location, "DTSTART", "The event has no start.", "Add it.")
        elif _localize(event, defined, location, resolver):
            series[uid].append(event)
    for uid, events in series.items():
        yield from _expand(calendar, events, SourceLocation(element=f"event {uid}"), log)


def _defined_zones(calendar: Component) -> dict[str, tzinfo]:
    """The zones that the file itself defines, by their names."""
    zones = {}
    for component in calendar.walk("VTIMEZONE"):
        with suppress(Exception):  # an incomplete definition; the name may still be known
            zones[component.tz_name] = component.to_tz(lookup_tzid=False)
    return zones


def _localize(
    event: Component,
    defined: Mapping[str, tzinfo],
    location: SourceLocation,
    resolver: TimeResolver,
) -> bool:
    """Give the event's times the zones that they name; False after logging a fault.

    The file's own definition is used first: a calendar program may have changed the zone that it
    calls Eastern Standard Time.
    """
    known = True
    for name in _TIMES:
        values = event.get(name, [])
        for value in values if isinstance(values, list) else [values]:
            zone_name = str(value.params.get("TZID", ""))
            if not zone_name:
                continue
            zone = defined.get(zone_name) or resolver.named_zone(zone_name, location, name)
            known &= zone is not None
            for each in getattr(value, "dts", [value]):
                if isinstance(each.dt, datetime):
                    each.dt = each.dt.replace(tzinfo=zone)
    return known


def _expand(
    calendar: Component, events: list[Component], location: SourceLocation, log: ConversionLog
) -> Iterator[tuple[Component, SourceLocation]]:
    rules = [rule for event in events for rule in _rules(event)]
    if not rules and not any(event.get("RDATE") for event in events):
        yield from ((event, location) for event in events)
        return
    for rule in rules:
        if not {*map(str.upper, rule.get("FREQ", []))} <= _DAILY_OR_RARER:
            fault = "The event repeats within a day."
            log.add_fault(location, "RRULE", fault, "Write each occurrence as an event.")
            return
        if not rule.get("COUNT") and not rule.get("UNTIL"):
            fault = "The event repeats without an end."
            log.add_fault(location, "RRULE", fault, "Give it COUNT or UNTIL.")
            return
    series = Calendar()
    for component in (*calendar.walk("VTIMEZONE"), *events):
        series.add_component(component)
    try:
        occurrences = list(islice(recurring_ical_events.of(series).all(), REPEATS_LIMIT + 1))
    except Exception as error:  # contradictory rules raise arbitrary exceptions
        fault = f"The rule cannot be read: {normalize_text(str(error))[:120]}."
        log.add_fault(location, "RRULE", fault, "Correct it.")
        return
    if len(occurrences) > REPEATS_LIMIT:
        fault = f"The event repeats more than {REPEATS_LIMIT:,} times."
        log.add_fault(location, "RRULE", fault, "Give it an earlier end.")
        return
    yield from ((event, location) for event in occurrences)


def _rules(event: Component) -> list[Any]:
    rules = event.get("RRULE")
    return rules if isinstance(rules, list) else [rules] if rules else []


def _item(
    event: Component, location: SourceLocation, resolver: TimeResolver
) -> ProgrammeItem | None:
    title = normalize_text(str(event.get("SUMMARY", "")))
    try:
        first, last = event["DTSTART"].dt, _end(event)
        # A repeated property is parsed as a list, and a period as a pair.
        has_times = isinstance(first, date) and isinstance(last, date)
    except (AttributeError, TypeError, OverflowError):
        has_times = False
    if not has_times:
        resolver.log.add_fault(
            location, "DTSTART", "Start and end are not two times.", "Correct them."
        )
        return None
    starts_at = resolver.resolve(_as_datetime(first), location, "DTSTART")
    ends_at = resolver.resolve(_as_datetime(last), location, "DTEND") if starts_at else None
    if starts_at is None or ends_at is None:
        return None
    room = normalize_text(str(event.get("LOCATION", "")))
    if not title:
        warn_untitled(starts_at, room, location, "SUMMARY", resolver.log)
        return None
    kind, title = _kind(event, title)
    return ProgrammeItem(
        location=location,
        code=normalize_text(str(event["UID"])) + _occurrence_suffix(event),
        title=title,
        kind=kind,
        room=room,
        starts_at=starts_at,
        ends_at=ends_at,
        all_day=not isinstance(first, datetime),
        cancelled=is_cancelled(str(event.get("STATUS", ""))),
    )


def _end(event: Component) -> date:
    """The event's end. Without one, a date lasts one day and a time has no length (RFC 5545)."""
    start: date = event["DTSTART"].dt
    if event.get("DTEND"):
        end: date = event["DTEND"].dt
        return end
    if event.get("DURATION"):
        length: timedelta = event["DURATION"].dt
        return start + length
    return start if isinstance(start, datetime) else start + timedelta(days=1)


def _as_datetime(moment: date) -> datetime:
    return moment if isinstance(moment, datetime) else datetime.combine(moment, time(0))


def _kind(event: Component, title: str) -> tuple[str, str]:
    """Kind and title: "talk" from "[talk] Looking at Audio", or else the first category."""
    if title.startswith("["):
        kind, bracket, rest = title[1:].partition("]")
        if bracket and kind.strip() and rest.strip():
            return kind.strip(), rest.strip()
    categories = event.get("CATEGORIES")
    if isinstance(categories, list):
        categories = categories[0]
    names = getattr(categories, "cats", [])
    return normalize_text(str(names[0])) if names else "", title


def _occurrence_suffix(event: Component) -> str:
    """Suffix of an occurrence's code: its start by the recurrence rule."""
    recurrence_id = event.get("RECURRENCE-ID")
    return f" {_as_datetime(recurrence_id.dt):%Y%m%dT%H%M}" if recurrence_id else ""
