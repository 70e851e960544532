"""Six years, counted to the day."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from cme_reflex.domain.operations.retention import RETENTION_YEARS, WESTERNMOST, retention_cutoff


def test_accme_asks_for_six_years() -> None:
    assert RETENTION_YEARS == 6


@pytest.mark.parametrize(
    ("today", "first_kept"),
    [
        (date(2030, 9, 29), date(2024, 9, 29)),
        (date(2030, 1, 1), date(2024, 1, 1)),
        (date(2030, 12, 31), date(2024, 12, 31)),
        (date(2030, 2, 28), date(2024, 2, 28)),
        (date(2030, 3, 1), date(2024, 3, 1)),
    ],
)
def test_records_that_end_six_years_ago_today_are_retained_today(
    today: date, first_kept: date
) -> None:
    assert retention_cutoff(today) == first_kept


def test_on_a_leap_day_records_of_february_28_are_still_retained() -> None:
    days = [date(2028, 2, 28), date(2028, 2, 29), date(2028, 3, 1)]
    assert [retention_cutoff(day) for day in days] == [
        date(2022, 2, 28),
        date(2022, 2, 28),
        date(2022, 3, 1),
    ]


def test_records_of_a_leap_day_are_retained_through_february_28() -> None:
    ended = date(2024, 2, 29)
    kept = {day: ended >= retention_cutoff(day) for day in (date(2030, 2, 28), date(2030, 3, 1))}
    assert kept == {date(2030, 2, 28): True, date(2030, 3, 1): False}


def test_no_clock_is_behind_the_westernmost() -> None:
    hours = [datetime(2030, 10, 3, tzinfo=UTC) + timedelta(hours=hour) for hour in range(24)]
    for name in available_timezones():
        for now in hours:
            assert now.astimezone(WESTERNMOST).date() <= now.astimezone(ZoneInfo(name)).date()
