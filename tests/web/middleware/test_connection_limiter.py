"""Limits of connections, on a clock that the test sets."""

import asyncio

import pytest

from cme_reflex.web.middleware.connection_limiter import ConnectionLimit, ConnectionLimiter
from cme_reflex.web.middleware.shared_rate import SWEEP_SIZE
from cme_reflex.web.middleware.socket_limits import PER_ADDRESS, PER_SIGN_IN


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The event loop's time."""
    clock = Clock()
    monkeypatch.setattr(asyncio.get_running_loop(), "time", clock)
    return clock


async def come_and_go(limiter: ConnectionLimiter, key: str, limit: ConnectionLimit) -> bool:
    if entered := await limiter.acquire(key, limit):
        limiter.release(key)
    return entered


async def test_a_key_allows_its_burst_and_its_rate(clock: Clock) -> None:
    limiter = ConnectionLimiter()
    limit = ConnectionLimit(concurrent=1, per_second=2, burst=5)

    async def allowed() -> int:
        return [await come_and_go(limiter, "one", limit) for _ in range(20)].count(True)

    assert await allowed() == 5
    clock.now = 0.5
    assert await allowed() == 1
    clock.now = 2.0
    assert await allowed() == 3
    clock.now = 1000.0
    assert await allowed() == 5


async def test_one_address_allows_two_thousand_attendees_at_once(clock: Clock) -> None:
    limiter = ConnectionLimiter()
    assert all([await limiter.acquire("centre", PER_ADDRESS) for _ in range(2_000)])
    # All reconnect at once after a break.
    for _ in range(2_000):
        limiter.release("centre")
    assert all([await limiter.acquire("centre", PER_ADDRESS) for _ in range(2_000)])


async def test_the_limit_of_a_sign_in_does_not_affect_others(clock: Clock) -> None:
    limiter = ConnectionLimiter()
    entered = [await limiter.acquire("one", PER_SIGN_IN) for _ in range(21)]
    assert entered == 20 * [True] + [False]
    assert await limiter.acquire("other", PER_SIGN_IN)
    limiter.release("one")
    assert await limiter.acquire("one", PER_SIGN_IN)


async def test_repeated_reconnections_are_slowed_down(clock: Clock) -> None:
    limiter = ConnectionLimiter()
    limit = ConnectionLimit(concurrent=2, per_second=1, burst=3)
    entered = [await come_and_go(limiter, "one", limit) for _ in range(5)]
    assert entered == [True, True, True, False, False]
    clock.now = 1.0
    assert [await come_and_go(limiter, "one", limit) for _ in range(2)] == [True, False]


async def test_past_clients_are_forgotten(clock: Clock) -> None:
    limiter = ConnectionLimiter()
    limit = ConnectionLimit(concurrent=1, per_second=1, burst=2)
    for number in range(10 * SWEEP_SIZE):
        clock.now += 1
        await come_and_go(limiter, str(number), limit)
    assert len(limiter._rates._limiters) <= SWEEP_SIZE
    assert limiter._open == {}
