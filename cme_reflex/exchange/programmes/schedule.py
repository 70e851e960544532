"""What schedule.xml and schedule.json have in common: one event, as text, becomes an item."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from cme_reflex.exchange.dates import (
    NotADate,
    NotADuration,
    NotATimeOfDay,
    date_from,
    duration_from,
    time_from,
)
from cme_reflex.exchange.local_time import known_zone
from cme_reflex.exchange.programmes.clock import Clock
from cme_reflex.exchange.programmes.converted import Choices, Item, Notes, Place

CODES = ("id", "guid", "code", "slug")


@dataclass(slots=True)
class Conference:
    """What a schedule says about itself: its clock, and when its days begin.

    Old schedules have no date at their events. There a start before the
    change of day belongs to the night after the day's date (frab).
    """

    clock: Clock
    day_change: time = time(0)
    _told_difference: bool = False

    def item(self, event: Mapping[str, Any], day: str, room: str) -> Item | None:
        """The event's item; None after noting what is wrong with it.

        `day` is the date of the day that it stands in.
        """
        code = next((event[key] for key in CODES if event.get(key)), "")
        name = code or event.get("title") or "without a title"
        place = Place(element=f"event {name[:60]}")
        notes = self.clock.notes
        if not code:
            fault = f"The event has none of: {', '.join(CODES)}."
            notes.fault(place, "", fault, "Give it an id that stays the same.")
        if not event.get("title"):
            notes.fault(place, "title", "The event has no title.", "Add it.")
        starts_at = self._start(event, day, place)
        ends_at = starts_at and self._end(event, starts_at, place)
        if not code or starts_at is None or ends_at is None or not event.get("title"):
            return None
        return Item(
            place=place,
            code=code,
            title=event["title"],
            kind=event.get("type", ""),
            track=event.get("track", ""),
            room=event.get("room") or room,
            starts_at=starts_at,
            ends_at=ends_at,
            speakers=tuple(event.get("persons", ())),
        )

    def _start(self, event: Mapping[str, Any], day: str, place: Place) -> datetime | None:
        shown = event.get("start", "")
        if dated := event.get("date", ""):
            return self._dated(dated, shown, place)
        notes = self.clock.notes
        try:
            date = date_from(day, None)
        except NotADate:
            fault = "Neither the event nor its day has a date."
            notes.fault(place, "date", fault, "Add it, such as 2024-09-26T08:00:00+01:00.")
            return None
        try:
            at = time_from(shown)
        except NotATimeOfDay:
            notes.fault(place, "start", f"{shown!r} is no time of day.", "Write it as 08:00.")
            return None
        night = timedelta(days=1 if at < self.day_change else 0)
        if date == date.max:  # there is no night after it
            night = timedelta(0)
        return self.clock.instant(datetime.combine(date, at) + night, place, "start")

    def _dated(self, dated: str, shown: str, place: Place) -> datetime | None:
        notes = self.clock.notes
        try:
            if len(dated) < len("2024-09-26T08"):  # fromisoformat takes a date alone for midnight
                raise ValueError
            time = datetime.fromisoformat(dated)
        except ValueError:
            remedy = "Write it as 2024-09-26T08:00:00+01:00."
            notes.fault(place, "date", f"{dated!r} is no date and time.", remedy)
            return None
        start = self.clock.instant(time, place, "date")
        if start is not None and shown and not self._told_difference:
            self._compare(start, shown, place)
        return start

    def _compare(self, start: datetime, shown: str, place: Place) -> None:
        """Warn once where the printed start is not what the date says: offsets are often wrong."""
        try:
            printed = time_from(shown)
        except NotATimeOfDay:
            return
        if printed != start.time():
            self._told_difference = True
            what = f"The start is printed as {shown}, the date says {start.isoformat()}."
            remedy = "The date is taken. If its offset is wrong, use --wall-clock."
            self.clock.notes.warn(place, "start", what, remedy)

    def _end(self, event: Mapping[str, Any], starts_at: datetime, place: Place) -> datetime | None:
        written = event.get("duration", "")
        try:
            duration = duration_from(written)
        except NotADuration:
            fault = f"{written!r} is no duration." if written else "The event has no duration."
            self.clock.notes.fault(place, "duration", fault, "Write it as 01:30.")
            return None
        return self.clock.after(starts_at, duration, place, "duration")


def conference(about: Mapping[str, Any], choices: Choices, notes: Notes) -> Conference:
    """The conference, from what its schedule says about it."""
    changes = time(0)
    try:
        changes = time_from(about.get("day_change") or "00:00")
    except NotATimeOfDay:
        what = f"{about['day_change']!r} is no time of day."
        notes.warn(Place(element="conference"), "day_change", what, "Days begin at midnight.")
    zone = known_zone(about.get("time_zone_name") or "")
    return Conference(Clock(choices, notes, zone), changes)
