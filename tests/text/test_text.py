from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cme_reflex import text
from cme_reflex.domain.claims.claim import ClaimLocked, ClaimPeriodClosed, ClaimPeriodNotOpen
from cme_reflex.domain.people.names import InvalidName, NameFault
from cme_reflex.domain.programme.programme import NotYetEnded

PACIFIC = ZoneInfo("America/Los_Angeles")
CENTRAL = ZoneInfo("America/Chicago")


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2024, 9, day, hour, minute, tzinfo=PACIFIC)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (local(26, 8), local(26, 10), "8:00–10:00 am"),
        (local(26, 11, 30), local(26, 13), "11:30 am–1:00 pm"),
        (local(26, 12), local(26, 13), "12:00–1:00 pm"),
        (local(26, 22), local(27, 0, 30), "10:00 pm–Fri, Sep 27, 12:30 am"),
    ],
)
def test_times_read_as_people_say_them(start: datetime, end: datetime, expected: str) -> None:
    assert text.dates.span(start, end, PACIFIC) == expected


def test_a_deadline_names_its_zone() -> None:
    deadline = datetime(2026, 2, 23, 19, 0, tzinfo=UTC)
    assert text.dates.instant(deadline, CENTRAL) == "Feb 23, 2026, 1:00 pm CT"
    assert text.dates.instant(deadline, ZoneInfo("Europe/Berlin")) == "Feb 23, 2026, 8:00 pm CET"
    assert text.dates.instant(deadline, UTC) == "Feb 23, 2026, 7:00 pm UTC"


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (local(26, 0, 5), "12:05 am"),
        (local(26, 9, 30), "9:30 am"),
        (local(26, 12), "12:00 pm"),
        (local(26, 23, 59), "11:59 pm"),
    ],
)
def test_noon_and_midnight_are_twelve(at: datetime, expected: str) -> None:
    assert text.dates.clock(at, PACIFIC) == expected


@pytest.mark.parametrize("offset", range(0, 366, 5))
def test_days_are_those_of_the_calendar(offset: int) -> None:
    day = date(2024, 1, 1) + timedelta(days=offset)
    assert text.dates.day(day) == f"{day:%A, %B} {day.day}"
    assert text.dates.short_day(day) == f"{day:%a, %b} {day.day}"


def test_one_thing_that_is_missing_is_singular() -> None:
    assert [text.submit.MISSING(1), text.submit.MISSING(2)] == [
        "1 thing is still missing",
        "2 things are still missing",
    ]
    assert [text.reporting.ANOTHER_LOOK(1), text.reporting.ANOTHER_LOOK(2)] == [
        "1 of the fields needs another look.",
        "2 of the fields need another look.",
    ]


def test_one_session_is_singular() -> None:
    assert [text.claim.SESSIONS(count) for count in (0, 1, 2)] == [
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
def test_the_waiting_time_shown_is_never_too_short(seconds: int, code: str) -> None:
    now = datetime(2024, 11, 1, tzinfo=UTC)
    assert text.sign_in.wait_code(now + timedelta(seconds=seconds), now) == code


def test_the_waiting_message_names_other_ways_to_sign_in() -> None:
    assert text.sign_in.wait(1) == (
        "Too many attempts. Wait a minute, then try again, or use a sign-in link by e-mail."
    )
    assert text.sign_in.wait(5, "Society login") == (
        "Too many attempts. Wait 5 minutes, then try again, or use a sign-in link by e-mail "
        "or “Society login”."
    )


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2024, 9, 26), date(2024, 9, 26), "September 26, 2024"),
        (date(2024, 9, 26), date(2024, 9, 29), "September 26–29, 2024"),
        (date(2024, 9, 30), date(2024, 10, 2), "September 30 – October 2, 2024"),
        (date(2024, 12, 30), date(2025, 1, 2), "December 30, 2024 – January 2, 2025"),
    ],
)
def test_the_days_of_a_meeting_say_no_more_than_they_need(
    first: date, last: date, expected: str
) -> None:
    assert text.dates.days(first, last) == expected


ERRORS = [
    (ClaimLocked(), "Your claim is submitted, so it can no longer be changed."),
    (ClaimPeriodNotOpen(local(26, 8)), "Claims open on Sep 26, 2024, 8:00 am PT."),
    (ClaimPeriodClosed(local(26, 8)), "Claims closed on Sep 26, 2024, 8:00 am PT."),
    (NotYetEnded(local(26, 8)), "This session can be added from Sep 26, 2024, 8:00 am PT."),
]


@pytest.mark.parametrize(("error", "sentence"), ERRORS)
def test_an_error_message_has_the_errors_values(error: Exception, sentence: str) -> None:
    assert text.errors.error_message(error, PACIFIC) == sentence


FORBIDDEN = (
    "A name cannot contain {}. Use letters, spaces, hyphens, apostrophes, periods, commas, "
    "slashes and parentheses."
)


@pytest.mark.parametrize(
    ("invalid", "sentence"),
    [
        (InvalidName(NameFault.EMPTY), "Enter your name."),
        (InvalidName(NameFault.TOO_LONG), "Enter your name in at most 120 characters."),
        (
            InvalidName(NameFault.WEB_ADDRESS),
            "Enter your name without a web address, and with a space after each period.",
        ),
        (InvalidName(NameFault.FORBIDDEN_CHARACTERS, '="'), FORBIDDEN.format('=, "')),
        (
            InvalidName(NameFault.FORBIDDEN_CHARACTERS, "\u202e"),
            FORBIDDEN.format("U+202E (right-to-left override)"),
        ),
        (
            InvalidName(NameFault.FORBIDDEN_CHARACTERS, "\x07"),
            FORBIDDEN.format("U+0007"),
        ),
        (
            InvalidName(NameFault.UNPRINTABLE, "𓂀☃"),
            "The certificate cannot print 𓂀, ☃. Enter your name without it, or in other letters.",
        ),
    ],
)
def test_what_is_wrong_with_a_name_is_said_with_its_signs(
    invalid: InvalidName, sentence: str
) -> None:
    assert text.submit.name_fault(invalid) == sentence


def test_an_error_that_the_attendee_cannot_fix_has_no_message() -> None:
    assert text.errors.error_message(RuntimeError("no database"), PACIFIC) is None
