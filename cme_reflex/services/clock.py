"""System clock: the entry points read the time here and pass it on as `now`.

Services, rules and the store get `now` from their callers and have no clock of their own.
"""

from datetime import UTC, datetime
from functools import partial

clock = partial(datetime.now, UTC)  # noqa: TID251 - the only place
"""The current time, an aware datetime in UTC."""
