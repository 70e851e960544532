"""Retention period of records (ACCME: six years from the activity)."""

from datetime import date, timedelta, timezone

RETENTION_YEARS = 6
# A meeting ends on a date in its own time zone. A date that has ended in this zone has ended in
# every other, so that nothing is deleted a day early, wherever the meeting was.
WESTERNMOST = timezone(timedelta(hours=-12))


def retention_cutoff(today: date) -> date:
    """The earliest date whose records must still be retained today.

    Records of meetings that ended before it may be deleted. On a February 29 it
    is February 28 six years earlier, so that nothing is deleted a day early.
    """
    try:
        return today.replace(year=today.year - RETENTION_YEARS)
    except ValueError:
        return today.replace(year=today.year - RETENTION_YEARS, day=28)
