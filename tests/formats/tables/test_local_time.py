"""Times on the clocks of the meeting's place, and the hour that is missing or there twice."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from cme_reflex.formats.meeting_folder.folder import InvalidInput, read_meeting_folder
from cme_reflex.formats.tables.local_time import (
    AmbiguousTime,
    InvalidTime,
    NonexistentTime,
    parse_instant,
)
from tests.support.files.folder_files import FolderFiles

LOS_ANGELES = ZoneInfo("America/Los_Angeles")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-09-26T08:00", datetime(2024, 9, 26, 15, tzinfo=UTC)),
        ("2024-09-26 08:00:30", datetime(2024, 9, 26, 15, 0, 30, tzinfo=UTC)),
        ("2024-12-01T08:00", datetime(2024, 12, 1, 16, tzinfo=UTC)),
        ("2024-09-26T08:00Z", datetime(2024, 9, 26, 8, tzinfo=UTC)),
        ("2024-11-03T01:30-07:00", datetime(2024, 11, 3, 8, 30, tzinfo=UTC)),
        ("2024-11-03T01:30-08:00", datetime(2024, 11, 3, 9, 30, tzinfo=UTC)),
        ("2024-03-10T03:00", datetime(2024, 3, 10, 10, tzinfo=UTC)),
        ("2024-11-03T02:00", datetime(2024, 11, 3, 10, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_on_the_clocks_of_the_place(text: str, expected: datetime) -> None:
    assert parse_instant(text, LOS_ANGELES) == expected


def test_a_time_that_the_clocks_skip_is_rejected_with_the_time_shown_instead() -> None:
    with pytest.raises(NonexistentTime) as caught:
        parse_instant("2024-03-10T02:30", LOS_ANGELES)
    assert caught.value.instead == "2024-03-10T03:30"


def test_the_hour_that_comes_twice_is_refused_with_both_offsets() -> None:
    with pytest.raises(AmbiguousTime) as caught:
        parse_instant("2024-11-03T01:30", LOS_ANGELES)
    assert (caught.value.earlier, caught.value.later) == (
        "2024-11-03T01:30-07:00",
        "2024-11-03T01:30-08:00",
    )


@pytest.mark.parametrize(
    "text", ["", "8:00", "2024-09-26", "2024-13-01T08:00", "tomorrow", "0001-01-01T00:00+14:00"]
)
def test_an_invalid_time_is_rejected(text: str) -> None:
    with pytest.raises(InvalidTime):
        parse_instant(text, LOS_ANGELES)


def test_a_session_at_a_clock_change_is_reported_with_the_remedy(files: FolderFiles) -> None:
    files.replace(
        "sessions.csv", "2024-09-19T00:00,2024-09-19T01:00", "2024-03-10T02:30,2024-11-03T01:30"
    )
    with pytest.raises(InvalidInput) as caught:
        read_meeting_folder(files.write())
    assert [str(problem) for problem in caught.value.problems] == [
        (
            "sessions.csv, row 4, start: There is no 2024-03-10T02:30 in America/Los_Angeles. "
            "Clocks go forward then; did you mean 2024-03-10T03:30?"
        ),
        (
            "sessions.csv, row 4, end: There are two 2024-11-03T01:30 in America/Los_Angeles. "
            "Clocks go back then; write 2024-11-03T01:30-07:00 or 2024-11-03T01:30-08:00."
        ),
    ]
