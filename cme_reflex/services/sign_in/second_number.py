"""Limits of sign-ins with a last name and numbers, counted in the database.

The rules are `domain.sign_in.second_number`; here are its counters, shared by workers and restarts.
"""

from datetime import datetime

from sqlmodel import Session

from cme_reflex.domain.sign_in import second_number as rules
from cme_reflex.domain.sign_in.rate_limits import RateLimitCounter, TooManyAttempts
from cme_reflex.domain.sign_in.second_number import NumberAttempt, SecondNumberRequired
from cme_reflex.services.sign_in.rate_limits import delete_expired_counters
from cme_reflex.store.database import write
from cme_reflex.store.sign_in import rate_limit_counters

__all__ = ["NumberAttempt", "SecondNumberRequired", "check", "fail", "succeed"]


async def check(attempt: NumberAttempt, *, now: datetime) -> None:
    """Count an attempt. Raises SecondNumberRequired and TooManyAttempts.

    Do not call it inside a transaction: its own is committed whether or not the attempt succeeds.
    """

    def count(db: Session) -> SecondNumberRequired | TooManyAttempts | None:
        rejection = None
        try:
            rules.check(_DatabaseCounters(db), attempt, now=now)
        except (SecondNumberRequired, TooManyAttempts) as error:
            rejection = error
        delete_expired_counters(db, now)
        return rejection

    if rejection := await write(count):
        raise rejection


async def fail(attempt: NumberAttempt, *, now: datetime) -> None:
    """Count the failure of an attempt that `check` let pass."""
    await write(lambda db: rules.fail(_DatabaseCounters(db), attempt, now=now))


def succeed(db: Session, attempt: NumberAttempt, *, person: str, now: datetime) -> None:
    """Take back what `check` counted, in the transaction of the sign-in."""
    rules.succeed(_DatabaseCounters(db), attempt, person=person, now=now)


class _DatabaseCounters:
    """Counters that are locked from `load` until the end of the transaction."""

    def __init__(self, db: Session) -> None:
        self._db = db

    def load(self, scope: str, key: str) -> RateLimitCounter:
        return rate_limit_counters.lock_counter(self._db, scope, key)

    def save(self, scope: str, key: str, counter: RateLimitCounter | None) -> None:
        rate_limit_counters.save_counter(self._db, scope, key, counter)
