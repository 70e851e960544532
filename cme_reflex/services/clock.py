"""System clock: the entry points read the time here and pass it on as `now`.

Services, rules and the store get `now` from their callers and have no clock of their own.
"""

from datetime import UTC, datetime


def clock() -> datetime:
    """The current time, an aware datetime in UTC."""
    return system_time()


def system_time() -> datetime:
    """The system time. Tests replace this function, for all modules that import `clock`."""
    return datetime.now(UTC)  # noqa: TID251 - the only place
