import random
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import FrameType
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cme_reflex.domain.credit.overlap import Conflict, Interval, Window, find_conflicts, supported
from cme_reflex.domain.credit.quarters import Quarters, nearest_quarters
from tests.support import overlap_oracle
from tests.support.examples import examples

MORNING = datetime(2019, 9, 20, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")


def at(clock: str) -> datetime:
    """An instant of the day; from 24:00 on it is the next one."""
    hour, minute = clock.split(":")
    return MORNING + timedelta(hours=int(hour), minutes=int(minute))


def line(key: int, start: str, end: str, quarters: int) -> Interval:
    return Interval(key, at(start), at(end), Quarters(quarters))


def window(start: str, end: str, allowed: int, claimed: int, *keys: int) -> Window:
    return Window(at(start), at(end), Quarters(allowed), Quarters(claimed), keys)


SCREENSHOT_OF_2019 = [
    line(1, "7:30", "12:00", 18),
    line(2, "8:00", "9:00", 4),
    line(3, "8:00", "9:00", 4),
    line(4, "8:00", "9:00", 4),
    line(5, "10:00", "12:00", 8),
    line(6, "10:00", "12:00", 8),
    line(7, "11:00", "12:00", 4),
]


def test_the_screenshot_of_2019_gives_its_three_messages() -> None:
    assert find_conflicts(SCREENSHOT_OF_2019) == (
        Conflict(
            windows=(
                window("7:30", "12:00", 18, 50, 1, 2, 3, 4, 5, 6, 7),
                window("8:00", "9:00", 4, 12, 2, 3, 4),
                window("10:00", "12:00", 8, 20, 5, 6, 7),
            ),
            keys=(1, 2, 3, 4, 5, 6, 7),
        ),
    )
    assert supported(SCREENSHOT_OF_2019) == 18


def test_the_order_of_the_lines_makes_no_difference() -> None:
    assert find_conflicts(SCREENSHOT_OF_2019[::-1]) == find_conflicts(SCREENSHOT_OF_2019)


def test_nothing_is_claimed_by_no_lines() -> None:
    assert (supported([]), find_conflicts([])) == (0, ())


def test_sessions_that_touch_do_not_meet() -> None:
    lines = [line(1, "8:00", "9:30", 6), line(2, "9:30", "11:30", 8)]
    assert (supported(lines), find_conflicts(lines)) == (14, ())


def test_staggered_sessions_claim_no_more_than_the_clock_allows() -> None:
    lines = [line(1, "8:00", "10:00", 8), line(2, "9:00", "11:00", 8)]
    assert supported(lines) == 12
    assert find_conflicts(lines) == (Conflict((window("8:00", "11:00", 12, 16, 1, 2),), (1, 2)),)


def test_leaving_the_first_of_two_staggered_sessions_early_puts_them_right() -> None:
    lines = [line(1, "8:00", "10:00", 4), line(2, "9:00", "11:00", 8)]
    assert (supported(lines), find_conflicts(lines)) == (12, ())


def test_an_hour_of_each_of_two_simultaneous_sessions_fits_into_two() -> None:
    lines = [line(1, "8:00", "10:00", 4), line(2, "8:00", "10:00", 4)]
    assert (supported(lines), find_conflicts(lines)) == (8, ())


def test_two_over_claims_with_a_sound_session_between_are_two_conflicts() -> None:
    lines = [
        *(line(key, "8:00", "9:00", 4) for key in (1, 2, 3, 4)),
        line(5, "9:00", "10:00", 4),
        *(line(key, "10:00", "11:00", 4) for key in (6, 7)),
    ]
    assert supported(lines) == 12
    assert find_conflicts(lines) == (
        Conflict((window("8:00", "9:00", 4, 16, 1, 2, 3, 4),), (1, 2, 3, 4)),
        Conflict((window("10:00", "11:00", 4, 8, 6, 7),), (6, 7)),
    )


def test_over_claims_that_touch_are_two_conflicts() -> None:
    lines = [
        *(line(key, "8:00", "9:00", 4) for key in (1, 2)),
        *(line(key, "9:00", "10:00", 4) for key in (3, 4)),
    ]
    assert supported(lines) == 8
    assert find_conflicts(lines) == (
        Conflict((window("8:00", "9:00", 4, 8, 1, 2),), (1, 2)),
        Conflict((window("9:00", "10:00", 4, 8, 3, 4),), (3, 4)),
    )


def test_over_claims_that_touch_within_a_longer_session_are_two_conflicts() -> None:
    lines = [
        line(1, "7:00", "12:00", 1),
        *(line(key, "8:00", "9:00", 4) for key in (2, 3)),
        *(line(key, "9:00", "10:00", 4) for key in (4, 5)),
    ]
    assert supported(lines) == 9
    assert find_conflicts(lines) == (
        Conflict((window("8:00", "9:00", 4, 8, 2, 3),), (2, 3)),
        Conflict((window("9:00", "10:00", 4, 8, 4, 5),), (4, 5)),
    )


def test_of_windows_with_the_same_start_the_longer_is_reported_first() -> None:
    lines = [line(1, "8:00", "12:00", 16), *(line(key, "8:00", "9:00", 4) for key in (2, 3))]
    assert supported(lines) == 16
    assert find_conflicts(lines) == (
        Conflict(
            windows=(
                window("8:00", "12:00", 16, 24, 1, 2, 3),
                window("8:00", "9:00", 4, 8, 2, 3),
            ),
            keys=(1, 2, 3),
        ),
    )


def test_a_staggered_window_that_contains_a_reported_one_is_not_reported() -> None:
    lines = [
        line(1, "8:00", "12:00", 16),
        *(line(key, "9:00", "10:00", 4) for key in (2, 3, 4)),
        line(5, "11:00", "13:00", 8),
    ]
    assert supported(lines) == 20
    assert find_conflicts(lines) == (
        Conflict(
            windows=(
                window("8:00", "12:00", 16, 28, 1, 2, 3, 4),
                window("9:00", "10:00", 4, 12, 2, 3, 4),
            ),
            keys=(1, 2, 3, 4, 5),
        ),
    )


def test_a_line_staggered_against_an_over_claim_is_among_those_to_change() -> None:
    lines = [
        line(1, "8:00", "12:00", 16),
        line(2, "9:00", "10:00", 4),
        line(3, "11:00", "13:00", 8),
    ]
    assert supported(lines) == 20
    assert find_conflicts(lines) == (Conflict((window("8:00", "12:00", 16, 20, 1, 2),), (1, 2, 3)),)


def test_of_many_staggered_windows_the_three_smallest_are_reported() -> None:
    lines = [
        line(1, "8:00", "10:00", 8),
        line(2, "9:00", "11:00", 8),
        line(3, "10:00", "11:45", 7),
        line(4, "11:00", "12:30", 6),
        line(5, "12:00", "13:45", 7),
    ]
    assert find_conflicts(lines) == (
        Conflict(
            windows=(
                window("9:00", "11:45", 11, 15, 2, 3),
                window("10:00", "12:30", 10, 13, 3, 4),
                window("11:00", "13:45", 11, 13, 4, 5),
            ),
            keys=(1, 2, 3, 4, 5),
        ),
    )


def test_a_short_session_occupies_no_more_than_it_lasted() -> None:
    lines = [line(1, "8:00", "8:08", 1), line(2, "8:08", "8:16", 1), line(3, "8:16", "8:39", 2)]
    assert (supported(lines), find_conflicts(lines)) == (4, ())


def test_two_short_sessions_at_once_count_once() -> None:
    lines = [line(1, "8:00", "8:08", 1), line(2, "8:00", "8:08", 1)]
    assert supported(lines) == 1
    assert find_conflicts(lines) == (Conflict((window("8:00", "8:08", 0, 2, 1, 2),), (1, 2)),)


def test_one_minute_too_many_costs_a_quarter() -> None:
    lines = [line(1, "8:00", "8:30", 2), line(2, "8:29", "8:59", 2)]
    assert supported(lines) == 3
    assert find_conflicts(lines) == (Conflict((window("8:00", "8:59", 3, 4, 1, 2),), (1, 2)),)


def test_the_excess_is_rounded_up_once_as_a_total() -> None:
    mornings = [
        line(key, f"{hour}:{start:02}", f"{hour}:{start + 30}", 2)
        for key, (hour, start) in enumerate([(8, 0), (8, 29), (10, 0), (10, 29)])
    ]
    assert supported(mornings) == 7
    assert len(find_conflicts(mornings)) == 2


@pytest.mark.parametrize("lasts", range(5, 60, 5))
def test_a_session_of_any_length_counts_once_and_twice_at_once_it_does_not(lasts: int) -> None:
    credit = max(1, nearest_quarters(lasts))
    once = line(1, "8:00", f"8:{lasts:02}", credit)
    twice = [once, line(2, "8:00", f"8:{lasts:02}", credit)]
    assert (supported([once]), find_conflicts([once])) == (credit, ())
    assert supported(twice) == overlap_oracle.supported(twice) < 2 * credit
    assert [conflict.keys for conflict in find_conflicts(twice)] == [(1, 2)]


def test_a_session_without_length_occupies_nothing() -> None:
    lines = [line(1, "8:00", "9:00", 4), line(2, "8:30", "8:30", 2), line(3, "8:00", "8:00", 1)]
    assert (supported(lines), find_conflicts(lines)) == (7, ())


def test_a_line_without_hours_is_none_of_those_to_change() -> None:
    lines = [
        line(1, "8:00", "9:00", 4),
        line(2, "8:00", "9:00", 4),
        line(3, "8:00", "9:00", 0),
        line(4, "8:30", "8:30", 4),
    ]
    assert find_conflicts(lines) == (Conflict((window("8:00", "9:00", 4, 8, 1, 2),), (1, 2)),)


def test_sessions_past_midnight_meet_on_both_days() -> None:
    lines = [line(1, "23:00", "25:00", 8), line(2, "24:00", "24:30", 2)]
    assert supported(lines) == 8
    assert find_conflicts(lines) == (Conflict((window("23:00", "25:00", 8, 10, 1, 2),), (1, 2)),)


def test_seconds_are_dropped() -> None:
    late, early = timedelta(seconds=50), timedelta(seconds=10)
    lines = [
        Interval(1, at("8:00"), at("9:00") + late, Quarters(4)),
        Interval(2, at("9:00") + early, at("10:00"), Quarters(4)),
    ]
    assert (supported(lines), find_conflicts(lines)) == (8, ())


def test_seconds_are_dropped_from_the_minutes_of_a_short_session() -> None:
    late, early = timedelta(seconds=50), timedelta(seconds=10)
    lines = [
        Interval(1, at("8:00"), at("8:08") + late, Quarters(1)),
        Interval(2, at("8:08") + early, at("8:16"), Quarters(1)),
    ]
    assert (supported(lines), find_conflicts(lines)) == (2, ())


def test_when_clocks_go_back_an_hour_happens_twice_and_counts_twice() -> None:
    first = datetime(2024, 11, 3, 1, 0, tzinfo=NEW_YORK)
    second = first.replace(fold=1)
    half_hour = timedelta(minutes=30)
    lines = [
        Interval(1, first, first + half_hour, Quarters(2)),
        Interval(2, second, (second + half_hour).replace(fold=1), Quarters(2)),
    ]
    assert (supported(lines), find_conflicts(lines)) == (4, ())


def test_when_clocks_go_back_a_night_is_an_hour_longer() -> None:
    midnight = datetime(2024, 11, 3, tzinfo=NEW_YORK)
    night = midnight.replace(hour=3)
    lines = [Interval(1, midnight, night, Quarters(16)), Interval(2, midnight, night, Quarters(1))]
    assert supported(lines) == 16
    (conflict,) = find_conflicts(lines)
    assert conflict.windows == (
        Window(
            datetime(2024, 11, 3, 4, tzinfo=UTC),
            datetime(2024, 11, 3, 8, tzinfo=UTC),
            Quarters(16),
            Quarters(17),
            (1, 2),
        ),
    )


def test_zones_are_compared_as_instants() -> None:
    new_york = datetime(2024, 9, 26, 8, tzinfo=NEW_YORK)
    here = new_york.astimezone(UTC)
    hour = timedelta(hours=1)
    lines = [
        Interval(1, new_york, new_york + hour, Quarters(4)),
        Interval(2, here, here + hour, Quarters(4)),
        Interval(3, here.replace(hour=8), here.replace(hour=9), Quarters(4)),
    ]
    assert supported(lines) == 8
    assert [conflict.keys for conflict in find_conflicts(lines)] == [(1, 2)]


def test_an_instant_without_a_zone_is_refused() -> None:
    naive = MORNING.replace(tzinfo=None)
    with pytest.raises(TypeError):
        supported([Interval(1, naive, naive + timedelta(hours=1), Quarters(4))])


@st.composite
def claims(draw: st.DrawFn, grid: int, longest: int, most: int = 9) -> list[Interval]:
    """Lines on a grid of minutes; a fifth of them credit more than the session lasted."""
    lines = []
    for key in range(draw(st.integers(0, most))):
        start = grid * draw(st.integers(0, 240 // grid))
        lasts = grid * draw(st.integers(0, longest // grid))
        credit = nearest_quarters(lasts) + draw(st.sampled_from([0, 0, 0, 0, 1]))
        opening = MORNING + timedelta(minutes=start)
        closing = opening + timedelta(minutes=lasts)
        lines.append(Interval(key, opening, closing, Quarters(draw(st.integers(0, credit)))))
    return lines


ANY_CLAIM = claims(grid=15, longest=150) | claims(grid=5, longest=90) | claims(grid=1, longest=40)


@settings(max_examples=examples(6))
@given(ANY_CLAIM)
def test_lines_support_the_credit_that_one_person_could_have_attended(
    lines: list[Interval],
) -> None:
    assert supported(lines) == overlap_oracle.supported(lines)


@settings(max_examples=examples(4))
@given(ANY_CLAIM)
def test_there_is_a_conflict_if_and_only_if_the_lines_do_not_support_their_sum(
    lines: list[Interval],
) -> None:
    found = find_conflicts(lines)
    assert bool(found) == (supported(lines) < sum(interval.quarters for interval in lines))
    assert bool(found) == bool(overlap_oracle.violated(lines))


@settings(max_examples=examples(4))
@given(ANY_CLAIM)
def test_every_violated_window_is_reported_or_contains_a_reported_one(
    lines: list[Interval],
) -> None:
    violated = overlap_oracle.violated(lines)
    own = violated & {
        (interval.starts_at, interval.ends_at)
        for interval in lines
        if overlap_oracle.minutes_claimed(interval)
    }
    smallest = {
        outer
        for outer in violated - own
        if not any(
            outer != inner and outer[0] <= inner[0] and inner[1] <= outer[1] for inner in violated
        )
    }
    for conflict in find_conflicts(lines):
        told = {(each.starts_at, each.ends_at) for each in conflict.windows}
        assert told <= own | smallest
        among = {
            (start, end)
            for start, end in own | smallest
            if _keys(lines, start, end) <= set(conflict.keys)
        }
        assert told & own == among & own
        shortest = sorted(among & smallest, key=lambda span: (span[1] - span[0], span[0]))
        assert told - own == set(shortest[:3])
    everywhere = {key for conflict in find_conflicts(lines) for key in conflict.keys}
    assert all(_keys(lines, start, end) <= everywhere for start, end in own | smallest)


@settings(max_examples=examples(4))
@given(ANY_CLAIM)
def test_a_reported_window_has_the_credit_of_the_lines_inside_it(lines: list[Interval]) -> None:
    for conflict in find_conflicts(lines):
        spans = [(each.starts_at, each.ends_at) for each in conflict.windows]
        assert spans == sorted(spans, key=lambda span: (span[0], MORNING - span[1]))
        for each in conflict.windows:
            inside = [
                interval
                for interval in overlap_oracle.inside(lines, (each.starts_at, each.ends_at))
                if overlap_oracle.minutes_claimed(interval)
            ]
            inside.sort(key=lambda interval: (interval.starts_at, interval.key))
            assert each.keys == tuple(interval.key for interval in inside)
            assert set(each.keys) <= set(conflict.keys)
            assert each.claimed == sum(interval.quarters for interval in inside)
            assert each.allowed == (each.ends_at - each.starts_at) // timedelta(minutes=15)
            assert each.claimed > each.allowed


@settings(max_examples=examples(4))
@given(ANY_CLAIM)
def test_conflicts_share_no_line_and_without_their_lines_none_is_left(
    lines: list[Interval],
) -> None:
    found = find_conflicts(lines)
    keys = [key for conflict in found for key in conflict.keys]
    assert len(keys) == len(set(keys))
    assert find_conflicts([interval for interval in lines if interval.key not in keys]) == ()
    for before, after in pairwise(found):
        assert max(each.ends_at for each in before.windows) <= after.windows[0].starts_at


@settings(max_examples=examples(4))
@given(ANY_CLAIM)
def test_lines_in_no_conflict_lose_nothing(lines: list[Interval]) -> None:
    keys = {key for conflict in find_conflicts(lines) for key in conflict.keys}
    in_conflict = [interval for interval in lines if interval.key in keys]
    sound = sum(interval.quarters for interval in lines if interval.key not in keys)
    assert supported(lines) == supported(in_conflict) + sound


def _keys(lines: Sequence[Interval], start: datetime, end: datetime) -> set[int]:
    inside = overlap_oracle.inside(lines, (start, end))
    return {interval.key for interval in inside if overlap_oracle.minutes_claimed(interval)}


def _programme(sessions: int, *, days: int = 2, rooms_open: int = 540) -> list[Interval]:
    """So many sessions of 5 to 55 minutes, nine hours a day, all claimed in full."""
    chance = random.Random(943)  # noqa: S311 — the same programme at every run, not a secret
    lines = []
    for key in range(sessions):
        opening = MORNING + timedelta(
            days=key % days, minutes=5 * chance.randrange(rooms_open // 5)
        )
        lasts = chance.randrange(5, 60, 5)
        quarters = max(Quarters(1), nearest_quarters(lasts))
        lines.append(Interval(key, opening, opening + timedelta(minutes=lasts), quarters))
    return lines


def _staggered(sessions: int) -> list[Interval]:
    """Sessions that all overlap and share no boundary: there are no more windows than here."""
    lasts = timedelta(minutes=sessions + 1)
    return [
        Interval(
            key,
            MORNING + timedelta(minutes=key),
            MORNING + timedelta(minutes=key) + lasts,
            Quarters(2),
        )
        for key in range(sessions)
    ]


def _steps(rule: Callable[[Sequence[Interval]], object], lines: Sequence[Interval]) -> int:
    """How many lines of ours run until the rule answers, the same on every machine."""
    steps = 0

    def count(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal steps
        steps += event == "line" and frame.f_globals["__name__"].startswith("cme_reflex.")
        return count

    tracing = sys.gettrace()
    sys.settrace(count)
    try:
        rule(lines)
    finally:
        sys.settrace(tracing)
    return steps


@pytest.mark.parametrize(("rule", "bound"), [(supported, 225_000), (find_conflicts, 375_000)])
def test_943_lines_take_a_few_steps_a_window(
    rule: Callable[[Sequence[Interval]], object], bound: int
) -> None:
    # Trying the lines in each of some 13,000 windows would take 12 million steps.
    assert _steps(rule, _programme(943)) < bound


@pytest.mark.parametrize("rule", [supported, find_conflicts])
@pytest.mark.parametrize("lines", [_programme, _staggered])
def test_twice_the_lines_take_no_more_than_four_times_the_steps(
    rule: Callable[[Sequence[Interval]], object], lines: Callable[[int], list[Interval]]
) -> None:
    assert _steps(rule, lines(400)) < 4.5 * _steps(rule, lines(200))
