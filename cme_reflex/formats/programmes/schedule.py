"""What schedule.xml and schedule.json have in common: one event, as text, becomes an item."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from cme_reflex.formats.programmes.items import (
    ConversionLog,
    ProgrammeItem,
    ProgrammeOptions,
    SourceLocation,
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
from cme_reflex.formats.tables.local_time import known_zone

ID_KEYS = ("id", "guid", "code", "slug")


@dataclass(slots=True)
class Conference:
    """What a schedule says about itself: its clock, and when its days begin.

    Old schedules have no date at their events. There a start before the
    change of day belongs to the night after the day's date (frab).
    """

    resolver: TimeResolver
    day_change: time = time(0)
    _mismatch_reported: bool = False

    def item(self, event: Mapping[str, Any], day: str, room: str) -> ProgrammeItem | None:
        """The event's item; None after noting what is wrong with it.

        `day` is the date of the day that it stands in.
        """
        code = next((event[key] for key in ID_KEYS if event.get(key)), "")
        name = code or event.get("title") or "without a title"
        location = SourceLocation(element=f"event {name[:60]}")
        log = self.resolver.log
        if not code:
            fault = f"The event has none of: {', '.join(ID_KEYS)}."
            log.add_fault(location, "", fault, "Give it an id that stays the same.")
        if not event.get("title"):
            log.add_fault(location, "title", "The event has no title.", "Add it.")
        starts_at = self._start(event, day, location)
        ends_at = starts_at and self._end(event, starts_at, location)
        if not code or starts_at is None or ends_at is None or not event.get("title"):
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
        shown = event.get("start", "")
        if dated := event.get("date", ""):
            return self._dated(dated, shown, location)
        log = self.resolver.log
        try:
            date = parse_date(day, None)
        except InvalidDate:
            fault = "Neither the event nor its day has a date."
            log.add_fault(location, "date", fault, "Add it, such as 2024-09-26T08:00:00+01:00.")
            return None
        try:
            at = parse_time(shown)
        except InvalidTimeOfDay:
            log.add_fault(location, "start", f"{shown!r} is no time of day.", "Write it as 08:00.")
            return None
        night = timedelta(days=1 if at < self.day_change else 0)
        if date == date.max:  # there is no night after it
            night = timedelta(0)
        return self.resolver.resolve(datetime.combine(date, at) + night, location, "start")

    def _dated(self, dated: str, shown: str, location: SourceLocation) -> datetime | None:
        log = self.resolver.log
        try:
            if len(dated) < len("2024-09-26T08"):  # fromisoformat takes a date alone for midnight
                raise ValueError
            time = datetime.fromisoformat(dated)
        except ValueError:
            remedy = "Write it as 2024-09-26T08:00:00+01:00."
            log.add_fault(location, "date", f"{dated!r} is no date and time.", remedy)
            return None
        start = self.resolver.resolve(time, location, "date")
        if start is not None and shown and not self._mismatch_reported:
            self._compare(start, shown, location)
        return start

    def _compare(self, start: datetime, shown: str, location: SourceLocation) -> None:
        """Warn once where the printed start is not what the date says: offsets are often wrong."""
        try:
            printed = parse_time(shown)
        except InvalidTimeOfDay:
            return
        if printed != start.time():
            self._mismatch_reported = True
            what = f"The start is printed as {shown}, the date says {start.isoformat()}."
            remedy = "The date is taken. If its offset is wrong, use --wall-clock."
            self.resolver.log.add_warning(location, "start", what, remedy)

    def _end(
        self, event: Mapping[str, Any], starts_at: datetime, location: SourceLocation
    ) -> datetime | None:
        written = event.get("duration", "")
        try:
            duration = parse_duration(written)
        except InvalidDuration:
            fault = f"{written!r} is no duration." if written else "The event has no duration."
            self.resolver.log.add_fault(location, "duration", fault, "Write it as 01:30.")
            return None
        return self.resolver.add_duration(starts_at, duration, location, "duration")


def parse_conference(
    about: Mapping[str, Any], options: ProgrammeOptions, log: ConversionLog
) -> Conference:
    """The conference, from what its schedule says about it."""
    changes = time(0)
    try:
        changes = parse_time(about.get("day_change") or "00:00")
    except InvalidTimeOfDay:
        what = f"{about['day_change']!r} is no time of day."
        log.add_warning(
            SourceLocation(element="conference"), "day_change", what, "Days begin at midnight."
        )
    zone = known_zone(about.get("time_zone_name") or "")
    return Conference(TimeResolver(options, log, zone), changes)
