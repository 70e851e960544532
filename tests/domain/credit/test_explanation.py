"""Explanations of claimable amounts add up to them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cme_reflex.domain.credit.claimable import OverlapPolicy, claimable
from cme_reflex.domain.credit.credit_type import Amount, CreditType, CreditTypes, Need, Partial
from cme_reflex.domain.credit.explanation import Deduction, Explanation, Reason, explain
from cme_reflex.domain.credit.line import Line
from tests.support.values.meeting_values import CATEGORY1, SAFETY, ZONE

MIDNIGHT = datetime(2024, 9, 26, 7, tzinfo=UTC)


def line(key: int, start: int, minutes: int, **more: Any) -> Line:
    """A line that begins so many minutes after midnight, with an hour of Category 1."""
    starts_at = MIDNIGHT + timedelta(minutes=start)
    fields = {"amounts": {"category1": Amount(4)}, "on_demand": False, "minutes": minutes}
    return Line(
        session_id=key,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        **{**fields, **more},
    )


def explained(
    *lines: Line,
    of: CreditType = CATEGORY1,
    types: tuple[CreditType, ...] = (CATEGORY1, SAFETY),
    registration_type: str = "full",
    policy: OverlapPolicy = OverlapPolicy.CAP,
) -> Explanation:
    terms: dict[str, Any] = {
        "registration_type": registration_type,
        "policy": policy,
        "zone": ZONE,
    }
    most = claimable(CreditTypes(types), lines, **terms)
    return explain(of, lines, most, **terms)


def test_without_deductions_it_is_the_sum() -> None:
    assert explained(line(1, 480, 60), line(2, 540, 60, on_demand=True)) == Explanation(
        amount=Amount(8), total=Amount(8), sessions=2
    )


def test_sessions_that_overlap_are_named_by_their_time() -> None:
    lines = [line(1, 480, 60), line(2, 510, 60), line(3, 660, 60)]
    assert explained(*lines) == Explanation(
        amount=Amount(10),
        total=Amount(12),
        sessions=3,
        deductions=(
            Deduction(
                reason=Reason.OVERLAP,
                amount=Fraction(2),
                starts_at=lines[0].starts_at,
                ends_at=lines[1].ends_at,
            ),
        ),
    )
    assert explained(*lines, policy=OverlapPolicy.ALLOW).deductions == ()


def test_a_daily_maximum_is_told_by_day() -> None:
    limited = replace(CATEGORY1, daily_maximum=Amount(6))
    lines = [line(1, 480, 60), line(2, 540, 60), line(3, 480 + 1440, 60)]
    found = explained(*lines, of=limited, types=(limited,))
    assert (found.amount, found.deductions) == (
        10,
        (
            Deduction(
                reason=Reason.DAILY_MAXIMUM,
                amount=Fraction(2),
                limit=Amount(6),
                day=date(2024, 9, 26),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("registration_type", "deduction"),
    [
        ("full", Deduction(reason=Reason.MAXIMUM, amount=Fraction(4), limit=Amount(40))),
        (
            "day",
            Deduction(reason=Reason.REGISTRATION_MAXIMUM, amount=Fraction(38), limit=Amount(6)),
        ),
    ],
)
def test_the_lower_of_two_maxima_is_told(registration_type: str, deduction: Deduction) -> None:
    lines = [line(key, 60 * key, 60) for key in range(11)]
    found = explained(*lines, registration_type=registration_type)
    assert found.deductions == (deduction,)


def test_a_subset_is_at_most_its_primary_type() -> None:
    limited = replace(CATEGORY1, maximum=Amount(2))
    both = {"category1": Amount(4), "safety": Amount(4)}
    found = explained(line(1, 480, 60, amounts=both), of=SAFETY, types=(limited, SAFETY))
    assert (found.amount, found.deductions) == (
        2,
        (Deduction(reason=Reason.PRIMARY, amount=Fraction(2), limit=Amount(2)),),
    )


def test_lines_that_do_not_count_are_counted_by_their_need() -> None:
    waiting = line(1, 480, 60, amounts={}, unmet={"category1": Need.SESSION_EVALUATION})
    found = explained(waiting, line(2, 540, 60))
    assert (found.sessions, found.unmet) == (1, {Need.SESSION_EVALUATION: 1})


@st.composite
def lines_of(draw: st.DrawFn) -> list[Line]:
    """Lines of three days, with more or less credit than their minutes."""
    return [
        line(
            key,
            draw(st.integers(0, 48)) * 75,
            draw(st.sampled_from([25, 50, 60, 90])),
            amounts={
                code: Amount(amount)
                for code, amount in (("category1", quarters), ("safety", quarters // 2))
                if amount
            },
            on_demand=draw(st.integers(0, 4)) == 0,
        )
        for key in range(draw(st.integers(0, 12)))
        for quarters in [draw(st.integers(0, 6))]
    ]


maxima = st.none() | st.integers(0, 20).map(Amount)


@given(
    lines_of(),
    st.sampled_from(OverlapPolicy),
    st.sampled_from(Partial),
    maxima,
    maxima,
    st.dictionaries(st.just("full"), st.integers(0, 20).map(Amount)),
)
def test_the_deductions_add_up(
    lines: list[Line],
    policy: OverlapPolicy,
    partial: Partial,
    maximum: Amount | None,
    daily: Amount | None,
    own: dict[str, Amount],
) -> None:
    whole = replace(
        CATEGORY1,
        partial=partial,
        maximum=maximum,
        daily_maximum=daily,
        registration_maxima=own,
    )
    part = replace(SAFETY, maximum=None, partial=partial, daily_maximum=daily)
    for of in (whole, part):
        found = explained(*lines, of=of, types=(whole, part), policy=policy)
        assert all(each.amount > 0 for each in found.deductions)
        assert found.total - sum(each.amount for each in found.deductions) == found.amount
