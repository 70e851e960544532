"""Guessing, locking out and honest attendees, simulated for a day with fixed seeds."""

from dataclasses import replace
from datetime import datetime

import pytest

from cme_reflex.domain.sign_in import second_number
from cme_reflex.domain.sign_in.rate_limits import TooManyAttempts
from cme_reflex.domain.sign_in.second_number import NumberAttempt, SecondNumberRequired
from tests.support.models.guessing import (
    ATTACKED,
    DAY,
    HALL,
    SECOND,
    START,
    Attack,
    MemoryCounters,
    ReadOnlyCounters,
    Simulation,
)

HONEST = 2_000  # attendees who sign in during the day of the attack
MISTYPING = 1 / 20

ONE_ELSEWHERE = ("198.51.100.1",)
FIFTY_ELSEWHERE = tuple(f"198.51.100.{number}" for number in range(1, 51))
FIFTY_AND_THE_HALL = (HALL, *FIFTY_ELSEWHERE[1:])
PLACES = {
    "the hall": (HALL,),
    "one address elsewhere": ONE_ELSEWHERE,
    "fifty addresses elsewhere": FIFTY_ELSEWHERE,
    "fifty addresses and the hall is one": FIFTY_AND_THE_HALL,
}


def cells() -> list[object]:
    """One cell of each place in the fast suite; the rates of a try a second and more are slow."""
    return [
        pytest.param(rate, place, seed, marks=[pytest.mark.slow] if rate > 0.1 or seed else [])
        for rate in (0.1, 1, 10)
        for place in PLACES
        for seed in range(3)
    ]


@pytest.mark.parametrize(("rate", "place", "seed"), cells())
def test_guessing_enters_at_most_one_account_and_stops_no_attendee(
    rate: float, place: str, seed: int
) -> None:
    simulation = Simulation(seed, attendees=HONEST)
    simulation.attendees_arrive(simulation.people, within=DAY, mistyping=MISTYPING)
    simulation.attack(Attack(rate, PLACES[place]))
    outcome = simulation.run()
    assert len(outcome.entered) <= 1
    assert len(outcome.waits) == HONEST
    assert outcome.share_within_30_seconds >= 0.95


@pytest.mark.parametrize("seed", range(3))
def test_who_has_an_account_guesses_no_more_of_the_namesakes_numbers(seed: int) -> None:
    simulation = Simulation(seed, attendees=ATTACKED)
    own = next(person for person in simulation.people if person.name == "smith")
    names = (own.name,)
    simulation.attack(Attack(0.1, ONE_ELSEWHERE, names, own_badge=own.badge))
    outcome = simulation.run()
    # Twelve at first, four that are taken back once, and four an hour.
    assert outcome.answered_alone <= 12 + 4 + 4 * 24
    assert len(outcome.entered) <= 1


@pytest.mark.parametrize("seed", range(20))
def test_with_attendees_alone_a_second_number_is_never_asked(seed: int) -> None:
    simulation = Simulation(seed, attendees=500)
    simulation.attendees_arrive(simulation.people, within=3_600, mistyping=MISTYPING)
    outcome = simulation.run()
    assert (outcome.asked, outcome.locked_out, len(outcome.waits)) == (0, 0, 500)


@pytest.mark.parametrize("seed", range(5))
def test_even_if_every_third_attendee_mistypes_none_is_asked(seed: int) -> None:
    simulation = Simulation(seed, attendees=500)
    simulation.attendees_arrive(simulation.people, within=3_600, mistyping=1 / 3)
    assert simulation.run().asked == 0


def lockout_cells() -> list[object]:
    hour = 3_600
    return [
        pytest.param(place, duration, marks=[pytest.mark.slow] if duration == DAY else [])
        for duration in (hour, DAY)
        for place in PLACES
    ]


@pytest.mark.parametrize(("place", "duration"), lockout_cells())
def test_a_campaign_of_lockouts_keeps_less_than_one_percent_of_badge_time_locked(
    place: str, duration: int
) -> None:
    """Five requests a second with names that fit nobody.

    Each minute every badge's owner is asked for: could a browser that is new to the meeting sign in
    from the hall now, with one number or else with both?
    """
    simulation = Simulation(1, attendees=ATTACKED)
    simulation.attack(Attack(5, PLACES[place], names=("x1", "x2", "x3"), duration=duration))
    locked: list[bool] = []
    for minute in range(1, duration // 60):
        simulation.at(minute * 60, lambda at: locked.extend(_locked(simulation, at)))
    simulation.run()
    assert len(locked) == ATTACKED * (duration // 60 - 1)
    assert sum(locked) / len(locked) < 0.01


def _locked(simulation: Simulation, at: float) -> list[bool]:
    counters = ReadOnlyCounters(simulation.counters)
    return [
        _is_locked(counters, (person.badge, person.confirmation), START + at * SECOND)
        for person in simulation.people
    ]


def _is_locked(counters: ReadOnlyCounters, numbers: tuple[str, str], now: datetime) -> bool:
    """Whether neither the badge alone nor, where they are asked for, both numbers are evaluated."""
    alone = NumberAttempt(meeting="m", name="any", numbers=numbers[:1], address=HALL)
    both = replace(alone, numbers=numbers)
    try:
        try:
            second_number.check(counters, alone, now=now)
        except SecondNumberRequired:
            second_number.check(counters, both, now=now)
    except TooManyAttempts:
        return True
    return False


@pytest.mark.parametrize("badges", [0, 500])
def test_both_right_numbers_never_wait_for_made_up_ones_at_the_same_address(badges: int) -> None:
    """Somebody in the hall tries a hundred made-up pairs a second, perhaps with real badges."""
    counters = MemoryCounters()
    people = [(f"{number}", f"c{number}") for number in range(500)]
    waiting = [*people]
    for number in range(12_000):
        now = START + number * 0.01 * SECOND
        badge = f"{number % badges}" if badges else f"b{number}"
        guess = NumberAttempt(meeting="m", name="x", numbers=(badge, f"g{number}"), address=HALL)
        second_number.check(counters, guess, now=now)
        if number >= 9_000 and number % 6 == 0:
            own = NumberAttempt(meeting="m", name="own", numbers=waiting.pop(), address=HALL)
            second_number.check(counters, own, now=now)
            second_number.succeed(counters, own, person=own.numbers[0], now=now)
    assert not waiting


def test_pairs_of_numbers_that_were_tried_before_are_limited_at_an_address() -> None:
    counters = MemoryCounters()
    answered = 0
    for number in range(20_000):
        now = START + number * 0.001 * SECOND
        numbers = (f"{number % 200}", f"c{number // 200 % 100}")
        guess = NumberAttempt(meeting="m", name="x", numbers=numbers, address=HALL)
        try:
            second_number.check(counters, guess, now=now)
        except TooManyAttempts:
            continue
        answered += 1
    # Each number five times, a thousand at once, and twenty a second.
    assert answered <= 5 * (200 + 100) + 1_000 + 20 * 20


@pytest.mark.parametrize("seconds", [0.025, 1])
def test_both_right_numbers_never_wait_for_what_others_try_elsewhere(seconds: float) -> None:
    """Fifty addresses guess the second number of one badge, forty times a second and slower."""
    counters = MemoryCounters()
    refused: set[str] = set()
    for number in range(24_000):
        now = START + number * seconds * SECOND
        address = FIFTY_ELSEWHERE[number % 50]
        guess = NumberAttempt(meeting="m", name="x", numbers=("1", f"g{number}"), address=address)
        try:
            second_number.check(counters, guess, now=now)
        except TooManyAttempts:
            refused.add(address)
        if number % 200 == 0:
            owner = replace(guess, numbers=("1", "own"), address=f"192.0.2.{number // 200}")
            second_number.check(ReadOnlyCounters(counters), owner, now=now)
    assert refused == (set(FIFTY_ELSEWHERE) if seconds < 1 else set())
