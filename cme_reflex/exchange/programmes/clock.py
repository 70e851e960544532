"""Times of a programme as instants: with their offset, or on the clocks of a zone."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from cme_reflex.exchange.local_time import ClockChange, on_the_clock
from cme_reflex.exchange.programmes.converted import Choices, Notes, Place


@dataclass(frozen=True, slots=True)
class Clock:
    """The clocks that a file's times are read on; `own` is the zone that the file names."""

    choices: Choices
    notes: Notes
    own: ZoneInfo | None = None

    @property
    def zone(self) -> ZoneInfo | None:
        """The zone of times without an offset."""
        return self.choices.zone or self.own

    def instant(self, time: datetime, place: Place, column: str) -> datetime | None:
        """The time as an aware one, in the zone to show it in; None after noting a fault."""
        if self.choices.wall_clock:
            time = time.replace(tzinfo=None)
        time = time.replace(microsecond=0)
        try:
            if time.tzinfo is not None:
                # A file's own zone may contradict its offsets; what was printed is the offset.
                shown = self.choices.zone or timezone(time.utcoffset() or timedelta(0))
                return time.astimezone(UTC).astimezone(shown)
            return self._on_the_clock(time, place, column)
        except (OverflowError, ValueError):
            self.notes.fault(place, column, f"There is no time {time.isoformat()}.", "Correct it.")
            return None

    def _on_the_clock(self, time: datetime, place: Place, column: str) -> datetime | None:
        shown = time.isoformat(timespec="minutes")
        if self.zone is None:
            fault = f"{shown} has no offset, and the file names no time zone."
            self.notes.fault(place, column, fault, "Give it with --zone, such as Europe/Brussels.")
            return None
        try:
            return on_the_clock(time, self.zone).astimezone(self.zone)
        except ClockChange as change:
            self.notes.fault(place, column, *change.explain(shown, self.zone))
        return None

    def after(
        self, start: datetime, duration: timedelta, place: Place, column: str
    ) -> datetime | None:
        """The instant so much later, in the same zone; None after noting a fault."""
        try:
            return (start.astimezone(UTC) + duration).astimezone(start.tzinfo)
        except OverflowError:
            self.notes.fault(place, column, "The duration is too long.", "Correct it.")
            return None
