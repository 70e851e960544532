from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from cme_reflex.domain.credit.quarters import Quarters, format_hours
from hypothesis import given, settings
from hypothesis import strategies as st

from cme_reflex.domain.credit.claimable import (
    Claimable,
    CreditLimitExceeded,
    Limits,
    Line,
    OverlapPolicy,
    Totals,
    claimable,
    claimable_safety,
    clear_unsupported,
    conflicts_of,
    is_blocking,
    max_safety,
    validate_totals,
)
from cme_reflex.domain.credit.overlap import Conflict, Interval, Window
from tests.support import overlap_oracle
from tests.support.examples import examples

THURSDAY = datetime(2024, 9, 26, tzinfo=UTC)
PSTM24 = Limits(category1=Quarters(243), safety=Quarters(70))
RESOLVE, CAP, ALLOW = OverlapPolicy


def at(clock: str, day: int = 0) -> datetime:
    hour, minute = clock.split(":")
    return THURSDAY + timedelta(days=day, hours=int(hour), minutes=int(minute))


def line(
    session_id: int,
    start: str,
    end: str,
    quarters: int,
    safety: int = 0,
    *,
    on_demand: bool = False,
) -> Line:
    credit = Quarters(quarters), Quarters(safety)
    return Line(session_id, at(start), at(end), *credit, on_demand)


def most(category1: int, safety: int) -> Claimable:
    return Claimable(Quarters(category1), Quarters(safety))


def chosen(category1: int | None, safety: int | None) -> Totals:
    return Totals(
        None if category1 is None else Quarters(category1),
        None if safety is None else Quarters(safety),
    )


SEED = (
    Line(1, at("8:00"), at("9:30"), Quarters(6), Quarters(0), on_demand=False),
    Line(2, at("9:45"), at("11:45"), Quarters(8), Quarters(0), on_demand=False),
    Line(3, at("13:00"), at("14:30"), Quarters(6), Quarters(0), on_demand=False),
    Line(4, at("8:00", day=1), at("9:30", day=1), Quarters(6), Quarters(0), on_demand=False),
    Line(5, at("10:30", day=1), at("12:30", day=1), Quarters(8), Quarters(0), on_demand=False),
)
STAGGERED = (line(1, "8:00", "10:00", 8, 8), line(2, "9:00", "11:00", 8, 6))


@pytest.mark.parametrize("policy", OverlapPolicy)
def test_the_seeds_five_sessions_add_up_to_8_50_without_conflict(policy: OverlapPolicy) -> None:
    assert claimable(SEED, PSTM24, policy) == most(34, 0)
    assert format_hours(claimable(SEED, PSTM24, policy).category1) == "8.50"
    assert conflicts_of(SEED) == ()


@pytest.mark.parametrize("policy", OverlapPolicy)
def test_no_lines_support_nothing(policy: OverlapPolicy) -> None:
    assert claimable((), PSTM24, policy) == most(0, 0)


@pytest.mark.parametrize(
    ("policy", "expected"), [(RESOLVE, most(12, 12)), (CAP, most(12, 12)), (ALLOW, most(16, 14))]
)
def test_staggered_sessions_count_the_shared_hour_once_unless_the_policy_allows_it(
    policy: OverlapPolicy, expected: Claimable
) -> None:
    assert claimable(STAGGERED, PSTM24, policy) == expected


def test_a_conflict_is_reported_under_every_policy_and_only_resolve_blocks() -> None:
    found = conflicts_of(STAGGERED)
    window = Window(at("8:00"), at("11:00"), Quarters(12), Quarters(16), (1, 2))
    assert found == (Conflict((window,), (1, 2)),)
    assert {policy: is_blocking(found, policy) for policy in OverlapPolicy} == {
        RESOLVE: True,
        CAP: False,
        ALLOW: False,
    }


@pytest.mark.parametrize("policy", OverlapPolicy)
def test_without_a_conflict_nothing_blocks(policy: OverlapPolicy) -> None:
    assert not is_blocking((), policy)


@pytest.mark.parametrize("policy", OverlapPolicy)
def test_an_on_demand_line_occupies_no_time_and_counts(policy: OverlapPolicy) -> None:
    lines = [line(1, "8:00", "10:00", 8, 4), line(2, "8:00", "10:00", 8, 8, on_demand=True)]
    assert claimable(lines, PSTM24, policy) == most(16, 12)
    assert conflicts_of(lines) == ()


def test_patient_safety_meets_only_patient_safety() -> None:
    lines = [line(1, "8:00", "10:00", 8, 4), line(2, "8:00", "10:00", 8, 4)]
    assert claimable(lines, PSTM24, CAP) == most(8, 8)


@pytest.mark.parametrize("policy", OverlapPolicy)
def test_the_meetings_maxima_limit_the_claimable_credit(policy: OverlapPolicy) -> None:
    lines = [line(1, "8:00", "18:00", 40, 20)]
    assert claimable(lines, Limits(Quarters(30), Quarters(7)), policy) == most(30, 7)


def test_patient_safety_is_never_more_than_the_category_1_it_is_part_of() -> None:
    lines = [line(1, "8:00", "18:00", 40, 20)]
    assert claimable(lines, Limits(Quarters(10), Quarters(70)), CAP) == most(10, 10)


def test_patient_safety_is_bounded_by_the_category_1_chosen() -> None:
    bounds = [
        claimable_safety(most(34, 12), category1) for category1 in (None, *_quarters(8, 12, 20))
    ]
    assert bounds == [12, 8, 12, 12]


def test_a_line_has_at_most_the_sessions_patient_safety_and_the_hours_claimed() -> None:
    assert max_safety(Quarters(6), Quarters(8)) == 6
    assert max_safety(Quarters(6), Quarters(4)) == 4


@pytest.mark.parametrize(("quarters", "safety"), [(4, 5), (4, -1), (-1, 0), (-1, -1)])
def test_a_line_cannot_be_made_with_impossible_patient_safety(quarters: int, safety: int) -> None:
    with pytest.raises(ValueError, match="cannot be Patient Safety"):
        line(1, "8:00", "9:00", quarters, safety)


@pytest.mark.parametrize(
    "totals",
    [
        chosen(None, None),
        chosen(1, None),
        chosen(34, None),
        chosen(34, 0),
        chosen(34, 12),
        chosen(8, 8),
        chosen(None, 12),
    ],
)
def test_totals_up_to_the_maximum_can_be_chosen_and_are_not_cleared(totals: Totals) -> None:
    validate_totals(totals, most(34, 12))
    assert clear_unsupported(totals, most(34, 12)) == (totals, False)


@pytest.mark.parametrize(
    ("totals", "limit", "claimed"),
    [
        (chosen(0, None), 34, 0),
        (chosen(35, None), 34, 35),
        (chosen(35, 0), 34, 35),
        (chosen(34, 13), 12, 13),
        (chosen(34, -1), 12, -1),
        (chosen(8, 9), 8, 9),
        (chosen(None, 13), 12, 13),
    ],
)
def test_totals_outside_the_claimable_range_are_rejected_with_the_limit(
    totals: Totals, limit: int, claimed: int
) -> None:
    with pytest.raises(CreditLimitExceeded) as refusal:
        validate_totals(totals, most(34, 12))
    assert (refusal.value.limit, refusal.value.claimed) == (limit, claimed)


def test_the_error_message_has_the_credit_claimed_and_the_limit() -> None:
    refusal = "35 quarter hours; from 0 or 1 up to 34 can be claimed here"
    assert str(CreditLimitExceeded(Quarters(34), Quarters(35))) == refusal


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (chosen(35, None), chosen(None, None)),
        (chosen(35, 12), chosen(None, 12)),
        (chosen(35, 13), chosen(None, None)),
        (chosen(34, 13), chosen(34, None)),
        (chosen(8, 9), chosen(8, None)),
        (chosen(None, 13), chosen(None, None)),
    ],
)
def test_a_total_above_its_maximum_is_cleared_and_never_lowered(
    before: Totals, after: Totals
) -> None:
    assert clear_unsupported(before, most(34, 12)) == (after, True)


def test_a_total_does_not_change_when_the_maximum_grows() -> None:
    assert clear_unsupported(chosen(34, 12), most(60, 20)) == (chosen(34, 12), False)


@st.composite
def claims(draw: st.DrawFn) -> list[Line]:
    """Lines of five to ninety minutes, some of them on demand, some partly Patient Safety."""
    lines = []
    for session_id in range(draw(st.integers(0, 8))):
        opening = THURSDAY + timedelta(minutes=5 * draw(st.integers(0, 40)))
        closing = opening + timedelta(minutes=5 * draw(st.integers(1, 18)))
        quarters = draw(st.integers(0, 6))
        credit = Quarters(quarters), Quarters(draw(st.integers(0, quarters)))
        lines.append(Line(session_id, opening, closing, *credit, draw(st.booleans())))
    return lines


LIMITS = st.builds(Limits, st.integers(0, 40).map(Quarters), st.integers(0, 20).map(Quarters))


@settings(max_examples=examples(5))
@given(claims(), LIMITS, st.sampled_from(OverlapPolicy))
def test_claimable_equals_the_oracles_maximum_within_the_limits(
    lines: list[Line], limits: Limits, policy: OverlapPolicy
) -> None:
    category1 = _by_the_oracle([line.quarters for line in lines], lines, policy)
    safety = _by_the_oracle([line.safety for line in lines], lines, policy)
    category1 = min(category1, limits.category1)
    assert claimable(lines, limits, policy) == most(
        category1, min(safety, limits.safety, category1)
    )


@settings(max_examples=examples(4))
@given(claims(), st.sampled_from([RESOLVE, CAP]))
def test_lowering_a_line_never_raises_the_claimable_maximum(
    lines: list[Line], policy: OverlapPolicy
) -> None:
    before = claimable(lines, PSTM24, policy)
    for index, full in enumerate(lines):
        if full.quarters:
            less = Quarters(full.quarters - 1)
            safety = max_safety(full.safety, less)
            lowered = Line(
                full.session_id, full.starts_at, full.ends_at, less, safety, full.on_demand
            )
            after = claimable([*lines[:index], lowered, *lines[index + 1 :]], PSTM24, policy)
            assert after.category1 <= before.category1
            assert after.safety <= before.safety


@given(claims(), st.integers(0, 50), st.integers(0, 30))
def test_totals_that_are_not_cleared_can_be_claimed(
    lines: list[Line], category1: int, safety: int
) -> None:
    bounds = claimable(lines, PSTM24, CAP)
    totals, cleared = clear_unsupported(chosen(category1 + 1, safety), bounds)
    validate_totals(totals, bounds)
    assert cleared == (totals != chosen(category1 + 1, safety))


def _quarters(*amounts: int) -> tuple[Quarters, ...]:
    return tuple(map(Quarters, amounts))


def _by_the_oracle(credit: Sequence[Quarters], lines: Sequence[Line], policy: OverlapPolicy) -> int:
    if policy is ALLOW:
        return sum(credit)
    live = [
        Interval(each.session_id, each.starts_at, each.ends_at, quarters)
        for each, quarters in zip(lines, credit, strict=True)
        if not each.on_demand
    ]
    on_demand = [quarters for each, quarters in zip(lines, credit, strict=True) if each.on_demand]
    return overlap_oracle.supported(live) + sum(on_demand)
