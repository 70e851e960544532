"""The clock: everything that needs the present moment asks here and hands it down as `now`.

Services, rules and the store take `now` from their callers and have no clock of their own.
"""

from datetime import UTC, datetime


def clock() -> datetime:
    """The present moment, an aware instant in UTC."""
    return system_time()


def system_time() -> datetime:
    """The machine's time. A test replaces this function, for all modules that import `clock`."""
    return datetime.now(UTC)  # noqa: TID251 - the one place
