import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from cme_reflex.domain.sign_in.lockout import MEMBER_LOCKOUT
from cme_reflex.services.sign_in import rate_limits
from cme_reflex.services.sign_in.rate_limits import (
    ADDRESS_BACKOFF,
    Backoff,
    Quota,
    TooManyAttempts,
)
from cme_reflex.store.database import write
from cme_reflex.store.engines import close_database, open_database
from cme_reflex.store.sign_in.tables import RateLimitCounterRow
from tests.support.database.table_rows import fetch

pytestmark = pytest.mark.usefixtures("database")

MINUTE = timedelta(minutes=1)
LINKS = Quota(scope="links", limit=3, window=10 * MINUTE)
GROUPS = Backoff(
    scope="groups",
    threshold=50,
    window=10 * MINUTE,
    step=timedelta(milliseconds=200),
    max_delay=timedelta(seconds=5),
    max_wait=timedelta(seconds=8),
)


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """The delays of attempts in seconds; no time passes in tests."""
    seconds: list[float] = []

    async def sleep(delay: float) -> None:
        seconds.append(delay)

    monkeypatch.setattr(rate_limits.asyncio, "sleep", sleep)
    yield seconds
    monkeypatch.undo()


async def locked_until(*attempts: rate_limits.LimitKey, now: datetime) -> datetime | None:
    try:
        await rate_limits.check(*attempts, now=now)
    except TooManyAttempts as refusal:
        return refusal.until
    return None


async def rows() -> list[RateLimitCounterRow]:
    return await fetch(select(RateLimitCounterRow).order_by(RateLimitCounterRow.scope))


async def counts() -> dict[str, int]:
    return {row.scope: row.count for row in await rows()}


async def refund_after_success(
    *attempts: rate_limits.LimitKey, person: str = "1", now: datetime
) -> None:
    await write(lambda db: rate_limits.refund(db, *attempts, person=person, now=now))


async def test_a_member_is_locked_after_five_failures_for_a_minute(now: datetime) -> None:
    for _ in range(5):
        assert await locked_until((MEMBER_LOCKOUT, "240001"), now=now) is None
    assert await locked_until((MEMBER_LOCKOUT, "240001"), now=now) == now + MINUTE
    assert await locked_until((MEMBER_LOCKOUT, "240002"), now=now) is None
    assert await locked_until((MEMBER_LOCKOUT, "240001"), now=now + MINUTE) is None
    assert await locked_until((MEMBER_LOCKOUT, "240001"), now=now + MINUTE) == now + 3 * MINUTE


@pytest.mark.parametrize("limit", [MEMBER_LOCKOUT, ADDRESS_BACKOFF, GROUPS, LINKS])
async def test_an_attempt_that_waited_for_the_database_is_not_too_early(
    now: datetime, waited: list[float], limit: rate_limits.RateLimit
) -> None:
    for seconds in (30, 0, 15):
        await rate_limits.check((limit, "k"), now=now + timedelta(seconds=seconds))
    assert waited == []


async def test_a_lock_survives_a_restart(now: datetime, database_url: str) -> None:
    for _ in range(5):
        await rate_limits.check((MEMBER_LOCKOUT, "240001"), now=now)
    await close_database()
    open_database(database_url)
    assert await locked_until((MEMBER_LOCKOUT, "240001"), now=now) == now + MINUTE


async def test_of_forty_attempts_at_once_five_are_let_through(now: datetime) -> None:
    answers = await asyncio.gather(
        *(locked_until((MEMBER_LOCKOUT, "240001"), now=now) for _ in range(40))
    )
    assert sorted(answers, key=str) == sorted([None] * 5 + [now + MINUTE] * 35, key=str)


async def test_attempts_and_successes_at_once_never_wait_for_each_other(now: datetime) -> None:
    async def tries(number: int) -> None:
        keys: Any = (
            (ADDRESS_BACKOFF, "a"),
            (GROUPS, str(number % 3)),
            (MEMBER_LOCKOUT, str(number)),
        )
        await rate_limits.check(*keys, now=now)
        await refund_after_success(*keys, person=str(number % 5), now=now)

    await asyncio.gather(*(tries(number) for number in range(30)))
    assert {row.count for row in await rows() if row.scope != "success"} == {0}


async def test_a_success_clears_the_count(now: datetime) -> None:
    for _ in range(4):
        await rate_limits.check((MEMBER_LOCKOUT, "240001"), now=now)
    await refund_after_success((MEMBER_LOCKOUT, "240001"), now=now)
    for _ in range(5):
        assert await locked_until((MEMBER_LOCKOUT, "240001"), now=now) is None


async def test_what_is_refused_by_one_limit_counts_under_those_before_it_alone(
    now: datetime,
) -> None:
    for _ in range(3):
        await rate_limits.check((LINKS, "k"), now=now)
    assert (
        await locked_until((ADDRESS_BACKOFF, "a"), (LINKS, "k"), (MEMBER_LOCKOUT, "n"), now=now)
        is not None
    )
    assert await counts() == {"address": 1, "links": 3}


async def test_an_empty_key_is_not_counted(now: datetime) -> None:
    await rate_limits.check((ADDRESS_BACKOFF, ""), (MEMBER_LOCKOUT, "n"), now=now)
    await refund_after_success((ADDRESS_BACKOFF, ""), now=now)
    assert await counts() == {MEMBER_LOCKOUT.scope: 1, "success": 1}


async def test_no_number_rests_in_clear(now: datetime) -> None:
    await rate_limits.check((ADDRESS_BACKOFF, "203.0.113.7"), (MEMBER_LOCKOUT, "240001"), now=now)
    await refund_after_success((MEMBER_LOCKOUT, "240002"), person="attendee 17", now=now)
    kept = " ".join(str(row.model_dump()) for row in await rows())
    assert not [word for word in ("240001", "240002", "203.0.113.7", "17'") if word in kept]


async def test_a_surrogate_in_a_number_is_a_number_like_any_other(now: datetime) -> None:
    assert await locked_until((MEMBER_LOCKOUT, "\udcff"), now=now) is None


async def test_failures_from_one_address_delay_and_do_not_lock(
    now: datetime, waited: list[float]
) -> None:
    for _ in range(100):
        await rate_limits.check((ADDRESS_BACKOFF, "a"), now=now)
    assert waited == []
    for _ in range(10):
        await rate_limits.check((ADDRESS_BACKOFF, "a"), now=now)
    assert waited == pytest.approx([0.05, 0.15, 0.3, 0.5, 0.75, 1.05, 1.4, 1.8, 2.25])
    await rate_limits.check((ADDRESS_BACKOFF, "b"), now=now)
    assert len(waited) == 9


async def test_one_persons_many_successes_pay_for_one_failure_only(now: datetime) -> None:
    for _ in range(20):
        await rate_limits.check((ADDRESS_BACKOFF, "a"), now=now)
    for _ in range(10):
        await rate_limits.check((ADDRESS_BACKOFF, "a"), now=now)
        await refund_after_success((ADDRESS_BACKOFF, "a"), person="attacker", now=now)
    assert (await counts())["address"] == 19


async def test_what_is_forgotten_is_swept(now: datetime) -> None:
    for number in range(50):
        await rate_limits.check(
            (ADDRESS_BACKOFF, str(number)), (MEMBER_LOCKOUT, str(number)), now=now
        )
    assert len(await rows()) == 100
    later = now + timedelta(hours=2)
    for _ in range(5):
        await rate_limits.check((MEMBER_LOCKOUT, "another"), now=later)
    assert [row.scope for row in await rows()] == [MEMBER_LOCKOUT.scope]
