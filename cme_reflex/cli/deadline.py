"""Deadlines in options of commands."""

from datetime import datetime
from zoneinfo import ZoneInfo

from cme_reflex.cli.errors import CliError
from cme_reflex.formats.tables import local_time


def parse_deadline(until: str, zone: ZoneInfo) -> datetime:
    """The instant of `--until`, a local time of the zone. Raises CliError."""
    try:
        return local_time.parse_instant(until, zone)
    except local_time.InvalidTime:
        raise CliError(
            f"--until {until} is not a valid time. Write it as 2026-02-23T13:00."
        ) from None
    except local_time.ClockChange as change:
        raise CliError(f"--until: {' '.join(change.explain(until, zone))}") from None
