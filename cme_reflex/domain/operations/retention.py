"""How long records are kept (ACCME: six years from the activity)."""

from datetime import date, timedelta, timezone

RETENTION_YEARS = 6
# A meeting ends on a day of its own clocks. A day that is over here is over on all of them, so
# that nothing is deleted a day early, wherever a meeting was.
WESTERNMOST = timezone(timedelta(hours=-12))


def retention_cutoff(today: date) -> date:
    """The first day of which the records must still be kept today.

    What ended before it may be deleted. Without a February 29 six years ago it
    is the 28th, so that nothing is deleted a day early.
    """
    try:
        return today.replace(year=today.year - RETENTION_YEARS)
    except ValueError:
        return today.replace(year=today.year - RETENTION_YEARS, day=28)
