"""Dates, times of day and durations as people write them."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cme_reflex.formats.tables.date_order import DateOrder
from cme_reflex.formats.tables.date_parsing import (
    AmbiguousDate,
    InvalidDate,
    InvalidDuration,
    MissingYear,
    WrongWeekday,
    parse_date,
    parse_duration,
    parse_serial,
    parse_time,
    split_time_range,
)

FORMATS = [
    *("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%m/%d/%Y", "%m/%d/%y", "%m-%d-%y"),
    *("%d-%b-%y", "%d %B %Y", "%B %d, %Y", "%b. %d, %Y", "%A, %B %d, %Y", "%a %d %b %Y"),
    *("%d %b '%y", "%B %dth, %Y", "the %dth of %B %Y", "%m/%d/%Y (%a)", "%A %m/%d/%y"),
]


@given(day=st.dates(date(2024, 1, 1), date(2060, 12, 31)), written=st.sampled_from(FORMATS))
def test_a_date_is_read_however_it_is_written(day: date, written: str) -> None:
    assert parse_date(day.strftime(written), DateOrder.MONTH) == day


@pytest.mark.parametrize(
    ("text", "invalid"),
    [
        ("9/10/2024", AmbiguousDate),
        ("9/31/24", InvalidDate),
        ("13/4/2030", InvalidDate),
        ("October 4", MissingYear),
        ("October 2030", InvalidDate),
        ("Oct 4 2030 8:00", InvalidDate),
        ("October November 4", InvalidDate),
        ("soon", InvalidDate),
        ("", InvalidDate),
        ("Monday, October 4, 2030", WrongWeekday),
        ("2030-02-30", InvalidDate),
        ("20301399", InvalidDate),
        ("Februar 4 2030", InvalidDate),
    ],
)
def test_what_is_no_date_or_could_be_two_is_refused(text: str, invalid: type[Exception]) -> None:
    order = None if invalid is AmbiguousDate else DateOrder.MONTH
    with pytest.raises(invalid) as caught:
        parse_date(text, order)
    assert type(caught.value) is invalid


@given(day=st.dates(date(2024, 1, 1), date(2060, 12, 31)), after=st.integers(-170, 170))
def test_a_date_without_a_year_is_the_nearest_one(day: date, after: int) -> None:
    near = day - timedelta(days=after)
    assert parse_date(f"{day:%B %d}", None, near=near) == day
    assert parse_date(f"{day:%m/%d}", DateOrder.MONTH, near=near) == day


@pytest.mark.parametrize(
    ("text", "both"),
    [
        ("8:00–9:30 am", (time(8), time(9, 30))),
        ("11:30-1:00 pm", (time(11, 30), time(13))),
        ("11:30 am–1:00", (time(11, 30), time(13))),
        ("8 AM to 10 AM", (time(8), time(10))),
        ("12-1 pm", (time(12), time(13))),
        ("10:30 p.m. – 12:30 a.m.", (time(22, 30), time(0, 30))),
        ("13:00-14:15", (time(13), time(14, 15))),
        ("0800-0930", (time(8), time(9, 30))),
        ("12 noon – 1 pm", (time(12), time(13))),
        ("9h00 - 10h30", (time(9), time(10, 30))),
    ],
)
def test_a_range_has_two_times_in_the_half_of_the_day_that_makes_it_short(
    text: str, both: tuple[time, time]
) -> None:
    found = split_time_range(text)
    assert found is not None
    assert tuple(map(parse_time, found)) == both


@pytest.mark.parametrize("text", ["8:00 am", "2030-10-04", "Flaps - Hands", "8 - 9", "to"])
def test_what_is_no_range_is_none(text: str) -> None:
    assert split_time_range(text) is None


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        *(("90", 90), ("90 min", 90), ("45'", 45), ("1:30", 90), ("1.5 h", 90), ("1,5 hours", 90)),
        *(("1 hr 30 min", 90), ("1h30", 90), ("2 hours", 120), ("1 hour and 15 minutes", 75)),
    ],
)
def test_a_duration_may_be_in_words(text: str, minutes: int) -> None:
    assert parse_duration(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["long", "1.5", "90 sec", ""])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(InvalidDuration):
        parse_duration(text)


def test_a_serial_number_is_a_date_of_this_age() -> None:
    windows, mac = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - days without a zone
    assert parse_serial("47760", windows) == parse_serial("46298", mac) == date(2030, 10, 4)
    assert parse_serial("47760.0", windows) == date(2030, 10, 4)
    assert [parse_serial(text, windows) for text in ("12345", "99999", "477", "4776O")] == [
        None
    ] * 4
