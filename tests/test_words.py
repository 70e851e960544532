from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cme_reflex import words

PACIFIC = ZoneInfo("America/Los_Angeles")
CENTRAL = ZoneInfo("America/Chicago")


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2024, 9, day, hour, minute, tzinfo=PACIFIC)


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        (local(26, 8), local(26, 10), "8:00–10:00 am"),
        (local(26, 11, 30), local(26, 13), "11:30 am–1:00 pm"),
        (local(26, 12), local(26, 13), "12:00–1:00 pm"),
        (local(26, 22), local(27, 0, 30), "10:00 pm–Fri, Sep 27, 12:30 am"),
    ],
)
def test_times_read_as_people_say_them(start: datetime, end: datetime, text: str) -> None:
    assert words.span(start, end, PACIFIC) == text


def test_a_deadline_names_its_zone() -> None:
    deadline = datetime(2026, 2, 23, 19, 0, tzinfo=UTC)
    assert words.instant(deadline, CENTRAL) == "Feb 23, 2026, 1:00 pm CT"
    assert words.instant(deadline, ZoneInfo("Europe/Berlin")) == "Feb 23, 2026, 8:00 pm CET"
    assert words.instant(deadline, UTC) == "Feb 23, 2026, 7:00 pm UTC"


def test_one_session_is_singular() -> None:
    assert [words.sessions(count) for count in (0, 1, 2)] == [
        "0 sessions",
        "1 session",
        "2 sessions",
    ]


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (0, "wait-1"),
        (60, "wait-1"),
        (61, "wait-2"),
        (240, "wait-5"),
        (480, "wait-10"),
        (900, "wait-15"),
        (9000, "wait-15"),
    ],
)
def test_who_has_to_wait_is_told_no_less_than_that(seconds: int, code: str) -> None:
    now = datetime(2024, 11, 1, tzinfo=UTC)
    assert words.wait_code(now + timedelta(seconds=seconds), now) == code


def test_who_has_to_wait_is_told_what_works_meanwhile() -> None:
    assert words.wait(1) == (
        "Too many attempts. Wait a minute, then try again, or use a sign-in link by e-mail."
    )
    assert words.wait(5, "Society login") == (
        "Too many attempts. Wait 5 minutes, then try again, or use a sign-in link by e-mail "
        "or “Society login”."
    )
