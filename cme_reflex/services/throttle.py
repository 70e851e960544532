"""How often something may be tried, across restarts and workers: counted in the database.

    await throttle.attempt((ADDRESS, address), (NUMBER, number), now=now)   # before it is tried
    …
    throttle.succeeded(db, (ADDRESS, address), (NUMBER, number), person=…, now=now)

A limit of one's own is a `Lock`, a `Delay` or a `Quota` of `domain.attempts` with a scope that no
other has. Keys are hashed before they are stored. An empty key is not counted.
"""

import asyncio
from datetime import datetime, timedelta
from typing import TypeAlias

import sqlalchemy as sa
from sqlmodel import Session, col

from cme_reflex.domain.attempts import Delay, Limit, Lock, Quota, TooManyAttempts
from cme_reflex.store import tallies
from cme_reflex.store.database import write
from cme_reflex.store.sweeping import sweeping
from cme_reflex.store.tables import TallyRow

NUMBER = Lock(
    scope="number",
    free=5,
    shortest=timedelta(minutes=1),
    longest=timedelta(minutes=15),
    memory=timedelta(hours=1),
)
"""Attempts on a badge or confirmation number, whether there is such a number or not."""

MEMBER = Lock(
    scope="member",
    free=5,
    shortest=timedelta(minutes=1),
    longest=timedelta(minutes=15),
    memory=timedelta(hours=1),
)
"""Attempts on a member's username, whether there is such a member or not."""

ADDRESS = Delay(
    scope="address",
    free=100,
    window=timedelta(minutes=10),
    step=timedelta(milliseconds=50),
    longest=timedelta(seconds=2),
    patience=timedelta(seconds=8),
)
"""Failures from one address; a congress centre's three hundred sign-ins a minute are none."""

NAME = Delay(
    scope="name",
    free=50,
    window=timedelta(minutes=10),
    step=timedelta(milliseconds=200),
    longest=timedelta(seconds=5),
    patience=timedelta(seconds=8),
)
"""Failures with one last name: a walk through the numbers, from however many addresses."""

_EXPIRED = sweeping(TallyRow, col(TallyRow.forgotten_at) <= sa.bindparam("now"))

_REFUND = Quota(scope="success", most=1, window=timedelta(minutes=10))

Attempt: TypeAlias = tuple[Limit, str]
"""A limit, and the key that it counts by."""

__all__ = [
    "ADDRESS",
    "MEMBER",
    "NAME",
    "NUMBER",
    "Attempt",
    "Delay",
    "Lock",
    "Quota",
    "TooManyAttempts",
    "attempt",
    "succeeded",
]


async def attempt(*attempts: Attempt, now: datetime) -> None:
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


def succeeded(db: Session, *attempts: Attempt, person: str, now: datetime) -> None:
    """Take back what `attempt` counted, in the transaction of what was tried.

    `person` is whoever got in, by an id: each pays a failure back once in a while.
    """
    before = tallies.lock(db, _REFUND.scope, person)
    try:
        after, _ = _REFUND.attempted(before, now)
    except TooManyAttempts:
        first = False
    else:
        first = True
        tallies.put(db, _REFUND.scope, person, after)
    for limit, key in _keyed(attempts):
        before = tallies.lock(db, limit.scope, key)
        tallies.put(db, limit.scope, key, limit.succeeded(before, first=first))


def _count(
    db: Session, attempts: tuple[Attempt, ...], now: datetime
) -> tuple[TooManyAttempts | None, timedelta]:
    refusal, wait = None, timedelta(0)
    for limit, key in _keyed(attempts):
        before = tallies.lock(db, limit.scope, key)
        try:
            after, asked = limit.attempted(before, now)
        except TooManyAttempts as refused:
            refusal = refused
            break
        tallies.put(db, limit.scope, key, after)
        wait = max(wait, asked)
    db.exec(_EXPIRED, params={"now": now})
    return refusal, wait


def _keyed(attempts: tuple[Attempt, ...]) -> list[Attempt]:
    return [(limit, key) for limit, key in attempts if key]
