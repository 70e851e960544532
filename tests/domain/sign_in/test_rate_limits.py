from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cme_reflex.domain.sign_in.lockout import Lockout, Pause
from cme_reflex.domain.sign_in.rate_limits import (
    Backoff,
    Quota,
    RateLimit,
    RateLimitCounter,
    TooManyAttempts,
)

NOON = datetime(2024, 11, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
NO_ATTEMPTS = RateLimitCounter(0, NOON, NOON)

LOCK = Lockout(
    scope="l", threshold=3, base_delay=MINUTE, max_delay=5 * MINUTE, reset_after=60 * MINUTE
)
DELAY = Backoff(
    scope="d",
    threshold=2,
    window=10 * MINUTE,
    step=SECOND,
    max_delay=3 * SECOND,
    max_wait=4 * SECOND,
)
QUOTA = Quota(scope="q", limit=2, window=10 * MINUTE)


def count_attempts(
    limit: RateLimit, times: int, *, tally: RateLimitCounter = NO_ATTEMPTS, at: datetime = NOON
) -> RateLimitCounter:
    for _ in range(times):
        tally, _ = limit.check(tally, at)
    return tally


def locked_minutes(tally: RateLimitCounter, at: datetime) -> float:
    return (tally.until - at) / MINUTE


def test_a_lock_lets_the_first_failures_pass() -> None:
    assert count_attempts(LOCK, 2) == RateLimitCounter(2, NOON, NOON + 60 * MINUTE)


def test_each_further_failure_locks_for_twice_as_long_up_to_the_longest() -> None:
    tally, at, minutes = count_attempts(LOCK, 2), NOON, []
    for _ in range(5):
        tally = count_attempts(LOCK, 1, tally=tally, at=at)
        minutes.append(locked_minutes(tally, at))
        at = tally.until
    assert minutes == [1, 2, 4, 5, 5]


def test_a_lock_refuses_until_its_end_and_not_longer() -> None:
    locked = count_attempts(LOCK, 3)
    with pytest.raises(TooManyAttempts) as refused:
        LOCK.check(locked, NOON + MINUTE - SECOND)
    assert (refused.value.until, refused.value.args) == (NOON + MINUTE, (NOON + MINUTE,))
    assert LOCK.check(locked, NOON + MINUTE)[0].count == 4


def test_a_hundred_thousand_failures_lock_no_longer_than_the_longest() -> None:
    many = RateLimitCounter(100_000, NOON, NOON + MINUTE)
    assert LOCK.check(many, NOON)[0].until == NOON + 5 * MINUTE


@pytest.mark.parametrize(
    ("longest", "minutes"),
    [(1, [1, 1, 1]), (3, [1, 2, 3, 3]), (4, [1, 2, 4, 4]), (2**40, [1, 2, 4, 8, 16, 32])],
)
def test_a_lock_doubles_until_it_is_the_longest(longest: int, minutes: list[int]) -> None:
    lock = replace(LOCK, max_delay=longest * MINUTE)
    failures = range(LOCK.threshold, LOCK.threshold + len(minutes))
    locks = [
        lock.check(RateLimitCounter(many - 1, NOON, NOON + MINUTE), NOON)[0] for many in failures
    ]
    assert [locked_minutes(tally, NOON) for tally in locks] == minutes


def test_a_lock_is_forgotten_after_its_memory() -> None:
    locked = count_attempts(LOCK, 3)
    assert locked.forgotten_at == NOON + 61 * MINUTE
    later = locked.forgotten_at
    assert LOCK.check(locked, later)[0] == RateLimitCounter(1, NOON + MINUTE, later + 60 * MINUTE)
    assert LOCK.check(locked, later - SECOND)[0].count == 4


def test_a_success_clears_a_lock() -> None:
    assert LOCK.refund(count_attempts(LOCK, 2), first=False) is None


def test_a_delay_spaces_the_attempts_that_are_too_many() -> None:
    tally, waits = NO_ATTEMPTS, []
    for _ in range(5):
        tally, wait = DELAY.check(tally, NOON)
        waits.append(wait / SECOND)
    assert waits == [0, 0, 0, 1, 3]
    assert tally == RateLimitCounter(5, NOON + 6 * SECOND, NOON + 10 * MINUTE)


def test_backoff_rejects_only_attempts_that_would_wait_too_long() -> None:
    tally = count_attempts(DELAY, 5)
    with pytest.raises(TooManyAttempts) as refused:
        DELAY.check(tally, NOON)
    assert refused.value.until == NOON + 2 * SECOND
    assert DELAY.check(tally, refused.value.until)[1] == 4 * SECOND
    assert DELAY.check(tally, tally.until)[1] == timedelta(0)


def test_backoff_starts_again_after_its_window() -> None:
    tally = count_attempts(DELAY, 4)
    end = NOON + 10 * MINUTE
    assert DELAY.check(tally, end) == (
        RateLimitCounter(1, tally.until, end + 10 * MINUTE),
        timedelta(0),
    )


def test_a_window_is_not_prolonged_by_further_attempts() -> None:
    tally = count_attempts(DELAY, 1)
    assert (
        count_attempts(DELAY, 1, tally=tally, at=NOON + 9 * MINUTE).forgotten_at
        == NOON + 10 * MINUTE
    )


def test_a_persons_first_success_refunds_the_attempt_and_one_failure() -> None:
    tally = count_attempts(DELAY, 4)
    assert DELAY.refund(tally, first=True) == RateLimitCounter(2, tally.until, tally.forgotten_at)
    assert DELAY.refund(tally, first=False) == RateLimitCounter(3, tally.until, tally.forgotten_at)


def test_a_refund_never_makes_the_count_negative() -> None:
    tally = count_attempts(DELAY, 1)
    assert DELAY.refund(tally, first=True) == RateLimitCounter(0, tally.until, tally.forgotten_at)


@pytest.mark.parametrize("limit", [LOCK, DELAY, QUOTA])
def test_an_attempt_on_a_server_whose_clock_is_behind_need_not_wait(limit: RateLimit) -> None:
    tally = count_attempts(limit, 1, at=NOON + 30 * SECOND)
    assert limit.check(tally, NOON)[1] == timedelta(0)


def test_a_quota_counts_each_attempt_once() -> None:
    assert count_attempts(QUOTA, 1) == RateLimitCounter(1, NOON, NOON + 10 * MINUTE)
    assert count_attempts(QUOTA, 2) == RateLimitCounter(2, NOON, NOON + 10 * MINUTE)


def test_a_quota_gives_so_many_in_a_window_from_the_first() -> None:
    tally = count_attempts(QUOTA, 1)
    tally = count_attempts(QUOTA, 1, tally=tally, at=NOON + 9 * MINUTE)
    with pytest.raises(TooManyAttempts) as refused:
        QUOTA.check(tally, NOON + 10 * MINUTE - SECOND)
    assert refused.value.until == NOON + 10 * MINUTE
    later = NOON + 10 * MINUTE
    assert QUOTA.check(tally, later)[0] == RateLimitCounter(1, later, later + 10 * MINUTE)


def test_success_does_not_change_a_quota() -> None:
    tally = count_attempts(QUOTA, 1)
    assert QUOTA.refund(tally, first=True) == tally


def test_a_pause_follows_each_so_many_attempts_and_the_count_starts_again() -> None:
    pause = Pause(scope="p", threshold=3, duration=5 * MINUTE, window=60 * MINUTE)
    counter = count_attempts(pause, 3)
    with pytest.raises(TooManyAttempts) as rejected:
        pause.check(counter, NOON + 4 * MINUTE)
    assert rejected.value.until == NOON + 5 * MINUTE
    after = count_attempts(pause, 2, tally=counter, at=NOON + 5 * MINUTE)
    assert after.count == 2
    after, _ = pause.check(after, NOON + 5 * MINUTE)
    assert after.until == NOON + 10 * MINUTE


def test_attempts_before_the_window_do_not_count_towards_a_pause() -> None:
    pause = Pause(scope="p", threshold=3, duration=5 * MINUTE, window=60 * MINUTE)
    counter = count_attempts(pause, 2)
    counter, _ = pause.check(counter, NOON + 60 * MINUTE)
    assert counter.count == 1
    assert pause.refund(counter, first=False) == replace(counter, count=0)
