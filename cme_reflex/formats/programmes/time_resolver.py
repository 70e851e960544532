"""Conversion of a programme's times to instants, by their offset or by a zone."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from cme_reflex.formats.programmes.items import ConversionLog, ProgrammeOptions, SourceLocation
from cme_reflex.formats.tables.local_time import ClockChange, localize


@dataclass(frozen=True, slots=True)
class TimeResolver:
    """Resolver of a file's times; `file_zone` is the zone that the file names."""

    options: ProgrammeOptions
    log: ConversionLog
    file_zone: ZoneInfo | None = None

    @property
    def zone(self) -> ZoneInfo | None:
        """The zone of times without an offset."""
        return self.options.zone or self.file_zone

    def resolve(self, time: datetime, location: SourceLocation, column: str) -> datetime | None:
        """The time as an aware datetime in the zone for output; None after logging a fault."""
        if self.options.wall_clock:
            time = time.replace(tzinfo=None)
        time = time.replace(microsecond=0)
        try:
            if time.tzinfo is not None:
                # The file's zone may contradict its offsets; the offset takes precedence.
                zone = self.options.zone or timezone(time.utcoffset() or timedelta(0))
                return time.astimezone(UTC).astimezone(zone)
            return self._localize(time, location, column)
        except (OverflowError, ValueError):
            self.log.add_fault(
                location, column, f"There is no time {time.isoformat()}.", "Correct it."
            )
            return None

    def _localize(self, time: datetime, location: SourceLocation, column: str) -> datetime | None:
        shown = time.isoformat(timespec="minutes")
        if self.zone is None:
            fault = f"{shown} has no offset, and the file names no time zone."
            self.log.add_fault(
                location, column, fault, "Give it with --zone, such as Europe/Brussels."
            )
            return None
        try:
            return localize(time, self.zone).astimezone(self.zone)
        except ClockChange as change:
            self.log.add_fault(location, column, *change.explain(shown, self.zone))
        return None

    def add_duration(
        self, start: datetime, duration: timedelta, location: SourceLocation, column: str
    ) -> datetime | None:
        """The start plus the duration, in the same zone; None after logging a fault."""
        try:
            return (start.astimezone(UTC) + duration).astimezone(start.tzinfo)
        except OverflowError:
            self.log.add_fault(location, column, "The duration is too long.", "Correct it.")
            return None
