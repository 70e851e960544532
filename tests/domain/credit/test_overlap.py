from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cme_reflex.domain.credit import overlap
from cme_reflex.domain.credit.credit_type import Amount, CreditType, CreditTypes, Partial
from cme_reflex.domain.credit.line import Line, full_minutes
from cme_reflex.domain.credit.overlap import MAX_STAGGERED_WINDOWS, Conflict, Window
from cme_reflex.domain.credit.overlap_windows import Span, excess, occupied_lines, violated_windows
from tests.support.examples import examples
from tests.support.models import overlap_oracle, overlap_tables
from tests.support.values.credit_values import (
    AMA,
    ANCC,
    ASWB,
    COPE,
    EACCME,
    MORNING,
    SAFETY,
    SCREENSHOT_OF_2019,
    amounts,
    any_durations,
    at,
    credit_type,
    line,
    programme,
    steps_of,
)

NEW_YORK = ZoneInfo("America/New_York")
ONLY_AMA = CreditTypes((AMA,))


def supported(lines: Sequence[Line]) -> Fraction:
    return overlap.supported(AMA, lines)


def find_conflicts(lines: Sequence[Line]) -> tuple[Conflict, ...]:
    return overlap.find_conflicts(ONLY_AMA, lines)


def card(windows: tuple[Window, ...], keys: tuple[int, ...], codes: str = "ama") -> Conflict:
    return Conflict(windows, keys, frozenset(codes.split()))


def window(start: str, end: str, allowed: int, claimed: int, *keys: int) -> Window:
    return Window(at(start), at(end), amounts(ama=allowed), amounts(ama=claimed), keys)


def lasting(key: int, starts_at: datetime, ends_at: datetime, ama: int) -> Line:
    return Line(key, starts_at, ends_at, full_minutes(starts_at, ends_at), amounts(ama=ama), False)


def test_the_screenshot_of_2019_gives_its_three_messages() -> None:
    assert find_conflicts(SCREENSHOT_OF_2019) == (
        card(
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
    assert find_conflicts(lines) == (card((window("8:00", "11:00", 12, 16, 1, 2),), (1, 2)),)


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
        card((window("8:00", "9:00", 4, 16, 1, 2, 3, 4),), (1, 2, 3, 4)),
        card((window("10:00", "11:00", 4, 8, 6, 7),), (6, 7)),
    )


def test_over_claims_that_touch_are_two_conflicts() -> None:
    lines = [
        *(line(key, "8:00", "9:00", 4) for key in (1, 2)),
        *(line(key, "9:00", "10:00", 4) for key in (3, 4)),
    ]
    assert supported(lines) == 8
    assert find_conflicts(lines) == (
        card((window("8:00", "9:00", 4, 8, 1, 2),), (1, 2)),
        card((window("9:00", "10:00", 4, 8, 3, 4),), (3, 4)),
    )


def test_over_claims_that_touch_within_a_longer_session_are_two_conflicts() -> None:
    lines = [
        line(1, "7:00", "12:00", 1),
        *(line(key, "8:00", "9:00", 4) for key in (2, 3)),
        *(line(key, "9:00", "10:00", 4) for key in (4, 5)),
    ]
    assert supported(lines) == 9
    assert find_conflicts(lines) == (
        card((window("8:00", "9:00", 4, 8, 2, 3),), (2, 3)),
        card((window("9:00", "10:00", 4, 8, 4, 5),), (4, 5)),
    )


def test_of_windows_with_the_same_start_the_longer_is_reported_first() -> None:
    lines = [line(1, "8:00", "12:00", 16), *(line(key, "8:00", "9:00", 4) for key in (2, 3))]
    assert supported(lines) == 16
    assert find_conflicts(lines) == (
        card(
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
        card(
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
    assert find_conflicts(lines) == (card((window("8:00", "12:00", 16, 20, 1, 2),), (1, 2, 3)),)


def test_of_many_staggered_windows_the_three_smallest_are_reported() -> None:
    lines = [
        line(1, "8:00", "10:00", 8),
        line(2, "9:00", "11:00", 8),
        line(3, "10:00", "11:45", 7),
        line(4, "11:00", "12:30", 6),
        line(5, "12:00", "13:45", 7),
    ]
    assert find_conflicts(lines) == (
        card(
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
    assert find_conflicts(lines) == (card((window("8:00", "8:08", 1, 2, 1, 2),), (1, 2)),)


def test_one_minute_too_many_costs_a_quarter() -> None:
    lines = [line(1, "8:00", "8:30", 2), line(2, "8:29", "8:59", 2)]
    assert supported(lines) == 4 - Fraction(1, 15)
    assert find_conflicts(lines) == (card((window("8:00", "8:59", 3, 4, 1, 2),), (1, 2)),)


def test_the_excess_is_exact_so_that_it_can_be_rounded_once() -> None:
    mornings = [
        line(key, f"{hour}:{start:02}", f"{hour}:{start + 30}", 2)
        for key, (hour, start) in enumerate([(8, 0), (8, 29), (10, 0), (10, 29)])
    ]
    assert supported(mornings) == 8 - Fraction(2, 15)
    assert len(find_conflicts(mornings)) == 2


@pytest.mark.parametrize("lasts", range(5, 60, 5))
def test_a_session_of_any_length_counts_once_and_twice_at_once_it_does_not(lasts: int) -> None:
    credit = max(1, AMA.of_duration(lasts))
    once = line(1, "8:00", f"8:{lasts:02}", credit)
    twice = [once, line(2, "8:00", f"8:{lasts:02}", credit)]
    assert (supported([once]), find_conflicts([once])) == (credit, ())
    assert supported(twice) == overlap_oracle.supported(AMA, twice)
    assert int(supported(twice)) == credit
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
    assert find_conflicts(lines) == (card((window("8:00", "9:00", 4, 8, 1, 2),), (1, 2)),)


def test_sessions_past_midnight_meet_on_both_days() -> None:
    lines = [line(1, "23:00", "25:00", 8), line(2, "24:00", "24:30", 2)]
    assert supported(lines) == 8
    assert find_conflicts(lines) == (card((window("23:00", "25:00", 8, 10, 1, 2),), (1, 2)),)


def test_seconds_are_dropped() -> None:
    late, early = timedelta(seconds=50), timedelta(seconds=10)
    lines = [
        lasting(1, at("8:00"), at("9:00") + late, 4),
        lasting(2, at("9:00") + early, at("10:00"), 4),
    ]
    assert (supported(lines), find_conflicts(lines)) == (8, ())


def test_seconds_are_dropped_from_the_minutes_of_a_short_session() -> None:
    late, early = timedelta(seconds=50), timedelta(seconds=10)
    lines = [
        lasting(1, at("8:00"), at("8:08") + late, 1),
        lasting(2, at("8:08") + early, at("8:16"), 1),
    ]
    assert (supported(lines), find_conflicts(lines)) == (2, ())


def test_when_clocks_go_back_an_hour_happens_twice_and_counts_twice() -> None:
    first = datetime(2024, 11, 3, 1, 0, tzinfo=NEW_YORK)
    second = first.replace(fold=1)
    half_hour = timedelta(minutes=30)
    lines = [
        lasting(1, first, first + half_hour, 2),
        lasting(2, second, (second + half_hour).replace(fold=1), 2),
    ]
    assert (supported(lines), find_conflicts(lines)) == (4, ())


def test_when_clocks_go_back_a_night_is_an_hour_longer() -> None:
    midnight = datetime(2024, 11, 3, tzinfo=NEW_YORK)
    night = midnight.replace(hour=3)
    lines = [lasting(1, midnight, night, 16), lasting(2, midnight, night, 1)]
    assert supported(lines) == 16
    (conflict,) = find_conflicts(lines)
    assert conflict.windows == (
        Window(
            datetime(2024, 11, 3, 4, tzinfo=UTC),
            datetime(2024, 11, 3, 8, tzinfo=UTC),
            amounts(ama=16),
            amounts(ama=17),
            (1, 2),
        ),
    )


def test_zones_are_compared_as_instants() -> None:
    new_york = datetime(2024, 9, 26, 8, tzinfo=NEW_YORK)
    here = new_york.astimezone(UTC)
    hour = timedelta(hours=1)
    lines = [
        lasting(1, new_york, new_york + hour, 4),
        lasting(2, here, here + hour, 4),
        lasting(3, here.replace(hour=8), here.replace(hour=9), 4),
    ]
    assert supported(lines) == 8
    assert [conflict.keys for conflict in find_conflicts(lines)] == [(1, 2)]


def test_an_instant_without_a_zone_is_refused() -> None:
    naive = MORNING.replace(tzinfo=None)
    with pytest.raises(TypeError):
        lasting(1, naive, naive + timedelta(hours=1), 4)


def test_an_hour_occupies_what_it_gives_and_not_all_that_was_attended() -> None:
    lines = [line(1, "8:00", "10:00", 4), line(2, "8:00", "10:00", 4, minutes=60)]
    assert (supported(lines), find_conflicts(lines)) == (8, ())


def test_an_on_demand_line_occupies_nothing_and_is_not_counted_here() -> None:
    lines = [line(1, "8:00", "9:00", 4), line(2, "8:00", "9:00", 4, on_demand=True)]
    assert (supported(lines), find_conflicts(lines)) == (4, ())


def test_four_simultaneous_half_hours_of_25_minutes_support_one() -> None:
    lines = [line(key, "8:00", "8:25", 2) for key in (1, 2, 3, 4)]
    assert supported(lines) == 2
    assert find_conflicts(lines) == (
        card((window("8:00", "8:25", 2, 8, 1, 2, 3, 4),), (1, 2, 3, 4)),
    )


def test_minutes_that_carry_more_credit_are_attended_first() -> None:
    # Half an hour for 25 minutes in the midst of an hour: 25 minutes at 2/25, and 35 at 1/15.
    lines = [line(1, "8:00", "9:00", 4), line(2, "8:20", "8:45", 2)]
    assert supported(lines) == 2 + Fraction(35, 15)
    assert find_conflicts(lines) == (card((window("8:00", "9:00", 4, 6, 1, 2),), (1, 2)),)


def test_a_window_allows_what_its_crowded_lines_support_and_not_its_length() -> None:
    lines = [line(1, "8:00", "12:00", 1), *(line(key, "8:00", "9:00", 4) for key in range(2, 6))]
    assert supported(lines) == 5
    assert find_conflicts(lines) == (
        card(
            (
                window("8:00", "12:00", 5, 17, 1, 2, 3, 4, 5),
                window("8:00", "9:00", 4, 16, 2, 3, 4, 5),
            ),
            (1, 2, 3, 4, 5),
        ),
    )


def test_a_step_of_twelve_and_a_half_minutes_occupies_thirteen() -> None:
    lines = [line(1, "8:00", "8:13", 0, cope=1), line(2, "8:12", "8:25", 0, cope=1)]
    assert overlap.supported(COPE, lines) == 2 - Fraction(1, 13)
    assert overlap.supported(COPE, [replace(lines[1], amounts=amounts(cope=2), minutes=13)]) == 2


def test_whole_sessions_support_the_best_of_those_that_do_not_meet() -> None:
    lines = [
        line(1, "8:00", "10:00", 0, aswb=8),
        line(2, "9:00", "11:00", 0, aswb=9),
        line(3, "10:00", "12:00", 0, aswb=8),
        line(4, "12:00", "12:00", 0, aswb=1),
    ]
    assert overlap.supported(ASWB, lines) == 17
    found = overlap.find_conflicts(CreditTypes((ASWB,)), lines)
    assert [
        (each.starts_at, each.ends_at, each.allowed, each.claimed, each.keys)
        for each in found[0].windows
    ] == [
        (at("8:00"), at("11:00"), amounts(aswb=9), amounts(aswb=17), (1, 2)),
        (at("9:00"), at("12:00"), amounts(aswb=9), amounts(aswb=17), (2, 3)),
    ]
    assert (found[0].keys, found[0].codes, len(found)) == ((1, 2, 3), {"aswb"}, 1)


def test_a_whole_session_occupies_its_time_though_its_credit_is_less() -> None:
    lines = [line(key, "8:00", "10:00", 0, aswb=1, ancc=1) for key in (1, 2)]
    assert overlap.supported(ASWB, lines) == 1
    assert overlap.supported(ANCC, lines) == 2


def test_types_with_equal_figures_share_a_card_and_its_figures() -> None:
    lines = [line(1, "8:00", "10:00", 8, ancc=8), line(2, "9:00", "11:00", 8, ancc=8)]
    found = overlap.find_conflicts(CreditTypes((AMA, ANCC)), lines)
    assert found == (card((window("8:00", "11:00", 12, 16, 1, 2),), (1, 2), "ama ancc"),)


def test_figures_are_equal_if_they_are_in_units_whatever_the_increments() -> None:
    lines = [line(1, "8:00", "10:00", 8, eaccme=4), line(2, "9:00", "11:00", 8, eaccme=4)]
    found = overlap.find_conflicts(CreditTypes((AMA, EACCME)), lines)
    assert found == (card((window("8:00", "11:00", 12, 16, 1, 2),), (1, 2), "ama eaccme"),)


def test_a_type_whose_figures_differ_has_its_own_after_those_of_the_first_primary() -> None:
    lines = [
        line(1, "8:00", "10:00", 8, safety=8, ancc=6),
        line(2, "9:00", "11:00", 8, safety=6, ancc=8),
        line(3, "9:00", "11:00", 1, ancc=1),
    ]
    (found,) = overlap.find_conflicts(CreditTypes((AMA, ANCC, SAFETY)), lines)
    assert [(each.allowed, each.claimed, each.keys) for each in found.windows] == [
        (
            amounts(ama=12, ancc=12, safety=12),
            amounts(ama=17, ancc=15, safety=14),
            (1, 2, 3),
        ),
        (amounts(ama=8), amounts(ama=9), (2, 3)),
    ]
    assert [*found.windows[0].allowed] == ["ama", "ancc", "safety"]
    assert (found.keys, found.codes) == ((1, 2, 3), {"ama", "ancc", "safety"})


def test_a_conflict_of_a_second_type_alone_has_only_its_figures_and_lines() -> None:
    lines = [
        line(1, "8:00", "10:00", 8, ancc=8),
        line(2, "9:00", "11:00", 0, ancc=8),
        line(3, "9:00", "9:30", 0, aswb=2),
    ]
    found = overlap.find_conflicts(CreditTypes((AMA, ANCC, ASWB)), lines)
    ancc = Window(at("8:00"), at("11:00"), amounts(ancc=12), amounts(ancc=16), (1, 2))
    assert found == (card((ancc,), (1, 2), "ancc"),)


def test_types_that_conflict_at_other_times_have_cards_of_their_own() -> None:
    lines = [
        *(line(key, "8:00", "9:00", 4) for key in (1, 2)),
        *(line(key, "9:00", "10:00", 0, ancc=4) for key in (3, 4)),
    ]
    ancc = Window(at("9:00"), at("10:00"), amounts(ancc=4), amounts(ancc=8), (3, 4))
    assert overlap.find_conflicts(CreditTypes((AMA, ANCC)), lines) == (
        card((window("8:00", "9:00", 4, 8, 1, 2),), (1, 2)),
        card((ancc,), (3, 4), "ancc"),
    )


def test_a_window_of_one_type_does_not_hide_the_staggered_one_of_another() -> None:
    lines = [
        *(line(key, "9:00", "10:00", 4) for key in (1, 2)),
        line(3, "8:00", "10:00", 0, ancc=8),
        line(4, "9:00", "11:00", 0, ancc=8),
    ]
    (found,) = overlap.find_conflicts(CreditTypes((AMA, ANCC)), lines)
    assert [(each.claimed, each.keys) for each in found.windows] == [
        (amounts(ancc=16), (3, 4)),
        (amounts(ama=8), (1, 2)),
    ]
    assert (found.keys, found.codes) == ((3, 1, 2, 4), {"ama", "ancc"})


@st.composite
def types(draw: st.DrawFn) -> CreditType:
    """A type of any unit, increment and kind; most are measured in minutes of taking part."""
    return credit_type(
        "any",
        minutes_per_unit=draw(st.sampled_from([60, 60, 50])),
        increment=Fraction(1, draw(st.sampled_from([4, 4, 1, 2, 10]))),
        partial=draw(st.sampled_from([*[Partial.YES] * 3, Partial.WHOLE_SESSION])),
    )


@st.composite
def claims(
    draw: st.DrawFn, grid: int, longest: int, most: int = 9
) -> tuple[CreditType, list[Line]]:
    """A type, and lines on a grid of minutes; some credit more than their session lasted."""
    of = draw(types())
    lines = []
    for key in range(draw(st.integers(0, most))):
        start = grid * draw(st.integers(0, 240 // grid))
        lasts = grid * draw(st.integers(0, longest // grid))
        credit = of.of_duration(lasts) + draw(st.sampled_from([0, 0, 0, 0, 1]))
        attended = draw(st.sampled_from([lasts, lasts, lasts, lasts // 2]))
        opening = MORNING + timedelta(minutes=start)
        closing = opening + timedelta(minutes=lasts)
        given = {"any": Amount(draw(st.integers(0, credit)))}
        lines.append(Line(key, opening, closing, attended, given, False))
    return of, lines


ANY_CLAIM = claims(grid=15, longest=150) | claims(grid=5, longest=90) | claims(grid=1, longest=40)
Claim = tuple[CreditType, list[Line]]


def conflicts_of(claim: Claim) -> tuple[Conflict, ...]:
    return overlap.find_conflicts(CreditTypes((claim[0],)), claim[1])


def total(claim: Claim) -> int:
    return sum(each.amount("any") for each in claim[1])


def occupied(claim: Claim, within: Sequence[Line]) -> list[Line]:
    return [each for each in within if overlap_oracle.minutes_occupied(claim[0], each)]


@settings(max_examples=examples(10))
@given(ANY_CLAIM | claims(grid=5, longest=200, most=30))
def test_the_violated_windows_are_those_that_looking_at_every_window_finds(claim: Claim) -> None:
    lines = occupied_lines(*claim)
    line_spans = {Span(each.start, each.end) for each in lines}
    table = overlap_tables.excess_table(lines)
    most = overlap_tables.max_excess(table)
    assert violated_windows(lines) == (overlap_tables.reported(table, line_spans), most.spans)
    assert excess(lines) == most.excess
    spans = {Span(one.start, other.end) for one in lines for other in lines}
    violated = {span for span in spans if span.end > span.start}
    within = overlap_tables.max_excess_within(table, violated)
    for span in violated:
        inside = [each for each in lines if span.start <= each.start and each.end <= span.end]
        assert excess(inside) == within[span]


@settings(max_examples=examples(6))
@given(ANY_CLAIM)
def test_lines_support_the_credit_that_one_person_could_have_attended(claim: Claim) -> None:
    assert overlap.supported(*claim) == overlap_oracle.supported(*claim)


@settings(max_examples=examples(2))
@given(claims(grid=3, longest=9, most=4))
def test_no_way_to_spend_each_minute_supports_more(claim: Claim) -> None:
    of, lines = replace(claim[0], partial=Partial.YES), occupied(claim, claim[1])
    assert overlap.supported(of, lines) == overlap_oracle.supported_by_trial(of, lines)


@settings(max_examples=examples(4))
@given(ANY_CLAIM)
def test_there_is_a_conflict_if_and_only_if_the_lines_do_not_support_their_sum(
    claim: Claim,
) -> None:
    found = conflicts_of(claim)
    assert bool(found) == (overlap.supported(*claim) < total(claim))
    assert bool(found) == bool(overlap_oracle.violated(*claim))


@settings(max_examples=examples(4))
@given(ANY_CLAIM)
def test_every_violated_window_is_reported_or_contains_a_reported_one(claim: Claim) -> None:
    violated = overlap_oracle.violated(*claim)
    own = violated & {(each.starts_at, each.ends_at) for each in occupied(claim, claim[1])}
    smallest = {
        outer
        for outer in violated - own
        if not any(
            outer != inner and outer[0] <= inner[0] and inner[1] <= outer[1] for inner in violated
        )
    }
    for conflict in conflicts_of(claim):
        told = {(each.starts_at, each.ends_at) for each in conflict.windows}
        assert told <= own | smallest
        among = {
            (start, end)
            for start, end in own | smallest
            if _keys(claim, start, end) <= set(conflict.keys)
        }
        assert told & own == among & own
        shortest = sorted(among & smallest, key=lambda span: (span[1] - span[0], span[0]))
        assert told - own == set(shortest[:3])
    everywhere = {key for conflict in conflicts_of(claim) for key in conflict.keys}
    assert all(_keys(claim, start, end) <= everywhere for start, end in own | smallest)


@settings(max_examples=examples(4))
@given(ANY_CLAIM)
def test_a_reported_window_has_the_credit_of_the_lines_inside_it(claim: Claim) -> None:
    of, lines = claim
    for conflict in conflicts_of(claim):
        spans = [(each.starts_at, each.ends_at) for each in conflict.windows]
        assert spans == sorted(spans, key=lambda span: (span[0], MORNING - span[1]))
        for each in conflict.windows:
            inside = occupied(claim, overlap_oracle.inside(lines, (each.starts_at, each.ends_at)))
            inside.sort(key=lambda line: (line.starts_at, line.session_id))
            assert each.keys == tuple(line.session_id for line in inside)
            assert set(each.keys) <= set(conflict.keys)
            assert each.claimed == amounts(any=sum(line.amount("any") for line in inside))
            assert each.allowed == amounts(any=int(overlap_oracle.supported(of, inside)))
            assert each.claimed["any"] > each.allowed["any"]


@settings(max_examples=examples(4))
@given(ANY_CLAIM)
def test_conflicts_share_no_line_and_without_their_lines_none_is_left(claim: Claim) -> None:
    found = conflicts_of(claim)
    keys = [key for conflict in found for key in conflict.keys]
    assert len(keys) == len(set(keys))
    left = [each for each in claim[1] if each.session_id not in keys]
    assert conflicts_of((claim[0], left)) == ()
    for before, after in pairwise(found):
        assert max(each.ends_at for each in before.windows) <= after.windows[0].starts_at


@settings(max_examples=examples(4))
@given(ANY_CLAIM)
def test_lines_in_no_conflict_lose_nothing(claim: Claim) -> None:
    of, lines = claim
    keys = {key for conflict in conflicts_of(claim) for key in conflict.keys}
    in_conflict = [each for each in lines if each.session_id in keys]
    sound = sum(each.amount("any") for each in lines if each.session_id not in keys)
    assert overlap.supported(of, lines) == overlap.supported(of, in_conflict) + sound


@settings(max_examples=examples(4))
@given(ANY_CLAIM, ANY_CLAIM)
def test_of_two_types_each_over_claim_is_told(one: Claim, other: Claim) -> None:
    first, second = replace(one[0], code="one"), replace(other[0], code="other")
    lines = [
        *(replace(each, amounts={"one": each.amount("any")}) for each in one[1]),
        *(
            replace(each, session_id=100 + each.session_id, amounts={"other": each.amount("any")})
            for each in other[1]
        ),
    ]
    both = overlap.find_conflicts(CreditTypes((first, second)), lines)
    alone = [
        *overlap.find_conflicts(CreditTypes((first,)), lines),
        *overlap.find_conflicts(CreditTypes((second,)), lines),
    ]
    # Windows that are not a session's own are at most three of a card, and cards that meet are one.
    # A card tells of each type what lies inside its windows, so it may tell more than one alone.
    if all(_staggered_windows(lines, each) < MAX_STAGGERED_WINDOWS for each in (*both, *alone)):
        told = {key for each in both for key in each.keys}
        assert told >= {key for each in alone for key in each.keys}
    assert {code for each in both for code in each.codes} == {
        c for each in alone for c in each.codes
    }
    spans = {(each.starts_at, each.ends_at) for card in both for each in card.windows}
    for each in (window for card in alone for window in card.windows):
        if (each.starts_at, each.ends_at) not in spans:  # cards that meet have at most three
            assert not _is_own(lines, each)


def _staggered_windows(lines: Sequence[Line], conflict: Conflict) -> int:
    """The number of a conflict's windows that are the span of no line."""
    return sum(not _is_own(lines, window) for window in conflict.windows)


def _is_own(lines: Sequence[Line], window: Window) -> bool:
    return any(
        (each.starts_at, each.ends_at) == (window.starts_at, window.ends_at) for each in lines
    )


def _keys(claim: Claim, start: datetime, end: datetime) -> set[int]:
    inside = overlap_oracle.inside(claim[1], (start, end))
    return {each.session_id for each in occupied(claim, inside)}


def _staggered(sessions: int) -> list[Line]:
    """Sessions that all overlap and share no boundary: there are no more windows than here."""
    lasts = timedelta(minutes=sessions + 1)
    openings = [MORNING + timedelta(minutes=key) for key in range(sessions)]
    return [lasting(key, opening, opening + lasts, 2) for key, opening in enumerate(openings)]


@pytest.mark.parametrize(("rule", "bound"), [(supported, 225_000), (find_conflicts, 375_000)])
def test_943_lines_take_a_few_steps_a_window(
    rule: Callable[[Sequence[Line]], object], bound: int
) -> None:
    # Trying the lines in each of some 13,000 windows would take 12 million steps.
    assert steps_of(rule, programme(943)) < bound


@pytest.mark.parametrize(("rule", "bound"), [(supported, 225_000), (find_conflicts, 375_000)])
def test_943_lines_of_several_shares_take_no_more_steps_for_each_share(
    rule: Callable[[Sequence[Line]], object], bound: int
) -> None:
    lines = any_durations(943)
    shares = {overlap_oracle.share(AMA, each) for each in lines}
    assert len(shares) == 6
    assert steps_of(rule, lines) < bound * len(shares)


def _nested(sessions: int) -> list[Line]:
    """Sessions inside each other: as many windows to tell, with half as many lines each."""
    middle = MORNING + timedelta(minutes=sessions)
    half = [timedelta(minutes=5 * key) for key in range(1, sessions + 1)]
    return [lasting(key, middle - each, middle + each, 2) for key, each in enumerate(half)]


@pytest.mark.parametrize("rule", [supported, find_conflicts])
@pytest.mark.parametrize("lines", [programme, any_durations, _staggered])
def test_twice_the_lines_take_little_more_than_twice_the_steps(
    rule: Callable[[Sequence[Line]], object], lines: Callable[[int], list[Line]]
) -> None:
    assert steps_of(rule, lines(400)) < 2.8 * steps_of(rule, lines(200))


def test_twice_the_nested_lines_support_their_credit_in_little_more_than_twice_the_steps() -> None:
    assert steps_of(supported, _nested(400)) < 2.8 * steps_of(supported, _nested(200))


def test_conflicts_of_nested_lines_take_steps_in_proportion_to_what_they_tell() -> None:
    lines = _nested(300)
    told = sum(len(each.keys) for card in find_conflicts(lines) for each in card.windows)
    assert told > 300**2 / 3
    assert steps_of(find_conflicts, lines) < 40 * told
