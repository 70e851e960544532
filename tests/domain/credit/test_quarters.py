from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cme_reflex.domain.credit.quarters import (
    InvalidHours,
    Quarters,
    format_hours,
    nearest_quarters,
    parse_hours,
    to_minutes,
)


def test_a_duration_is_rounded_to_the_nearest_quarter_hour() -> None:
    durations = [0, 5, 7, 8, 15, 22, 23, 60, 440]
    assert [nearest_quarters(duration) for duration in durations] == [0, 0, 0, 1, 1, 1, 2, 4, 29]


def test_the_aafps_seven_hours_and_twenty_minutes_are_7_25_credits() -> None:
    assert format_hours(nearest_quarters(7 * 60 + 20)) == "7.25"


def test_an_end_before_the_start_is_worth_nothing() -> None:
    assert nearest_quarters(-90) == 0


@given(st.integers(0, 10**6))
def test_no_quarter_is_nearer_than_the_nearest(duration: int) -> None:
    assert 2 * abs(to_minutes(nearest_quarters(duration)) - duration) < 15


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
    assert parse_hours(text) == quarters


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
    with pytest.raises(InvalidHours) as refusal:
        parse_hours(text)
    assert refusal.value.text is text


def test_the_error_message_says_what_to_write_instead() -> None:
    remedy = "'1.1' is not a number of hours. Use quarter hours, such as 1.25."
    assert str(InvalidHours("1.1")) == remedy


def test_hours_always_have_two_decimals() -> None:
    shown = [format_hours(Quarters(quarters)) for quarters in (0, 1, 2, 3, 4, 34, 243)]
    assert shown == ["0.00", "0.25", "0.50", "0.75", "1.00", "8.50", "60.75"]


@given(st.integers(0, 39999))
def test_hours_are_read_back_as_they_were_written(quarters: int) -> None:
    assert parse_hours(format_hours(Quarters(quarters))) == quarters


def test_a_quarter_is_fifteen_minutes() -> None:
    assert to_minutes(Quarters(29)) == 435
