"""The configured rate limits, for a full hall of attendees and for an attacker."""

from datetime import UTC, datetime, timedelta

import pytest

from cme_reflex.domain.sign_in.lockout import NUMBER_LOCKOUT
from cme_reflex.domain.sign_in.rate_limits import RateLimit, RateLimitCounter, TooManyAttempts
from cme_reflex.services.sign_in.rate_limits import ADDRESS_BACKOFF

NOON = datetime(2024, 11, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("failing_first", [0, 1, 2, 3])
def test_a_congress_centre_signs_in_three_hundred_a_minute_and_nobody_waits(
    failing_first: int,
) -> None:
    """Half an hour of sign-ins from one IP address; of three people this many mistype once."""
    tally, waits = RateLimitCounter(0, NOON, NOON), set()
    for person in range(9000):
        at = NOON + person / 5 * SECOND
        for _ in range(2 if person % 3 < failing_first else 1):
            tally, wait = ADDRESS_BACKOFF.check(tally, at)
            waits.add(wait)
        after = ADDRESS_BACKOFF.refund(tally, first=True)
        assert after is not None
        tally = after
    assert waits == {timedelta(0)}
    assert tally.count == 0


@pytest.mark.parametrize(("limit", "guesses"), [(ADDRESS_BACKOFF, 415), (NUMBER_LOCKOUT, 5 + 3)])
def test_somebody_who_guesses_ten_times_a_second_gets_few_answers_in_ten_minutes(
    limit: RateLimit, guesses: int
) -> None:
    tally, let_through = RateLimitCounter(0, NOON, NOON), 0
    for attempt in range(6000):
        at = NOON + attempt / 10 * SECOND
        try:
            tally, wait = limit.check(tally, at)
        except TooManyAttempts:
            continue
        let_through += at + wait < NOON + 600 * SECOND
    assert let_through == guesses


def test_a_locked_number_is_free_again_within_a_quarter_of_an_hour() -> None:
    tally, at = RateLimitCounter(0, NOON, NOON), NOON
    for _ in range(20):
        tally, _ = NUMBER_LOCKOUT.check(tally, at)
        assert tally.until - at <= timedelta(minutes=15)
        at = tally.until
