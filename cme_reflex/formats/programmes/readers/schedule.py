"""Shared part of the schedule.xml and schedule.json readers: conversion of events to items."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from cme_reflex.formats.programmes.items import (
    ConversionLog,
    ProgrammeItem,
    ProgrammeOptions,
    SourceLocation,
    warn_untitled,
)
from cme_reflex.formats.programmes.time_resolver import TimeResolver
from cme_reflex.formats.tables.date_parsing import (
    InvalidDate,
    InvalidDuration,
    InvalidTimeOfDay,
    parse_date,
    parse_duration,
    parse_time,
)

ID_KEYS = ("id", "guid", "code", "slug")


@dataclass(slots=True)
class Conference:
    """A schedule's metadata: its time zone and the time at which its days begin.

    Events of old schedules have no date. Their start, if it is before the change
    of day, is in the night after the day's date (frab).
    """

    resolver: TimeResolver
    day_change: time = time(0)
    _mismatch_reported: bool = False

    def item(self, event: Mapping[str, Any], day: str, room: str) -> ProgrammeItem | None:
        """Convert an event; None after logging its faults.

        `day` is the date of the day that contains the event.
        """
        code = next((event[key] for key in ID_KEYS if event.get(key)), "")
        name = code or event.get("title") or "without a title"
        location = SourceLocation(element=f"event {name[:60]}")
        log = self.resolver.log
        if not code:
            fault = f"The event has none of: {', '.join(ID_KEYS)}."
            log.add_fault(location, "", fault, "Add an id that stays the same.")
        starts_at = self._start(event, day, location)
        ends_at = starts_at and self._end(event, starts_at, location)
        if not code or starts_at is None or ends_at is None:
            return None
        if not event.get("title"):
            warn_untitled(starts_at, event.get("room") or room, location, "title", log)
            return None
        return ProgrammeItem(
            location=location,
            code=code,
            title=event["title"],
            kind=event.get("type", ""),
            track=event.get("track", ""),
            room=event.get("room") or room,
            starts_at=starts_at,
            ends_at=ends_at,
            speakers=tuple(event.get("persons", ())),
        )

    def _start(
        self, event: Mapping[str, Any], day: str, location: SourceLocation
    ) -> datetime | None:
        start_text = event.get("start", "")
        if date_text := event.get("date", ""):
            return self._start_by_date(date_text, start_text, location)
        log = self.resolver.log
        try:
            date = parse_date(day, None)
        except InvalidDate:
            fault = "Neither the event nor its day has a date."
            log.add_fault(location, "date", fault, "Add it, such as 2024-09-26T08:00:00+01:00.")
            return None
        try:
            at = parse_time(start_text)
        except InvalidTimeOfDay:
            fault = f"{start_text!r} is not a time of day."
            log.add_fault(location, "start", fault, "Write it as 08:00.")
            return None
        night = timedelta(days=1 if at < self.day_change else 0)
        if date == date.max:  # there is no later date
            night = timedelta(0)
        return self.resolver.resolve(datetime.combine(date, at) + night, location, "start")

    def _start_by_date(
        self, date_text: str, start_text: str, location: SourceLocation
    ) -> datetime | None:
        log = self.resolver.log
        try:
            # fromisoformat would accept a date alone as midnight.
            if len(date_text) < len("2024-09-26T08"):
                raise ValueError
            time = datetime.fromisoformat(date_text)
        except ValueError:
            remedy = "Write it as 2024-09-26T08:00:00+01:00."
            log.add_fault(location, "date", f"{date_text!r} is not a date and time.", remedy)
            return None
        start = self.resolver.resolve(time, location, "date")
        if start is not None and start_text and not self._mismatch_reported:
            self._compare(start, start_text, location)
        return start

    def _compare(self, start: datetime, start_text: str, location: SourceLocation) -> None:
        """Warn once if the printed start differs from the date: offsets are often wrong."""
        try:
            printed = parse_time(start_text)
        except InvalidTimeOfDay:
            return
        if printed != start.time():
            self._mismatch_reported = True
            what = f"The start is printed as {start_text}, but the date is {start.isoformat()}."
            remedy = "The date is used. If its offset is wrong, use --wall-clock."
            self.resolver.log.add_warning(location, "start", what, remedy)

    def _end(
        self, event: Mapping[str, Any], starts_at: datetime, location: SourceLocation
    ) -> datetime | None:
        text = event.get("duration", "")
        try:
            duration = parse_duration(text)
        except InvalidDuration:
            fault = f"{text!r} is not a duration." if text else "The event has no duration."
            self.resolver.log.add_fault(location, "duration", fault, "Write it as 01:30.")
            return None
        return self.resolver.add_duration(starts_at, duration, location, "duration")


def parse_conference(
    fields: Mapping[str, Any], options: ProgrammeOptions, log: ConversionLog
) -> Conference:
    """Parse the metadata of a schedule's conference element."""
    day_change = time(0)
    try:
        day_change = parse_time(fields.get("day_change") or "00:00")
    except InvalidTimeOfDay:
        what = f"{fields['day_change']!r} is not a time of day."
        log.add_warning(
            SourceLocation(element="conference"), "day_change", what, "Days begin at midnight."
        )
    return Conference(TimeResolver(options, log, fields.get("time_zone_name") or ""), day_change)
