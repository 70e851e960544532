"""Rate limits, counted in the database and so shared by workers and restarts.

    await rate_limits.check((ADDRESS_BACKOFF, address), (MEMBER_LOCKOUT, name), now=now)
    …  # the attempt
    rate_limits.refund(db, (ADDRESS_BACKOFF, address), (MEMBER_LOCKOUT, name), person=…, now=now)

To add a limit, define a `Backoff` or a `Quota` of `domain.sign_in.rate_limits` with its own scope.
Lockouts are in `domain.sign_in.lockout`. Sign-ins with numbers have limits of their own
(`second_number.py`). Keys are hashed before they are stored. An empty key is not counted.
"""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeAlias

import sqlalchemy as sa
from sqlmodel import Session, col

from cme_reflex.domain.sign_in.rate_limits import Backoff, Quota, RateLimit, TooManyAttempts
from cme_reflex.store.database import write
from cme_reflex.store.expiry import delete_expired
from cme_reflex.store.sign_in import rate_limit_counters
from cme_reflex.store.sign_in.tables import RateLimitCounterRow

ADDRESS_BACKOFF = Backoff(
    scope="address",
    threshold=100,
    window=timedelta(minutes=10),
    step=timedelta(milliseconds=50),
    max_delay=timedelta(seconds=2),
    max_wait=timedelta(seconds=8),
)
"""Failures with passwords from one IP address; successful sign-ins do not count."""

SINGLE_SIGN_ON_BACKOFF = replace(ADDRESS_BACKOFF, scope="single sign-on")
"""Single sign-ons that were started from one IP address and not completed."""

_DELETE_EXPIRED = delete_expired(
    RateLimitCounterRow,
    sa.and_(
        col(RateLimitCounterRow.forgotten_at) <= sa.bindparam("now"),
        col(RateLimitCounterRow.until) <= sa.bindparam("now"),
    ),
)

_REFUND = Quota(scope="success", limit=1, window=timedelta(minutes=10))

LimitKey: TypeAlias = tuple[RateLimit, str]
"""A limit, and the key that it counts by."""

__all__ = [
    "ADDRESS_BACKOFF",
    "SINGLE_SIGN_ON_BACKOFF",
    "Backoff",
    "LimitKey",
    "Quota",
    "TooManyAttempts",
    "check",
    "count",
    "delete_expired_counters",
    "refund",
]


async def check(*attempts: LimitKey, now: datetime) -> None:
    """Count an attempt as `count` does, and wait as long as a limit requires."""
    wait = await count(*attempts, now=now)
    if wait:
        await asyncio.sleep(wait.total_seconds())


async def count(*attempts: LimitKey, now: datetime) -> timedelta:
    """Count an attempt under each limit in turn. Returns how long it has to wait.

    The first exceeded limit rejects the attempt: limits before it have counted it, limits after
    it have not. Callers must pass them in the same order, to avoid deadlocks. Do not call it
    inside a transaction: its own is committed whether or not the attempt succeeds. Raises
    TooManyAttempts.
    """
    rejection, wait = await write(lambda db: _count(db, attempts, now))
    if rejection is not None:
        raise rejection
    return wait


def refund(db: Session, *attempts: LimitKey, person: str, now: datetime) -> None:
    """Refund the attempts that `check` counted, in the transaction of the successful attempt.

    `person` identifies who signed in: once in `_REFUND.window`, a success also refunds a failure.
    """
    counter = rate_limit_counters.lock_counter(db, _REFUND.scope, person)
    try:
        after, _ = _REFUND.check(counter, now)
    except TooManyAttempts:
        first = False
    else:
        first = True
        rate_limit_counters.save_counter(db, _REFUND.scope, person, after)
    for limit, key in _with_key(attempts):
        counter = rate_limit_counters.lock_counter(db, limit.scope, key)
        rate_limit_counters.save_counter(db, limit.scope, key, limit.refund(counter, first=first))


def _count(
    db: Session, attempts: tuple[LimitKey, ...], now: datetime
) -> tuple[TooManyAttempts | None, timedelta]:
    rejection, wait = None, timedelta(0)
    for limit, key in _with_key(attempts):
        counter = rate_limit_counters.lock_counter(db, limit.scope, key)
        try:
            after, delay = limit.check(counter, now)
        except TooManyAttempts as error:
            rejection = error
            break
        rate_limit_counters.save_counter(db, limit.scope, key, after)
        wait = max(wait, delay)
    delete_expired_counters(db, now)
    return rejection, wait


def delete_expired_counters(db: Session, now: datetime) -> None:
    """Delete some of the counters that no longer count."""
    db.exec(_DELETE_EXPIRED, params={"now": now})


def _with_key(attempts: tuple[LimitKey, ...]) -> list[LimitKey]:
    return [(limit, key) for limit, key in attempts if key]
