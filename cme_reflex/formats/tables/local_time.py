"""Conversion of local times to UTC, with detection of clock changes."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

ZONE_REMEDY = "Write its name in the tz database, such as America/Los_Angeles."

_HAS_TIME = re.compile(r"\d[T ]\d")


class InvalidTime(ValueError):
    """The text is not a date with a time."""


class ClockChange(Exception):
    """The zone's clocks change at this local time, so it is not exactly one instant."""

    def explain(self, shown: str, zone: ZoneInfo) -> tuple[str, str]:
        """The fault and the remedy for a time written as `shown`."""
        raise NotImplementedError


class NonexistentTime(ClockChange):
    """The clocks skip this time; `instead` is the time that they show."""

    def __init__(self, instead: str) -> None:
        super().__init__(instead)
        self.instead = instead

    def explain(self, shown: str, zone: ZoneInfo) -> tuple[str, str]:
        """See ClockChange.explain."""
        remedy = f"Clocks go forward then; did you mean {self.instead}?"
        return f"There is no {shown} in {zone.key}.", remedy


class AmbiguousTime(ClockChange):
    """The clocks show this time twice: `earlier` and `later` have their UTC offsets."""

    def __init__(self, earlier: str, later: str) -> None:
        super().__init__(earlier, later)
        self.earlier = earlier
        self.later = later

    def explain(self, shown: str, zone: ZoneInfo) -> tuple[str, str]:
        """See ClockChange.explain."""
        remedy = f"Clocks go back then; write {self.earlier} or {self.later}."
        return f"There are two {shown} in {zone.key}.", remedy


def known_zone(name: str) -> ZoneInfo | None:
    """The zone with this name in the tz database; None if there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError
        return None


def parse_instant(text: str, zone: ZoneInfo) -> datetime:
    """Parse a local time such as 2024-09-26T08:00 in the zone; return the aware UTC instant.

    A UTC offset (2024-11-03T01:30-06:00) overrides the zone. Raises InvalidTime,
    and without an offset NonexistentTime or AmbiguousTime at a clock change.
    """
    if not _HAS_TIME.search(text):
        raise InvalidTime(text)
    try:
        return localize(datetime.fromisoformat(text), zone)
    except (ValueError, OverflowError):
        raise InvalidTime(text) from None


def to_local(instant: datetime, zone: ZoneInfo) -> datetime:
    """The instant as `localize` reads it back: a local time without an offset if it is exact.

    At a clock change it has its offset.
    """
    local = instant.astimezone(zone)
    wall = local.replace(tzinfo=None, fold=0)
    try:
        if localize(wall, zone) == instant:
            return wall
    except ClockChange:
        pass
    return local


def localize(time: datetime, zone: ZoneInfo) -> datetime:
    """The aware UTC instant of a local time in the zone, or of a time with an offset.

    Raises NonexistentTime or AmbiguousTime at a clock change.
    """
    if time.tzinfo is not None:
        return time.astimezone(UTC)
    earlier, later = (time.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if earlier.utcoffset() == later.utcoffset():
        return earlier.astimezone(UTC)
    if earlier.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != time:
        shown = earlier.astimezone(UTC).astimezone(zone)
        raise NonexistentTime(shown.replace(tzinfo=None).isoformat(timespec="minutes"))
    raise AmbiguousTime(*(instant.isoformat(timespec="minutes") for instant in (earlier, later)))
