from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cme_reflex.domain.attempts import Delay, Limit, Lock, Quota, Tally, TooManyAttempts

NOON = datetime(2024, 11, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
NOTHING = Tally(0, NOON, NOON)

LOCK = Lock(scope="l", free=3, shortest=MINUTE, longest=5 * MINUTE, memory=60 * MINUTE)
DELAY = Delay(
    scope="d", free=2, window=10 * MINUTE, step=SECOND, longest=3 * SECOND, patience=4 * SECOND
)
QUOTA = Quota(scope="q", most=2, window=10 * MINUTE)


def tried(limit: Limit, times: int, *, tally: Tally = NOTHING, at: datetime = NOON) -> Tally:
    for _ in range(times):
        tally, _ = limit.attempted(tally, at)
    return tally


def locked_minutes(tally: Tally, at: datetime) -> float:
    return (tally.until - at) / MINUTE


def test_a_lock_lets_the_first_failures_pass() -> None:
    assert tried(LOCK, 2) == Tally(2, NOON, NOON + 60 * MINUTE)


def test_each_further_failure_locks_for_twice_as_long_up_to_the_longest() -> None:
    tally, at, minutes = tried(LOCK, 2), NOON, []
    for _ in range(5):
        tally = tried(LOCK, 1, tally=tally, at=at)
        minutes.append(locked_minutes(tally, at))
        at = tally.until
    assert minutes == [1, 2, 4, 5, 5]


def test_a_lock_refuses_until_its_end_and_not_longer() -> None:
    locked = tried(LOCK, 3)
    with pytest.raises(TooManyAttempts) as refused:
        LOCK.attempted(locked, NOON + MINUTE - SECOND)
    assert (refused.value.until, refused.value.args) == (NOON + MINUTE, (NOON + MINUTE,))
    assert LOCK.attempted(locked, NOON + MINUTE)[0].count == 4


def test_a_hundred_thousand_failures_lock_no_longer_than_the_longest() -> None:
    many = Tally(100_000, NOON, NOON + MINUTE)
    assert LOCK.attempted(many, NOON)[0].until == NOON + 5 * MINUTE


@pytest.mark.parametrize(
    ("longest", "minutes"),
    [(1, [1, 1, 1]), (3, [1, 2, 3, 3]), (4, [1, 2, 4, 4]), (2**40, [1, 2, 4, 8, 16, 32])],
)
def test_a_lock_doubles_until_it_is_the_longest(longest: int, minutes: list[int]) -> None:
    lock = replace(LOCK, longest=longest * MINUTE)
    failures = range(LOCK.free, LOCK.free + len(minutes))
    locks = [lock.attempted(Tally(many - 1, NOON, NOON + MINUTE), NOON)[0] for many in failures]
    assert [locked_minutes(tally, NOON) for tally in locks] == minutes


def test_a_lock_is_forgotten_after_its_memory() -> None:
    locked = tried(LOCK, 3)
    assert locked.forgotten_at == NOON + 61 * MINUTE
    later = locked.forgotten_at
    assert LOCK.attempted(locked, later)[0] == Tally(1, NOON + MINUTE, later + 60 * MINUTE)
    assert LOCK.attempted(locked, later - SECOND)[0].count == 4


def test_a_success_clears_a_lock() -> None:
    assert LOCK.succeeded(tried(LOCK, 2), first=False) is None


def test_a_delay_spaces_the_attempts_that_are_too_many() -> None:
    tally, waits = NOTHING, []
    for _ in range(5):
        tally, wait = DELAY.attempted(tally, NOON)
        waits.append(wait / SECOND)
    assert waits == [0, 0, 0, 1, 3]
    assert tally == Tally(5, NOON + 6 * SECOND, NOON + 10 * MINUTE)


def test_a_delay_refuses_only_whoever_would_wait_too_long() -> None:
    tally = tried(DELAY, 5)
    with pytest.raises(TooManyAttempts) as refused:
        DELAY.attempted(tally, NOON)
    assert refused.value.until == NOON + 2 * SECOND
    assert DELAY.attempted(tally, refused.value.until)[1] == 4 * SECOND
    assert DELAY.attempted(tally, tally.until)[1] == timedelta(0)


def test_a_delay_begins_anew_after_its_window() -> None:
    tally = tried(DELAY, 4)
    end = NOON + 10 * MINUTE
    assert DELAY.attempted(tally, end) == (
        Tally(1, tally.until, end + 10 * MINUTE),
        timedelta(0),
    )


def test_a_window_is_not_prolonged_by_what_happens_in_it() -> None:
    tally = tried(DELAY, 1)
    assert tried(DELAY, 1, tally=tally, at=NOON + 9 * MINUTE).forgotten_at == NOON + 10 * MINUTE


def test_a_person_who_gets_in_takes_back_the_attempt_and_one_failure() -> None:
    tally = tried(DELAY, 4)
    assert DELAY.succeeded(tally, first=True) == Tally(2, tally.until, tally.forgotten_at)
    assert DELAY.succeeded(tally, first=False) == Tally(3, tally.until, tally.forgotten_at)


def test_nobody_pays_back_more_than_there_is() -> None:
    tally = tried(DELAY, 1)
    assert DELAY.succeeded(tally, first=True) == Tally(0, tally.until, tally.forgotten_at)


@pytest.mark.parametrize("limit", [LOCK, DELAY, QUOTA])
def test_an_attempt_whose_clock_is_behind_is_not_too_early(limit: Limit) -> None:
    tally = tried(limit, 1, at=NOON + 30 * SECOND)
    assert limit.attempted(tally, NOON)[1] == timedelta(0)


def test_a_quota_counts_each_attempt_once() -> None:
    assert tried(QUOTA, 1) == Tally(1, NOON, NOON + 10 * MINUTE)
    assert tried(QUOTA, 2) == Tally(2, NOON, NOON + 10 * MINUTE)


def test_a_quota_gives_so_many_in_a_window_from_the_first() -> None:
    tally = tried(QUOTA, 1)
    tally = tried(QUOTA, 1, tally=tally, at=NOON + 9 * MINUTE)
    with pytest.raises(TooManyAttempts) as refused:
        QUOTA.attempted(tally, NOON + 10 * MINUTE - SECOND)
    assert refused.value.until == NOON + 10 * MINUTE
    later = NOON + 10 * MINUTE
    assert QUOTA.attempted(tally, later)[0] == Tally(1, later, later + 10 * MINUTE)


def test_success_does_not_change_a_quota() -> None:
    tally = tried(QUOTA, 1)
    assert QUOTA.succeeded(tally, first=True) == tally
