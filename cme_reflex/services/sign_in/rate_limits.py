"""How often something may be tried, across restarts and workers: counted in the database.

    await rate_limits.check((ADDRESS_BACKOFF, address), (NUMBER_LOCKOUT, number), now=now)
    …  # the attempt
    rate_limits.refund(db, (ADDRESS_BACKOFF, address), (NUMBER_LOCKOUT, number), person=…, now=now)

A further limit is a `Lockout`, a `Backoff` or a `Quota` of `domain.sign_in.rate_limits` with a
scope of its own. Keys are hashed before they are stored. An empty key is not counted.
"""

import asyncio
from datetime import datetime, timedelta
from typing import TypeAlias

import sqlalchemy as sa
from sqlmodel import Session, col

from cme_reflex.domain.sign_in.rate_limits import (
    Backoff,
    Lockout,
    Quota,
    RateLimit,
    TooManyAttempts,
)
from cme_reflex.store.database import write
from cme_reflex.store.expiry import delete_expired
from cme_reflex.store.sign_in import rate_limit_counters
from cme_reflex.store.sign_in.tables import RateLimitCounterRow

NUMBER_LOCKOUT = Lockout(
    scope="number",
    threshold=5,
    base_delay=timedelta(minutes=1),
    max_delay=timedelta(minutes=15),
    reset_after=timedelta(hours=1),
)
"""Attempts on a badge or confirmation number, whether there is such a number or not."""

MEMBER_LOCKOUT = Lockout(
    scope="member",
    threshold=5,
    base_delay=timedelta(minutes=1),
    max_delay=timedelta(minutes=15),
    reset_after=timedelta(hours=1),
)
"""Attempts on a member's username, whether there is such a member or not."""

ADDRESS_BACKOFF = Backoff(
    scope="address",
    threshold=100,
    window=timedelta(minutes=10),
    step=timedelta(milliseconds=50),
    max_delay=timedelta(seconds=2),
    max_wait=timedelta(seconds=8),
)
"""Failures from one address; a congress centre's three hundred sign-ins a minute are none."""

NAME_BACKOFF = Backoff(
    scope="name",
    threshold=50,
    window=timedelta(minutes=10),
    step=timedelta(milliseconds=200),
    max_delay=timedelta(seconds=5),
    max_wait=timedelta(seconds=8),
)
"""Failures with one last name: a walk through the numbers, from however many addresses."""

_EXPIRED = delete_expired(
    RateLimitCounterRow, col(RateLimitCounterRow.forgotten_at) <= sa.bindparam("now")
)

_REFUND = Quota(scope="success", limit=1, window=timedelta(minutes=10))

LimitKey: TypeAlias = tuple[RateLimit, str]
"""A limit, and the key that it counts by."""

__all__ = [
    "ADDRESS_BACKOFF",
    "MEMBER_LOCKOUT",
    "NAME_BACKOFF",
    "NUMBER_LOCKOUT",
    "Backoff",
    "LimitKey",
    "Lockout",
    "Quota",
    "TooManyAttempts",
    "check",
    "refund",
]


async def check(*attempts: LimitKey, now: datetime) -> None:
    """Count an attempt under each limit in turn, and wait where one of them asks for it.

    The first limit that is exceeded refuses: those before it have counted the attempt, those
    after it have not. Callers name them in the same order, or two of them would wait for each
    other. Never call it inside a transaction: it has one of its own, which stays whatever
    becomes of what is tried. Raises TooManyAttempts.
    """
    refusal, wait = await write(lambda db: _count(db, attempts, now))
    if refusal is not None:
        raise refusal
    if wait:
        await asyncio.sleep(wait.total_seconds())


def refund(db: Session, *attempts: LimitKey, person: str, now: datetime) -> None:
    """Take back what `check` counted, in the transaction of what was tried.

    `person` is whoever got in, by an id: each pays a failure back once in a while.
    """
    before = rate_limit_counters.lock_counter(db, _REFUND.scope, person)
    try:
        after, _ = _REFUND.check(before, now)
    except TooManyAttempts:
        first = False
    else:
        first = True
        rate_limit_counters.save_counter(db, _REFUND.scope, person, after)
    for limit, key in _keyed(attempts):
        before = rate_limit_counters.lock_counter(db, limit.scope, key)
        rate_limit_counters.save_counter(db, limit.scope, key, limit.refund(before, first=first))


def _count(
    db: Session, attempts: tuple[LimitKey, ...], now: datetime
) -> tuple[TooManyAttempts | None, timedelta]:
    refusal, wait = None, timedelta(0)
    for limit, key in _keyed(attempts):
        before = rate_limit_counters.lock_counter(db, limit.scope, key)
        try:
            after, asked = limit.check(before, now)
        except TooManyAttempts as refused:
            refusal = refused
            break
        rate_limit_counters.save_counter(db, limit.scope, key, after)
        wait = max(wait, asked)
    db.exec(_EXPIRED, params={"now": now})
    return refusal, wait


def _keyed(attempts: tuple[LimitKey, ...]) -> list[LimitKey]:
    return [(limit, key) for limit, key in attempts if key]
