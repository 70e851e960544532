from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cme_reflex.domain.credit.credit_type import (
    Amount,
    CreditStatements,
    CreditType,
    InvalidAmount,
    Need,
    Partial,
    Receiver,
    Rounding,
)
from tests.support.values.credit_values import (
    ACPE,
    AMA,
    ANCC,
    APA,
    ASWB,
    COPE,
    EACCME,
    MOC,
    MORNING,
    SAFETY,
    credit_type,
)

SECOND = timedelta(seconds=1)


def test_a_type_says_only_what_differs_from_quarter_hours_to_the_nearest() -> None:
    given = {"code": "ama", "label": "AMA", "name_one": "Credit", "name_many": "Credits"}
    assert CreditType(**given) == CreditType(
        **given,
        accreditor="",
        minutes_per_unit=60,
        increment=Fraction(1, 4),
        rounding=Rounding.NEAREST,
        minimum=0,
        partial=Partial.YES,
        display_divisor=1,
        from_duration=None,
        maximum=None,
        daily_maximum=None,
        registration_maxima={},
        part_of=None,
        awarded_to=frozenset(),
        participation_for=frozenset(),
        needs=Need.NONE,
        opens_at=None,
        closes_at=None,
        statements=CreditStatements(accreditation="", designation="", award="", participation=""),
        provider_number="",
        identifier_label="",
        identifier_pattern="",
        reported_to=Receiver.NONE,
    )


@pytest.mark.parametrize("code", ["a", "ama-pra-1", "x" * 32])
def test_a_code_is_made_of_lower_case_letters_digits_and_hyphens(code: str) -> None:
    assert credit_type(code).code == code


@pytest.mark.parametrize("code", ["", "1a", "-a", "AMA", "a_b", "a b", "x" * 33, "a\n", "é"])
def test_nothing_else_is_a_code(code: str) -> None:
    with pytest.raises(ValueError, match=r"is not a code such as ama-pra-1"):
        credit_type(code)


@pytest.mark.parametrize(
    "change",
    [
        {"minutes_per_unit": 0},
        {"minutes_per_unit": -1},
        {"increment": Fraction(0)},
        {"increment": Fraction(-1, 4)},
        {"display_divisor": 0},
    ],
)
def test_unit_increment_and_divisor_are_positive(change: dict[str, Any]) -> None:
    with pytest.raises(
        ValueError, match=r"^ama: unit, increment and display divisor are positive$"
    ):
        credit_type("ama", **change)
    credit_type("ama", minutes_per_unit=1, display_divisor=1)


@pytest.mark.parametrize("increment", [Fraction(3, 4), Fraction(2), Fraction(2, 5)])
def test_a_unit_is_a_whole_number_of_increments(increment: Fraction) -> None:
    with pytest.raises(ValueError, match=r"^ama: a unit is no whole number of increments$"):
        credit_type("ama", increment=increment)


def test_a_primary_type_gives_the_duration_and_a_subset_does_not_unless_it_says_so() -> None:
    assert [each.gives_duration for each in (AMA, SAFETY, MOC)] == [True, False, False]
    assert credit_type("safety", part_of="ama", from_duration=True).gives_duration
    assert [each.is_primary for each in (AMA, SAFETY)] == [True, False]


def test_a_type_is_open_from_its_opening_until_just_before_its_close() -> None:
    later = MORNING + timedelta(days=1)
    dated = credit_type(opens_at=MORNING, closes_at=later)
    instants = MORNING - SECOND, MORNING, later - SECOND, later
    assert [dated.is_open(at) for at in instants] == [False, True, True, False]
    assert [credit_type(opens_at=MORNING).is_open(at) for at in instants] == [False, *[True] * 3]
    assert [credit_type(closes_at=later).is_open(at) for at in instants] == [*[True] * 3, False]
    assert AMA.is_open(MORNING)


def test_a_duration_is_rounded_to_the_nearest_quarter_hour() -> None:
    durations = [0, 5, 7, 8, 15, 22, 23, 60, 440]
    assert [AMA.of_duration(duration) for duration in durations] == [0, 0, 0, 1, 1, 1, 2, 4, 29]


@pytest.mark.parametrize(
    ("of", "minutes", "shown"),
    [
        (AMA, 7 * 60 + 20, "7.25"),  # the AAFP's own example
        (AMA, 100, "1.75"),
        (EACCME, 100, "1.5"),
        (COPE, 50, "1.00"),
        (COPE, 25, "0.50"),
        (ACPE, 15, "0.025"),
        (ACPE, 90, "0.15"),
        (APA, 59, "0.00"),
        (APA, 60, "1.00"),
        (APA, 75, "1.25"),
        (ASWB, 90, "1.50"),
        (MOC, 60, "1"),
    ],
)
def test_durations_are_credit_as_the_accreditors_say(
    of: CreditType, minutes: int, shown: str
) -> None:
    assert of.format(of.of_duration(minutes)) == shown


def test_a_tie_goes_up_to_the_nearest_and_not_when_rounded_down() -> None:
    half = Fraction(1, 2)
    nearest, down = (credit_type(increment=half, rounding=each) for each in Rounding)
    assert [nearest.of_duration(minutes) for minutes in (14, 15, 44, 45)] == [0, 1, 1, 2]
    assert [down.of_duration(minutes) for minutes in (15, 29, 30, 59, 60)] == [0, 0, 1, 1, 2]
    steps = [COPE.of_duration(minutes) for minutes in (6, 7, 18, 19)]
    assert steps == [0, 1, 1, 2]  # 6.25 and 18.75 minutes are the ties


@pytest.mark.parametrize("of", [AMA, credit_type(rounding=Rounding.DOWN)])
def test_an_end_before_the_start_is_worth_nothing(of: CreditType) -> None:
    assert [of.of_duration(minutes) for minutes in (-90, -1, 0)] == [0, 0, 0]


@given(st.integers(0, 10**6))
def test_no_quarter_is_nearer_than_the_nearest(duration: int) -> None:
    assert 2 * abs(AMA.minutes_of(AMA.of_duration(duration)) - duration) <= 15


def test_a_part_gives_the_increments_that_fit() -> None:
    assert [AMA.of_part(minutes) for minutes in (-20, 0, 14, 15, 29, 30, 45)] == [
        *(0, 0, 0, 1, 1, 2, 3),
    ]
    assert [COPE.of_part(minutes) for minutes in (12, 13, 24, 25, 37, 38)] == [0, 1, 1, 2, 2, 3]
    assert [APA.of_part(minutes) for minutes in (45, 59, 60, 74, 75)] == [0, 0, 4, 4, 5]
    assert [ASWB.of_part(minutes) for minutes in (15, 60, 600)] == [0, 0, 0]


def test_an_amount_stands_for_its_minutes_rounded_up() -> None:
    assert AMA.minutes_of(Amount(29)) == 435
    assert [COPE.minutes_of(Amount(amount)) for amount in range(5)] == [0, 13, 25, 38, 50]
    assert COPE.minutes_per_increment == Fraction(25, 2)


@pytest.mark.parametrize(
    ("text", "quarters"),
    [
        ("8.50", 34),
        ("8.5", 34),
        ("8.5000", 34),
        ("8", 32),
        ("0", 0),
        ("0.25", 1),
        ("10.75", 43),
        ("0060.75", 243),
        (" 17.50 ", 70),
        ("9999", 39996),
        (Decimal("60.75"), 243),
        (Decimal("1E+1"), 40),
    ],
)
def test_hours_are_read_as_people_write_them(text: str | Decimal, quarters: int) -> None:
    assert AMA.parse(text) == quarters


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "1.1",
        "0.3",
        "1.2500000000000000000000000000001",
        "1,25",
        ".5",
        "1.",
        "1..5",
        "1 25",
        "1.25\n2",
        "1e3",
        "1E0",
        "nan",
        "inf",
        "+1",
        "-1",
        "-0.25",
        "1_0",
        "0x1",
        "10000",
        "８.５",
        "٣",
        "one",
        Decimal("NaN"),
        Decimal("Infinity"),
        Decimal("-1"),
        Decimal("0.1"),
    ],
)
def test_anything_but_a_number_of_quarter_hours_is_rejected(text: str | Decimal) -> None:
    with pytest.raises(InvalidAmount) as refusal:
        AMA.parse(text)
    assert refusal.value.text is text


def test_an_amount_is_read_in_units_and_not_in_units_as_shown() -> None:
    assert [ACPE.parse("1.5"), ACPE.parse("0.25")] == [6, 1]
    assert [EACCME.parse("8"), EACCME.parse("0.5"), MOC.parse("5"), COPE.parse("0.75")] == [
        *(16, 1, 5, 3),
    ]
    for of, text in ((EACCME, "0.25"), (MOC, "0.5")):
        with pytest.raises(InvalidAmount):
            of.parse(text)


@pytest.mark.parametrize(("of", "example"), [(AMA, "0.25"), (EACCME, "0.5"), (MOC, "1")])
def test_the_error_message_says_what_to_write_instead(of: CreditType, example: str) -> None:
    for wrong in ("0.1", "one"):
        with pytest.raises(InvalidAmount) as refusal:
            of.parse(wrong)
        assert str(refusal.value) == f"'{wrong}' is not an amount of credit, such as {example}."


def test_hours_always_have_two_decimals() -> None:
    shown = [AMA.format(Amount(quarters)) for quarters in (0, 1, 2, 3, 4, 34, 243)]
    assert shown == ["0.00", "0.25", "0.50", "0.75", "1.00", "8.50", "60.75"]


def test_contact_hours_shown_as_ceu_are_divided_by_ten() -> None:
    assert [ACPE.format(Amount(quarters)) for quarters in (1, 4, 6)] == ["0.025", "0.10", "0.15"]


def test_an_increment_that_is_no_decimal_is_shown_with_six_digits() -> None:
    assert credit_type(increment=Fraction(1, 3)).format(Amount(2)) == "0.666667"


@pytest.mark.parametrize(
    ("of", "amounts"), [(AMA, (3, 4, 5, 0)), (MOC, (2, 1, 3, 0)), (ACPE, (4, 40, 41, 0))]
)
def test_one_is_named_in_the_singular_and_every_other_amount_in_the_plural(
    of: CreditType, amounts: tuple[int, ...]
) -> None:
    assert [of.name(Amount(each)) for each in amounts] == [
        *("Credits", "Credit", "Credits", "Credits"),
    ]


@given(st.integers(0, 39999))
def test_hours_are_read_back_as_they_were_written(quarters: int) -> None:
    assert ANCC.parse(ANCC.format(Amount(quarters))) == quarters
