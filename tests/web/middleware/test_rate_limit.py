"""Rate limits, on a clock that the test sets."""

from cme_reflex.web.middleware.rate_limit import (
    SWEEP_SIZE,
    ConnectionLimit,
    ConnectionLimiter,
    TokenBucket,
)
from cme_reflex.web.middleware.socket_limits import PER_ADDRESS, PER_SIGN_IN


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def available_tokens(bucket: TokenBucket) -> int:
    """The number of tokens in the bucket, which this takes out."""
    return next(count for count in range(1_000_000) if not bucket.take())


def test_a_bucket_allows_its_burst_and_its_rate() -> None:
    clock = Clock()
    bucket = TokenBucket(per_second=2, burst=5, clock=clock)
    assert available_tokens(bucket) == 5
    clock.now = 0.5
    assert available_tokens(bucket) == 1
    clock.now = 2.0
    assert available_tokens(bucket) == 3
    clock.now = 1000.0
    assert available_tokens(bucket) == 5


def test_one_address_allows_two_thousand_attendees_at_once() -> None:
    limiter = ConnectionLimiter(Clock())
    assert all(limiter.acquire("centre", PER_ADDRESS) for _ in range(2_000))
    # All reconnect at once after a break.
    for _ in range(2_000):
        limiter.release("centre")
    assert all(limiter.acquire("centre", PER_ADDRESS) for _ in range(2_000))


def test_the_limit_of_a_sign_in_does_not_affect_others() -> None:
    limiter = ConnectionLimiter(Clock())
    assert [limiter.acquire("one", PER_SIGN_IN) for _ in range(21)] == 20 * [True] + [False]
    assert limiter.acquire("other", PER_SIGN_IN)
    limiter.release("one")
    assert limiter.acquire("one", PER_SIGN_IN)


def test_repeated_reconnections_are_slowed_down() -> None:
    clock = Clock()
    limiter = ConnectionLimiter(clock)
    limit = ConnectionLimit(concurrent=2, per_second=1, burst=3)

    def comes_and_goes() -> bool:
        if entered := limiter.acquire("one", limit):
            limiter.release("one")
        return entered

    assert [comes_and_goes() for _ in range(5)] == [True, True, True, False, False]
    clock.now = 1.0
    assert [comes_and_goes() for _ in range(2)] == [True, False]


def test_buckets_of_past_clients_are_removed() -> None:
    clock = Clock()
    limiter = ConnectionLimiter(clock)
    limit = ConnectionLimit(concurrent=1, per_second=1, burst=2)
    for number in range(10 * SWEEP_SIZE):
        clock.now += 1
        limiter.acquire(str(number), limit)
        limiter.release(str(number))
    assert len(limiter._buckets) <= SWEEP_SIZE
    assert limiter._open == {}
