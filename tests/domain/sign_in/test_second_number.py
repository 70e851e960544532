"""The leaky buckets of a meeting's failures and of the pressure on it."""

from datetime import UTC, datetime, timedelta

from cme_reflex.domain.sign_in.rate_limits import RateLimitCounter
from cme_reflex.domain.sign_in.second_number import (
    DEMAND_LIFETIME,
    FAILURES,
    PRESSURE,
    PRESSURE_THRESHOLD,
    LeakyBucket,
    is_second_number_required,
)

NOON = datetime(2024, 11, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
EMPTY = RateLimitCounter(0, NOON - 60 * MINUTE, NOON - 60 * MINUTE)
BUCKET = LeakyBucket(scope="b", capacity=3, leak=MINUTE)


def filled(
    bucket: LeakyBucket, attempts: int, counter: RateLimitCounter = EMPTY
) -> RateLimitCounter:
    for _ in range(attempts):
        counter = bucket.add(counter, NOON)
    return counter


def test_it_falls_by_one_each_minute_and_is_never_fuller_than_full() -> None:
    levels = [BUCKET.level(filled(BUCKET, attempts), NOON) for attempts in range(6)]
    assert levels == [0, 1, 2, 3, 3, 3]
    full = filled(BUCKET, 9)
    assert [BUCKET.level(full, NOON + minute * MINUTE) for minute in range(5)] == [3, 2, 1, 0, 0]


def test_what_is_taken_back_leaves_nothing_at_any_time() -> None:
    counter = BUCKET.take(filled(BUCKET, 2), 1)
    assert BUCKET.level(counter, NOON) == 1
    counter = BUCKET.take(counter, 5)
    assert BUCKET.level(counter, NOON - timedelta(days=1)) == 0  # a worker's clock may be behind


def test_one_number_is_enough_until_the_failures_are_used_up_and_again_after_15_minutes() -> None:
    required = [
        is_second_number_required(filled(FAILURES, failures), EMPTY, NOON)
        for failures in range(FAILURES.capacity + 1)
    ]
    assert required == [False] * FAILURES.capacity + [True]
    full = filled(FAILURES, FAILURES.capacity)
    assert is_second_number_required(full, EMPTY, NOON + 14 * MINUTE)
    assert not is_second_number_required(full, EMPTY, NOON + 15 * MINUTE)


def test_attendees_who_are_just_typing_do_not_prolong_the_demand() -> None:
    busy_hour = 500 / 60 / 3  # attendees who type for twenty seconds, at one moment
    assert 2 * busy_hour < PRESSURE_THRESHOLD <= PRESSURE.capacity
    assert DEMAND_LIFETIME == 15 * MINUTE
