from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import floor
from zoneinfo import ZoneInfo

import pytest
from defusedxml import ElementTree
from hypothesis import given, settings
from hypothesis import strategies as st

from cme_reflex.domain.credit import claimable as rules
from cme_reflex.domain.credit.claimable import (
    CreditLimitExceeded,
    CreditNeedUnmet,
    CreditTypeClosed,
    OverlapPolicy,
    claimable_of,
    clear_unsupported,
    is_blocking,
    validate_total,
)
from cme_reflex.domain.credit.credit_type import (
    Amount,
    Amounts,
    CreditType,
    CreditTypes,
    Need,
    Partial,
    UnknownCreditType,
)
from cme_reflex.domain.credit.line import Line, designated, full_minutes, line_amounts
from cme_reflex.domain.credit.overlap import Conflict, Window, find_conflicts, supported
from tests.support.examples import examples
from tests.support.files.published_programmes import published_programme
from tests.support.models import overlap_oracle
from tests.support.values.credit_values import (
    AMA,
    ANCC,
    ASWB,
    EACCME,
    MOC,
    MORNING,
    SAFETY,
    SCREENSHOT_OF_2019,
    TYPES,
    amounts,
    any_durations,
    at,
    credit_type,
    line,
    programme,
    steps_of,
)

RESOLVE, CAP, ALLOW = OverlapPolicy
NOW = MORNING
OPENS, CLOSES = NOW - timedelta(days=1), NOW + timedelta(days=1)
PSTM24 = CreditTypes((replace(AMA, maximum=Amount(243)), replace(SAFETY, maximum=Amount(70))))


def claimable(
    lines: Sequence[Line],
    types: CreditTypes = PSTM24,
    policy: OverlapPolicy = CAP,
    *,
    registration_type: str = "full",
    zone: str = "UTC",
) -> Amounts:
    return rules.claimable(
        types, lines, registration_type=registration_type, policy=policy, zone=ZoneInfo(zone)
    )


SEED = (
    line(1, "8:00", "9:30", 6),
    line(2, "9:45", "11:45", 8),
    line(3, "13:00", "14:30", 6),
    line(4, "32:00", "33:30", 6),
    line(5, "34:30", "36:30", 8),
)
STAGGERED = (line(1, "8:00", "10:00", 8, safety=8), line(2, "9:00", "11:00", 8, safety=6))


@pytest.mark.parametrize("policy", OverlapPolicy)
def test_the_seeds_five_sessions_add_up_to_8_50_without_conflict(policy: OverlapPolicy) -> None:
    assert claimable(SEED, policy=policy) == amounts(ama=34, safety=0)
    assert AMA.format(claimable(SEED, policy=policy)["ama"]) == "8.50"
    assert find_conflicts(PSTM24, SEED) == ()


def test_the_seven_sessions_of_2019_support_the_morning() -> None:
    assert AMA.format(claimable(SCREENSHOT_OF_2019)["ama"]) == "4.50"


@pytest.mark.parametrize("policy", OverlapPolicy)
def test_no_lines_support_nothing(policy: OverlapPolicy) -> None:
    assert claimable((), policy=policy) == amounts(ama=0, safety=0)
    assert claimable((), CreditTypes(()), policy) == {}


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (RESOLVE, amounts(ama=12, safety=12)),
        (CAP, amounts(ama=12, safety=12)),
        (ALLOW, amounts(ama=16, safety=14)),
    ],
)
def test_staggered_sessions_count_the_shared_hour_once_unless_the_policy_allows_it(
    policy: OverlapPolicy, expected: Amounts
) -> None:
    assert claimable(STAGGERED, policy=policy) == expected


def test_a_conflict_is_reported_under_every_policy_and_only_resolve_blocks() -> None:
    found = find_conflicts(CreditTypes((AMA,)), STAGGERED)
    window = Window(at("8:00"), at("11:00"), amounts(ama=12), amounts(ama=16), (1, 2))
    assert found == (Conflict((window,), (1, 2), frozenset({"ama"})),)
    assert {policy: is_blocking(TYPES, found, policy, {}) for policy in OverlapPolicy} == {
        RESOLVE: True,
        CAP: False,
        ALLOW: False,
    }


@pytest.mark.parametrize("policy", OverlapPolicy)
def test_without_a_conflict_nothing_blocks(policy: OverlapPolicy) -> None:
    assert not is_blocking(TYPES, (), policy, {})
    assert not is_blocking(TYPES, (), policy, amounts(ama=4))


def test_a_conflict_of_a_type_that_is_not_chosen_does_not_block() -> None:
    types = CreditTypes((AMA, SAFETY, ANCC))
    lines = [
        line(1, "8:00", "9:00", 4, ancc=4),
        line(2, "8:00", "9:00", 0, ancc=4),
        line(3, "9:00", "10:00", 4),
    ]
    conflicts = find_conflicts(types, lines)
    blocking = {
        codes: is_blocking(types, conflicts, RESOLVE, dict.fromkeys(codes.split(), Amount(1)))
        for codes in ("", "ama", "ancc", "ama ancc", "ama safety", "safety")
    }
    assert blocking == {
        "": True,  # nothing is chosen yet, so it may be this one
        "ama": False,
        "ancc": True,
        "ama ancc": True,
        "ama safety": False,
        "safety": True,
    }


@pytest.mark.parametrize("policy", OverlapPolicy)
def test_an_on_demand_line_occupies_no_time_and_counts(policy: OverlapPolicy) -> None:
    lines = [
        line(1, "8:00", "10:00", 8, safety=4),
        line(2, "8:00", "10:00", 8, safety=8, on_demand=True),
    ]
    assert claimable(lines, policy=policy) == amounts(ama=16, safety=12)
    assert find_conflicts(PSTM24, lines) == ()


def test_patient_safety_meets_only_patient_safety() -> None:
    lines = [line(key, "8:00", "10:00", 8, safety=4) for key in (1, 2)]
    assert claimable(lines) == amounts(ama=8, safety=8)


@pytest.mark.parametrize("policy", OverlapPolicy)
def test_the_meetings_maxima_limit_the_claimable_credit(policy: OverlapPolicy) -> None:
    lines = [line(1, "8:00", "18:00", 40, safety=20)]
    types = CreditTypes((replace(AMA, maximum=Amount(30)), replace(SAFETY, maximum=Amount(7))))
    assert claimable(lines, types, policy) == amounts(ama=30, safety=7)
    assert claimable(lines, TYPES, policy) == amounts(ama=40, safety=20)


def test_patient_safety_is_never_more_than_the_category_1_it_is_part_of() -> None:
    lines = [line(1, "8:00", "18:00", 40, safety=20)]
    types = CreditTypes((replace(AMA, maximum=Amount(10)), SAFETY))
    assert claimable(lines, types) == amounts(ama=10, safety=10)


def test_a_registration_types_maximum_holds_where_it_is_lower() -> None:
    maxima = {"day": Amount(6), "none": Amount(0), "more": Amount(41)}
    types = CreditTypes(
        (
            replace(AMA, maximum=Amount(40), registration_maxima=maxima),
            replace(SAFETY, maximum=Amount(8), registration_maxima={"full": Amount(7)}),
        )
    )
    lines = [line(1, "8:00", "20:00", 48, safety=20)]
    most = {
        code: claimable(lines, types, registration_type=code)
        for code in ("full", "day", "none", "more", "unknown")
    }
    assert most == {
        "full": amounts(ama=40, safety=7),
        "day": amounts(ama=6, safety=6),
        "none": amounts(ama=0, safety=0),
        "more": amounts(ama=40, safety=8),
        "unknown": amounts(ama=40, safety=8),
    }


def whole(key: int, start: str, end: str, of: CreditType, *, on_demand: bool = False) -> Line:
    """A line of a whole session with the credit of its duration."""
    types, minutes = CreditTypes((of,)), full_minutes(at(start), at(end))
    given = line_amounts(types, designated(types, {}, minutes), minutes, minutes)
    return Line(key, at(start), at(end), minutes, given, on_demand)


def hours(
    lines: Sequence[Line], of: CreditType, policy: OverlapPolicy = CAP, zone: str = "UTC"
) -> str:
    """What can be claimed of one type, as it is shown."""
    return of.format(claimable(lines, CreditTypes((of,)), policy, zone=zone)[of.code])


def test_eaccme_gives_at_most_eight_a_day() -> None:
    day = whole(1, "8:00", "17:30", EACCME)
    assert EACCME.format(day.amount("eaccme")) == "9.5"
    assert hours([day], EACCME) == "8.0"
    next_morning = whole(2, "32:00", "34:00", EACCME)
    assert hours([day, next_morning], EACCME) == "10.0"
    recording = whole(3, "8:00", "9:00", EACCME, on_demand=True)
    assert hours([day, next_morning, recording], EACCME) == "11.0"
    assert hours([day, next_morning, recording], replace(EACCME, maximum=Amount(21))) == "10.5"


def test_a_daily_maximum_holds_under_every_policy() -> None:
    lines = [whole(key, "8:00", "14:00", EACCME) for key in (1, 2)]
    longer = [*lines, whole(3, "14:00", "18:00", EACCME)]
    shown = {
        policy: (hours(lines, EACCME, policy), hours(longer, EACCME, policy))
        for policy in OverlapPolicy
    }
    assert shown == {RESOLVE: ("6.0", "8.0"), CAP: ("6.0", "8.0"), ALLOW: ("8.0", "8.0")}


def test_a_day_is_that_of_the_start_in_the_meetings_zone() -> None:
    of = replace(EACCME, daily_maximum=Amount(4))
    # 7:00 is midnight in Los Angeles in September.
    lines = [whole(1, "4:00", "8:00", of), whole(2, "8:00", "12:00", of)]
    assert hours(lines, of, zone="UTC") == "2.0"
    assert hours(lines, of, zone="America/Los_Angeles") == "4.0"


def test_days_that_overlap_support_together_no_more_than_the_clock() -> None:
    of = replace(EACCME, daily_maximum=Amount(6))
    lines = [whole(1, "22:00", "26:00", of), whole(2, "24:00", "26:00", of)]
    assert hours(lines, of) == "4.0"  # 3 and 2 by day, but 4 in all


def test_all_is_rounded_down_once_at_the_end() -> None:
    # Two sessions at once support 50 minutes a day: 3.33 quarters, and 10 in three days.
    starts = [hour for hour in (8, 32, 56) for _ in range(2)]
    lines = [line(key, f"{hour}:00", f"{hour}:50", 3) for key, hour in enumerate(starts)]
    assert hours(lines, AMA) == "2.50"
    assert hours(lines, replace(AMA, daily_maximum=Amount(4))) == "2.50"
    assert hours(lines, replace(AMA, daily_maximum=Amount(3))) == "2.25"


def test_a_daily_maximum_of_a_subset_is_its_own() -> None:
    types = CreditTypes((AMA, replace(SAFETY, daily_maximum=Amount(2))))
    lines = [line(1, "8:00", "9:00", 4, safety=4), line(2, "32:00", "33:00", 4, safety=1)]
    assert claimable(lines, types) == amounts(ama=8, safety=3)


def test_types_are_counted_each_by_itself() -> None:
    types = CreditTypes((AMA, SAFETY, ANCC, ASWB, MOC))
    lines = [
        line(1, "8:00", "10:00", 8, safety=2, ancc=8, aswb=8),
        line(2, "9:00", "11:00", 8, aswb=9),
        line(3, "11:00", "12:00", 0, ancc=4, moc=1),
    ]
    assert claimable(lines, types) == amounts(ama=12, safety=2, ancc=12, aswb=9, moc=1)


def test_twenty_sessions_of_which_five_qualify_give_five_points() -> None:
    types = CreditTypes((AMA, MOC))
    lines = [
        line(key, f"{8 + key}:00", f"{9 + key}:00", 4, moc=int(key % 4 == 0)) for key in range(20)
    ]
    most = claimable(lines, types)
    assert [each.format(most[each.code]) for each in types] == ["20.00", "5"]


def test_all_of_fosdem_under_cap_gives_25() -> None:
    lines = []
    for key, event in enumerate(
        ElementTree.parse(published_programme("fosdem2025.xml")).iter("event")
    ):
        starts_at = datetime.fromisoformat(event.findtext("date")).astimezone(UTC)
        clock = event.findtext("duration").split(":")
        lasts = 60 * int(clock[0]) + int(clock[1])
        given = {"ama": AMA.of_duration(lasts)}
        ends_at = starts_at + timedelta(minutes=lasts)
        lines.append(Line(key, starts_at, ends_at, lasts, given, False))
    assert len(lines) == 943
    assert supported(AMA, lines) == Fraction("25.125") * 4
    assert hours(lines, AMA) == "25.00"


def test_patient_safety_is_bounded_by_the_category_1_chosen() -> None:
    most = amounts(ama=34, safety=12)
    bounds = [
        claimable_of(SAFETY, most, totals)
        for totals in ({}, amounts(ama=8), amounts(ama=12), amounts(ama=20, safety=1))
    ]
    assert bounds == [12, 8, 12, 12]
    assert claimable_of(AMA, most, amounts(ama=8, safety=1)) == 34


MOST = amounts(ama=34, safety=12)


def validate(totals: Amounts, types: CreditTypes = TYPES, *, now: datetime = NOW) -> None:
    """Choose each of these totals beside the others."""
    for code, amount in totals.items():
        validate_total(types, code, amount, MOST, totals, now=now)


@pytest.mark.parametrize(
    "totals",
    [
        {},
        amounts(ama=1),
        amounts(ama=34),
        amounts(ama=34, safety=0),
        amounts(ama=34, safety=12),
        amounts(ama=8, safety=8),
        amounts(safety=12),
    ],
)
def test_totals_up_to_the_maximum_can_be_chosen_and_are_not_cleared(totals: Amounts) -> None:
    validate(totals)
    assert clear_unsupported(TYPES, totals, MOST, now=NOW) == totals


@pytest.mark.parametrize(
    ("totals", "of", "limit", "amount"),
    [
        (amounts(ama=0), AMA, 34, 0),
        (amounts(ama=35), AMA, 34, 35),
        (amounts(ama=35, safety=0), AMA, 34, 35),
        (amounts(ama=34, safety=13), SAFETY, 12, 13),
        (amounts(ama=34, safety=-1), SAFETY, 12, -1),
        (amounts(ama=8, safety=9), SAFETY, 8, 9),
        (amounts(safety=13), SAFETY, 12, 13),
    ],
)
def test_totals_outside_the_claimable_range_are_rejected_with_the_limit(
    totals: Amounts, of: CreditType, limit: int, amount: int
) -> None:
    with pytest.raises(CreditLimitExceeded) as refusal:
        validate(totals)
    value = refusal.value
    assert (value.credit_type, value.limit, value.amount) == (of, limit, amount)


def test_the_error_message_has_the_amount_and_the_limit() -> None:
    refusal = "35 increments of ama; from 0 or 1 up to 34 can be claimed"
    assert str(CreditLimitExceeded(AMA, Amount(34), Amount(35))) == refusal


def test_a_type_that_is_not_offered_cannot_be_chosen() -> None:
    with pytest.raises(UnknownCreditType):
        validate(amounts(ancc=1))


@pytest.mark.parametrize("now", [OPENS - timedelta(seconds=1), CLOSES])
@pytest.mark.parametrize(("dated", "stays"), [("ama", {}), ("safety", amounts(ama=8))])
def test_a_type_that_is_not_open_can_neither_be_chosen_nor_stay(
    dated: str, stays: Amounts, now: datetime
) -> None:
    dates = {"opens_at": OPENS, "closes_at": CLOSES}
    types = CreditTypes(
        tuple(replace(each, **dates) if each.code == dated else each for each in TYPES)
    )
    chosen = amounts(ama=8, safety=2)
    for instant in (OPENS, NOW, CLOSES - timedelta(seconds=1)):
        validate(chosen, types, now=instant)
        assert clear_unsupported(types, chosen, MOST, now=instant) == chosen
    with pytest.raises(CreditTypeClosed) as refusal:
        validate(amounts(safety=2), types, now=now)
    assert refusal.value.credit_type == types["safety"]
    assert clear_unsupported(types, chosen, MOST, now=now) == stays


def test_the_log_says_when_a_type_is_open_and_what_it_needs() -> None:
    dated = credit_type("ama", opens_at=OPENS)
    assert str(CreditTypeClosed(dated)) == (
        "ama can be claimed from 2019-09-19 00:00:00+00:00 until None."
    )
    needy = credit_type("ama", needs=Need.OVERALL_EVALUATION)
    assert str(CreditNeedUnmet(needy)) == "ama needs: overall evaluation."


def test_a_type_that_needs_the_overall_evaluation_cannot_be_chosen_before() -> None:
    needy = replace(ANCC, needs=Need.OVERALL_EVALUATION)
    types, most = CreditTypes((AMA, needy)), amounts(ama=8, ancc=8)
    met = {Need.OVERALL_EVALUATION}
    validate_total(types, "ama", Amount(8), most, {}, now=NOW)
    validate_total(types, "ancc", Amount(8), most, {}, now=NOW, met=met)
    with pytest.raises(CreditNeedUnmet) as refusal:
        validate_total(types, "ancc", Amount(8), most, {}, now=NOW)
    assert refusal.value.credit_type == needy


@pytest.mark.parametrize("need", [Need.SESSION_EVALUATION, Need.ATTENDANCE_RECORD])
def test_a_type_that_needs_something_of_each_session_can_be_chosen(need: Need) -> None:
    types = CreditTypes((replace(AMA, needs=need),))
    validate_total(types, "ama", Amount(8), MOST, {}, now=NOW)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (amounts(ama=35), {}),
        (amounts(ama=35, safety=12), amounts(safety=12)),
        (amounts(ama=35, safety=13), {}),
        (amounts(ama=34, safety=13), amounts(ama=34)),
        (amounts(ama=8, safety=9), amounts(ama=8)),
        (amounts(safety=13), {}),
        (amounts(ama=34, ancc=1), amounts(ama=34)),
    ],
)
def test_a_total_above_its_maximum_or_not_offered_is_cleared_and_never_lowered(
    before: Amounts, after: Amounts
) -> None:
    assert clear_unsupported(TYPES, before, MOST, now=NOW) == after


def test_a_total_does_not_change_when_the_maximum_grows() -> None:
    assert clear_unsupported(TYPES, MOST, amounts(ama=60, safety=20), now=NOW) == MOST


@st.composite
def any_types(draw: st.DrawFn) -> CreditTypes:
    """A primary type with a subset, of any unit, increment and maxima."""
    unit = draw(st.sampled_from([60, 60, 50]))
    increment = Fraction(1, draw(st.sampled_from([4, 4, 2, 1])))
    most = st.none() | st.integers(0, 40).map(Amount)
    return CreditTypes(
        tuple(
            credit_type(
                code,
                part_of=part_of,
                minutes_per_unit=unit,
                increment=increment,
                partial=draw(st.sampled_from([Partial.YES, Partial.YES, Partial.WHOLE_SESSION])),
                maximum=draw(most),
                daily_maximum=draw(most),
                registration_maxima=draw(st.sampled_from([{}, {"day": Amount(6)}])),
            )
            for code, part_of in (("ama", None), ("safety", "ama"))
        )
    )


@st.composite
def claims(draw: st.DrawFn) -> list[Line]:
    """Lines of five to ninety minutes about midnight, some on demand, some partly a subset."""
    lines = []
    for session_id in range(draw(st.integers(0, 8))):
        opening = at("22:00") + timedelta(minutes=5 * draw(st.integers(0, 40)))
        lasts = 5 * draw(st.integers(1, 18))
        attended = draw(st.sampled_from([lasts, lasts, lasts // 2]))
        ama = draw(st.integers(0, 6))
        given = amounts(ama=ama, safety=draw(st.integers(0, ama)))
        closing = opening + timedelta(minutes=lasts)
        on_demand = draw(st.sampled_from([False, False, True]))
        lines.append(Line(session_id, opening, closing, attended, given, on_demand))
    return lines


@settings(max_examples=examples(5))
@given(claims(), any_types(), st.sampled_from(OverlapPolicy), st.sampled_from(["full", "day"]))
def test_claimable_equals_the_oracles_figures_within_the_limits(
    lines: list[Line], types: CreditTypes, policy: OverlapPolicy, registration_type: str
) -> None:
    ama, safety = (_by_the_oracle(each, lines, policy, registration_type) for each in types)
    most = claimable(lines, types, policy, registration_type=registration_type)
    assert most == amounts(ama=ama, safety=min(safety, ama))


def _by_the_oracle(
    of: CreditType, lines: Sequence[Line], policy: OverlapPolicy, registration_type: str
) -> int:
    """Rule 9's formula over the oracle's figures, by day and in all."""

    def attended(live: Sequence[Line]) -> Fraction:
        if policy is ALLOW:
            return Fraction(sum(overlap_oracle.amount(of, each) for each in live))
        return overlap_oracle.supported(of, live)

    live = [each for each in lines if not each.on_demand]
    most = attended(live)
    if of.daily_maximum is not None:
        days = {each.starts_at.date() for each in live}
        by_day = [attended([each for each in live if each.starts_at.date() == day]) for day in days]
        most = min(most, Fraction(sum(min(Fraction(of.daily_maximum), day) for day in by_day)))
    most += sum(overlap_oracle.amount(of, each) for each in lines if each.on_demand)
    limits = [of.maximum, of.registration_maxima.get(registration_type)]
    return floor(min([most, *(Fraction(limit) for limit in limits if limit is not None)]))


@settings(max_examples=examples(4))
@given(claims(), st.sampled_from([RESOLVE, CAP]))
def test_lowering_a_line_never_raises_the_claimable_maximum(
    lines: list[Line], policy: OverlapPolicy
) -> None:
    before = claimable(lines, policy=policy)
    for index, full in enumerate(lines):
        if full.amount("ama"):
            less = full.amount("ama") - 1
            given = amounts(ama=less, safety=min(full.amount("safety"), less))
            lowered = [*lines[:index], replace(full, amounts=given), *lines[index + 1 :]]
            after = claimable(lowered, policy=policy)
            assert all(after[code] <= before[code] for code in before)


@given(claims(), st.integers(1, 51), st.integers(0, 30))
def test_totals_that_are_not_cleared_can_be_claimed(
    lines: list[Line], ama: int, safety: int
) -> None:
    most = claimable(lines)
    totals = clear_unsupported(PSTM24, amounts(ama=ama, safety=safety), most, now=NOW)
    for code, amount in totals.items():
        validate_total(PSTM24, code, amount, most, totals, now=NOW)


@pytest.mark.parametrize(("of", "shares"), [(programme, 1), (any_durations, 6)])
def test_a_daily_maximum_takes_at_most_twice_the_steps(
    of: Callable[[int], list[Line]], shares: int
) -> None:
    types, daily = CreditTypes((AMA,)), CreditTypes((replace(AMA, daily_maximum=Amount(30)),))
    assert steps_of(lambda lines: claimable(lines, types), of(943)) < 225_000 * shares
    assert steps_of(lambda lines: claimable(lines, daily), of(943)) < 2 * 225_000 * shares
