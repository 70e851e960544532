"""Conversion of a programme's times to instants, by their offset or by a zone.

A zone that the file names is used as it is, or is a fault; an option never replaces it.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from cme_reflex.formats.programmes.items import ConversionLog, ProgrammeOptions, SourceLocation
from cme_reflex.formats.programmes.zone_names import zone_alias
from cme_reflex.formats.tables.local_time import ClockChange, known_zone, localize


@dataclass(frozen=True, slots=True)
class TimeResolver:
    """Resolver of a file's times; `file_zone` is the zone that the file names, if it does."""

    options: ProgrammeOptions
    log: ConversionLog
    file_zone: str = ""
    _zones: dict[str, tzinfo | None] = field(default_factory=dict)

    def named_zone(self, name: str, location: SourceLocation, column: str) -> tzinfo | None:
        """The zone of this name; None after logging a fault, once for each name."""
        if name not in self._zones:
            self._zones[name] = self._find_zone(name, location, column)
        return self._zones[name]

    def _find_zone(self, name: str, location: SourceLocation, column: str) -> tzinfo | None:
        if zone := self.options.zone_map.get(name) or known_zone(name):
            return zone
        if alias := zone_alias(name):
            what = f"The time zone {name!r} is {alias.key}."
            self.log.add_warning(location, column, what, "If it is another, use --zone-map.")
            return alias
        fault = f"The time zone {name!r} is not known, and the file does not define it."
        remedy = f"Say which it is: --zone-map '{name}=America/New_York'."
        self.log.add_fault(location, column, fault, remedy)
        return None

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
        zone = self.options.zone
        if self.file_zone:
            found = self.named_zone(self.file_zone, location, column)
            if not isinstance(found, ZoneInfo):
                return None
            zone = found
        if zone is None:
            fault = f"{shown} has no offset, and the file names no time zone."
            self.log.add_fault(
                location, column, fault, "Give it with --zone, such as Europe/Brussels."
            )
            return None
        try:
            return localize(time, zone).astimezone(self.options.zone or zone)
        except ClockChange as change:
            self.log.add_fault(location, column, *change.explain(shown, zone))
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
