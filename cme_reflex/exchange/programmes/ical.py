"""iCalendar: one item an event, and one for each time of an event that repeats."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, TypeAlias

import recurring_ical_events
from icalendar import Calendar

from cme_reflex.exchange.csv_table import tidy
from cme_reflex.exchange.local_time import known_zone
from cme_reflex.exchange.programmes.clock import Clock
from cme_reflex.exchange.programmes.converted import Choices, Item, Notes, Place
from cme_reflex.exchange.source import Source
from cme_reflex.exchange.text_file import decoded

Component: TypeAlias = Any  # the library's types are those of every property at once

REPEATS_LIMIT = 1_000  # times that one event may repeat: three a day for a year
_COARSE = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}


def read(source: Source, choices: Choices, notes: Notes) -> Iterator[Item]:
    """The events. Raises FaultyFolder for what is no iCalendar, or was cut off."""
    for calendar in _calendars(source):
        clock = Clock(choices, notes, known_zone(str(calendar.get("X-WR-TIMEZONE", ""))))
        for event, place in _occurrences(calendar, notes):
            if item := _item(event, place, clock):
                yield item


def _calendars(source: Source) -> list[Component]:
    text = decoded(source.name, source.data)
    lines = [line.strip().upper() for line in text.splitlines() if line.strip()]
    if not lines or lines[0] != "BEGIN:VCALENDAR":
        raise source.faulty("The file does not begin with BEGIN:VCALENDAR.", "Export it again.")
    begun, ended = (sum(line.startswith(word) for line in lines) for word in ("BEGIN:", "END:"))
    if lines[-1] != "END:VCALENDAR" or begun != ended:
        fault = f"The file is cut off: {begun} BEGIN, {ended} END."
        raise source.faulty(fault, "Export it again.")
    try:
        return list(Calendar.from_ical(text, multiple=True))
    except Exception as error:  # what it raises for lines that are none is not documented
        said = tidy(str(error))[:120]
        raise source.faulty(f"This is no iCalendar: {said}.", "Export it again.") from None


def _occurrences(calendar: Component, notes: Notes) -> Iterator[tuple[Component, Place]]:
    series: dict[str, list[Component]] = defaultdict(list)
    for number, event in enumerate(calendar.walk("VEVENT"), start=1):
        uid = tidy(str(event.get("UID", "")))
        place = Place(element=f"event {uid or number}")
        for name, error in event.errors:
            fault = f"This cannot be read: {tidy(str(error))[:120]}."
            notes.fault(place, name or "", fault, "Correct it.")
        if event.errors:
            continue
        if not uid:
            notes.fault(place, "UID", "The event has no UID.", "Give it one that stays the same.")
        elif event.get("DTSTART") is None:
            notes.fault(place, "DTSTART", "The event has no start.", "Add it.")
        else:
            series[uid].append(event)
    for uid, events in series.items():
        yield from _times(calendar, events, Place(element=f"event {uid}"), notes)


def _times(
    calendar: Component, events: list[Component], place: Place, notes: Notes
) -> Iterator[tuple[Component, Place]]:
    rules = [rule for event in events for rule in _rules(event)]
    if not rules and not any(event.get("RDATE") for event in events):
        yield from ((event, place) for event in events)
        return
    for rule in rules:
        if not {*map(str.upper, rule.get("FREQ", []))} <= _COARSE:
            notes.fault(place, "RRULE", "The event repeats within a day.", "Write each time.")
            return
        if not rule.get("COUNT") and not rule.get("UNTIL"):
            fault = "The event repeats without an end."
            notes.fault(place, "RRULE", fault, "Give it COUNT or UNTIL.")
            return
    of_series = Calendar()
    for component in (*calendar.walk("VTIMEZONE"), *events):
        of_series.add_component(component)
    try:
        found = list(islice(recurring_ical_events.of(of_series).all(), REPEATS_LIMIT + 1))
    except Exception as error:  # rules that contradict themselves raise whatever they meet
        fault = f"The rule cannot be read: {tidy(str(error))[:120]}."
        notes.fault(place, "RRULE", fault, "Correct it.")
        return
    if len(found) > REPEATS_LIMIT:
        fault = f"The event repeats more than {REPEATS_LIMIT:,} times."
        notes.fault(place, "RRULE", fault, "Give it an earlier end.")
        return
    yield from ((event, place) for event in found)


def _rules(event: Component) -> list[Any]:
    rules = event.get("RRULE")
    return rules if isinstance(rules, list) else [rules] if rules else []


def _item(event: Component, place: Place, clock: Clock) -> Item | None:
    title = tidy(str(event.get("SUMMARY", "")))
    if not title:
        clock.notes.fault(place, "SUMMARY", "The event has no title.", "Add a SUMMARY.")
    try:
        first, last = event["DTSTART"].dt, _end(event)
        # Whoever writes a time twice, or a span in place of one, gets a list or a pair.
        dated = isinstance(first, date) and isinstance(last, date)
    except (AttributeError, TypeError, OverflowError):
        dated = False
    if not dated:
        clock.notes.fault(place, "DTSTART", "Start and end are no two times.", "Correct them.")
        return None
    starts_at = clock.instant(_midnight(first), place, "DTSTART")
    ends_at = clock.instant(_midnight(last), place, "DTEND") if starts_at else None
    if not title or starts_at is None or ends_at is None:
        return None
    kind, title = _kind(event, title)
    return Item(
        place=place,
        code=tidy(str(event["UID"])) + _of_series(event),
        title=title,
        kind=kind,
        room=tidy(str(event.get("LOCATION", ""))),
        starts_at=starts_at,
        ends_at=ends_at,
        all_day=not isinstance(first, datetime),
        cancelled=str(event.get("STATUS", "")).upper() == "CANCELLED",
    )


def _end(event: Component) -> date:
    """The event's end; a date lasts for a day, and a time without an end for no time (RFC 5545)."""
    start: date = event["DTSTART"].dt
    if event.get("DTEND"):
        end: date = event["DTEND"].dt
        return end
    if event.get("DURATION"):
        length: timedelta = event["DURATION"].dt
        return start + length
    return start if isinstance(start, datetime) else start + timedelta(days=1)


def _midnight(moment: date) -> datetime:
    return moment if isinstance(moment, datetime) else datetime.combine(moment, time(0))


def _kind(event: Component, title: str) -> tuple[str, str]:
    """What kind of session it is: "talk" from "[talk] Looking at Audio", or the first category."""
    if title.startswith("["):
        kind, bracket, rest = title[1:].partition("]")
        if bracket and kind.strip() and rest.strip():
            return kind.strip(), rest.strip()
    categories = event.get("CATEGORIES")
    if isinstance(categories, list):
        categories = categories[0]
    named = getattr(categories, "cats", [])
    return tidy(str(named[0])) if named else "", title


def _of_series(event: Component) -> str:
    """What tells one time of a series from the others: the start that its rule gave it."""
    given = event.get("RECURRENCE-ID")
    return f" {_midnight(given.dt):%Y%m%dT%H%M}" if given else ""
