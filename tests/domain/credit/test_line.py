from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cme_reflex.domain.credit.credit_type import (
    Amount,
    Amounts,
    CreditType,
    CreditTypes,
    Need,
    Partial,
)
from cme_reflex.domain.credit.line import (
    NOTHING,
    InvalidMinutes,
    Line,
    designated,
    epoch_minute,
    full_minutes,
    line_amounts,
    minute_choices,
    unmet_needs,
    validate_minutes,
)
from tests.support.values.credit_values import (
    ACPE,
    AMA,
    APA,
    ASWB,
    COPE,
    EACCME,
    MOC,
    SAFETY,
    TYPES,
    amounts,
    at,
    credit_type,
    line,
)

EVALUATED = credit_type("evaluated", needs=Need.SESSION_EVALUATION)
RECORDED = credit_type("recorded", needs=Need.ATTENDANCE_RECORD)
OVERALL = credit_type("overall", needs=Need.OVERALL_EVALUATION)
PART = credit_type("part", part_of="evaluated")


def test_a_duration_is_in_whole_minutes_without_seconds() -> None:
    late, early = timedelta(seconds=50), timedelta(seconds=10)
    assert full_minutes(at("8:00"), at("9:30")) == 90
    assert full_minutes(at("8:00") + early, at("9:30") + late) == 90
    assert full_minutes(at("8:00") + late, at("9:30") + early) == 90
    assert full_minutes(at("9:00"), at("8:00")) == full_minutes(at("8:00"), at("8:00")) == 0
    assert epoch_minute(datetime.fromisoformat("1970-01-01T01:01:59+01:00")) == 1


@pytest.mark.parametrize(
    ("duration", "choices"),
    [
        (50, (50, 45, 30, 15)),
        (60, (60, 45, 30, 15)),
        (61, (61, 60, 45, 30, 15)),
        (16, (16, 15)),
        (15, (15,)),
        (8, (8,)),
        (0, (0,)),
    ],
)
def test_minutes_are_chosen_in_full_or_in_quarter_hours_below(
    duration: int, choices: tuple[int, ...]
) -> None:
    assert minute_choices(duration) == choices
    assert tuple(validate_minutes(minutes, duration) for minutes in choices) == choices


@pytest.mark.parametrize("wrong", [0, -15, 14, 46, 60, 15.0, "15", True, None, [15]])
def test_other_minutes_cannot_be_chosen(wrong: object) -> None:
    with pytest.raises(InvalidMinutes) as refusal:
        validate_minutes(wrong, 50)
    assert (refusal.value.minutes, refusal.value.duration) == (wrong, 50)
    assert str(refusal.value) == f"{wrong!r} minutes of 50 cannot be chosen."


def test_a_minute_is_not_chosen_by_the_word_true() -> None:
    with pytest.raises(InvalidMinutes):
        validate_minutes(True, 1)
    assert validate_minutes(1, 1) == 1


def test_a_line_says_what_it_gives_of_each_type() -> None:
    of = line(1, "8:00", "9:00", 4, safety=2)
    assert [of.amount(code) for code in ("ama", "safety", "ancc")] == [4, 2, 0]
    assert (of.minutes, of.unmet) == (60, {})
    assert Line(1, at("8:00"), at("9:00"), 60, amounts(ama=4, safety=2), False) == of
    assert hash(replace(of, amounts={})) == hash(of)


@pytest.mark.parametrize("minutes", [-1, 61])
def test_nobody_takes_part_for_longer_than_the_session(minutes: int) -> None:
    with pytest.raises(ValueError, match=rf"^{minutes} minutes of a session of 60$"):
        line(1, "8:00", "9:00", 4, minutes=minutes)
    assert [line(1, "8:00", "9:00", 4, minutes=each).minutes for each in (0, 60)] == [0, 60]


def test_a_line_cannot_give_less_than_nothing() -> None:
    with pytest.raises(ValueError, match=r"^a line cannot give less than no credit$"):
        line(1, "8:00", "9:00", 4, safety=-1)
    assert Line(1, at("8:00"), at("9:00"), 60, amounts(ama=0), False).amount("ama") == 0


def test_a_session_gives_what_is_designated_or_else_its_rounded_duration() -> None:
    types = CreditTypes((AMA, SAFETY, EACCME, MOC))
    assert designated(types, NOTHING, 100) == amounts(ama=7, eaccme=3)
    given = amounts(ama=2, safety=1, eaccme=0, moc=1)
    assert designated(types, given, 25) == amounts(ama=2, safety=1, moc=1)
    assert designated(types, NOTHING, 7) == {}


def test_a_subset_that_gives_the_duration_gives_no_more_than_its_primary_type() -> None:
    whole = CreditTypes((AMA, replace(SAFETY, from_duration=True)))
    assert designated(whole, NOTHING, 60) == amounts(ama=4, safety=4)
    assert designated(whole, amounts(ama=3), 60) == amounts(ama=3, safety=3)
    assert designated(whole, amounts(ama=0), 60) == {}


def test_a_duration_below_the_minimum_gives_nothing() -> None:
    apa = CreditTypes((APA,))
    assert [designated(apa, NOTHING, minutes) for minutes in (59, 60, 75)] == [
        {},
        amounts(apa=4),
        amounts(apa=5),
    ]


ALL = CreditTypes((AMA, SAFETY, ACPE, APA, ASWB, COPE, EACCME, MOC))
CREDIT = amounts(ama=3, safety=2, acpe=3, apa=3, aswb=3, cope=4, eaccme=2, moc=1)  # of 50 minutes


def test_in_full_a_line_gives_each_type_what_is_designated() -> None:
    assert line_amounts(ALL, CREDIT, 50, 50) == CREDIT
    assert line_amounts(TYPES, amounts(ama=2), 25, 25) == amounts(ama=2)
    assert line_amounts(TYPES, amounts(ama=1), 0, 0) == amounts(ama=1)


@pytest.mark.parametrize(
    ("minutes", "gives"),
    [
        (45, amounts(ama=3, safety=2, acpe=3, cope=3, eaccme=1)),
        (30, amounts(ama=2, safety=2, acpe=2, cope=2, eaccme=1)),
        (15, amounts(ama=1, safety=1, acpe=1, cope=1)),
        (14, amounts(cope=1)),
        (0, {}),
    ],
)
def test_in_part_a_line_gives_the_whole_increments_that_fit(minutes: int, gives: Amounts) -> None:
    assert line_amounts(ALL, CREDIT, 50, minutes) == gives


def test_a_part_gives_at_most_what_is_designated_and_from_the_minimum_on() -> None:
    types = CreditTypes((AMA, APA))
    assert line_amounts(types, amounts(ama=2, apa=8), 120, 90) == amounts(ama=2, apa=6)
    assert line_amounts(types, amounts(ama=2, apa=8), 120, 45) == amounts(ama=2)


def test_a_subset_follows_its_primary_type_down_and_up_unless_it_was_lowered() -> None:
    credit = amounts(ama=8, safety=6)
    given = [line_amounts(TYPES, credit, 120, minutes) for minutes in (120, 90, 60, 15)]
    assert given == [
        credit,
        amounts(ama=6, safety=6),
        amounts(ama=4, safety=4),
        amounts(ama=1, safety=1),
    ]
    lowered = [
        line_amounts(TYPES, credit, 120, minutes, amounts(safety=2)) for minutes in (120, 90, 15)
    ]
    assert lowered == [
        amounts(ama=8, safety=2),
        amounts(ama=6, safety=2),
        amounts(ama=1, safety=1),
    ]
    assert line_amounts(TYPES, credit, 120, 120, amounts(safety=0)) == amounts(ama=8)
    assert line_amounts(TYPES, credit, 120, 120, amounts(safety=7)) == credit


def test_a_subset_of_whole_sessions_or_with_a_minimum_gives_nothing_below() -> None:
    credit, whole = amounts(ama=8, safety=6), replace(SAFETY, partial=Partial.WHOLE_SESSION)
    assert line_amounts(CreditTypes((AMA, whole)), credit, 120, 105) == amounts(ama=7)
    assert line_amounts(CreditTypes((AMA, whole)), credit, 120, 120) == credit
    hour = CreditTypes((AMA, replace(SAFETY, minimum=60)))
    assert line_amounts(hour, credit, 120, 45) == amounts(ama=3)
    assert line_amounts(hour, credit, 120, 60) == amounts(ama=4, safety=4)


def test_a_stored_amount_of_a_primary_type_bounds_its_subsets() -> None:
    # An earlier release let half of a half hour of 5 minutes be claimed; no minutes say so.
    credit, stored = amounts(ama=2, safety=2), amounts(ama=1)
    assert line_amounts(TYPES, credit, 5, 5, stored) == amounts(ama=1, safety=1)


def test_a_subset_without_its_primary_type_gives_nothing() -> None:
    assert line_amounts(TYPES, amounts(safety=2), 60, 60) == {}


@given(
    st.integers(0, 240),
    st.data(),
    st.sampled_from([AMA, EACCME, COPE, APA, ASWB]),
)
def test_a_part_never_gives_more_than_the_whole_nor_a_subset_more_than_its_primary(
    duration: int, data: st.DataObject, primary: CreditType
) -> None:
    subset = replace(SAFETY, part_of=primary.code, increment=primary.increment)
    types = CreditTypes((primary, replace(subset, minutes_per_unit=primary.minutes_per_unit)))
    most = primary.of_duration(duration)
    credit = {
        primary.code: most,
        "safety": Amount(data.draw(st.integers(0, most))),
    }
    minutes = data.draw(st.integers(0, duration))
    fewer = data.draw(st.integers(0, minutes))
    gives = line_amounts(types, credit, duration, minutes)
    assert all(amount <= credit[code] for code, amount in gives.items())
    assert gives.get("safety", 0) <= gives.get(primary.code, 0)
    less = line_amounts(types, credit, duration, fewer)
    assert all(amount <= gives.get(code, 0) for code, amount in less.items())


NEEDY = CreditTypes((AMA, EVALUATED, PART, RECORDED, OVERALL))
EACH = amounts(ama=4, evaluated=4, part=2, recorded=4, overall=4)


def test_a_type_whose_need_is_not_met_does_not_count_nor_do_its_subsets() -> None:
    assert unmet_needs(NEEDY, EACH, ()) == (
        amounts(ama=4, overall=4),
        {"evaluated": Need.SESSION_EVALUATION, "recorded": Need.ATTENDANCE_RECORD},
    )
    assert unmet_needs(NEEDY, EACH, {Need.SESSION_EVALUATION}) == (
        amounts(ama=4, evaluated=4, part=2, overall=4),
        {"recorded": Need.ATTENDANCE_RECORD},
    )
    assert unmet_needs(NEEDY, EACH, set(Need)) == (EACH, {})


def test_a_need_of_a_subset_is_its_own() -> None:
    needy = replace(SAFETY, needs=Need.ATTENDANCE_RECORD)
    types = CreditTypes((AMA, needy))
    assert unmet_needs(types, amounts(ama=4, safety=2), ()) == (
        amounts(ama=4),
        {"safety": Need.ATTENDANCE_RECORD},
    )


def test_what_would_give_nothing_needs_nothing() -> None:
    assert unmet_needs(NEEDY, amounts(ama=4), ()) == (amounts(ama=4), {})
