"""What the limits in force mean for a hall full of people, and for somebody who guesses."""

from datetime import UTC, datetime, timedelta

import pytest

from cme_reflex.domain.attempts import Limit, Tally, TooManyAttempts
from cme_reflex.services.throttle import ADDRESS, NAME, NUMBER

NOON = datetime(2024, 11, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("failing_first", [0, 1, 2, 3])
def test_a_congress_centre_signs_in_three_hundred_a_minute_and_nobody_waits(
    failing_first: int,
) -> None:
    """Half an hour long, from one address; of three people so many mistype once."""
    tally, waits = Tally(0, NOON, NOON), set()
    for person in range(9000):
        at = NOON + person / 5 * SECOND
        for _ in range(2 if person % 3 < failing_first else 1):
            tally, wait = ADDRESS.attempted(tally, at)
            waits.add(wait)
        after = ADDRESS.succeeded(tally, first=True)
        assert after is not None
        tally = after
    assert waits == {timedelta(0)}
    assert tally.count == 0


@pytest.mark.parametrize(("limit", "guesses"), [(ADDRESS, 415), (NAME, 181), (NUMBER, 5 + 3)])
def test_somebody_who_guesses_ten_times_a_second_gets_few_answers_in_ten_minutes(
    limit: Limit, guesses: int
) -> None:
    tally, let_through = Tally(0, NOON, NOON), 0
    for attempt in range(6000):
        at = NOON + attempt / 10 * SECOND
        try:
            tally, wait = limit.attempted(tally, at)
        except TooManyAttempts:
            continue
        let_through += at + wait < NOON + 600 * SECOND
    assert let_through == guesses


def test_a_locked_number_is_free_again_within_a_quarter_of_an_hour() -> None:
    tally, at = Tally(0, NOON, NOON), NOON
    for _ in range(20):
        tally, _ = NUMBER.attempted(tally, at)
        assert tally.until - at <= timedelta(minutes=15)
        at = tally.until
