"""`cme meeting list`, `close`, `reopen`, `archive`, and `new --from`."""

import re
from pathlib import Path

import pytest

from tests.support.cli import cme_output, invoke_cme
from tests.support.files.folder_files import FolderFiles

pytestmark = pytest.mark.usefixtures("migrated_database")

SUMMARY = "  The Test Meeting 2024: 2 attendees, 0 submitted"


def test_a_meeting_is_closed_reopened_archived_and_listed(loaded: Path) -> None:
    listed = ["test24: open until Dec 31, 2030, 11:59 pm PT (version 1)", SUMMARY]
    assert cme_output("meeting", "list") == (0, listed, [])
    closed = cme_output("meeting", "close", "TEST24")[1]
    assert re.fullmatch(r"test24: closed .+ PT \(version 2\)", closed[0])
    assert cme_output("meeting", "close", "test24")[1] == closed
    until = "2031-01-31T12:00"
    assert cme_output("meeting", "reopen", "test24", "--until", until)[1] == [
        "test24: open until Jan 31, 2031, 12:00 pm PT (version 3)",
        SUMMARY,
    ]
    archived = ["test24: archived (version 4)", SUMMARY]
    assert cme_output("meeting", "archive", "test24") == (0, archived, [])
    assert cme_output("meeting", "list")[1] == archived
    assert cme_output("mail", "remind")[2] == ["test24 is archived, so nobody is reminded."]


def test_what_cannot_be_done_is_said_and_changes_nothing(
    loaded: Path, files: FolderFiles, tmp_path: Path
) -> None:
    files.folder = tmp_path / "later"
    files.replace("meeting.toml", 'code = "test24"', 'code = "later"')
    files.replace(
        "meeting.toml", "opens_at = 2024-09-26T08:00:00-07:00", "opens_at = 2030-01-01T08:00:00"
    )
    invoke_cme("meeting", "load", files.write())
    listed = cme_output("meeting", "list")
    assert cme_output("meeting", "close", "later")[::2] == (
        1,
        [
            "The claim period of later opens at Jan 1, 2030, 8:00 am PT; nothing was changed. "
            "To postpone it, export the meeting and load it with other dates."
        ],
    )
    for until, said in (
        (
            "2020-01-01T08:00",
            "--until 2020-01-01T08:00 is over, or before the claim period; nothing was changed.",
        ),
        ("soon", "--until soon is not a valid time. Write it as 2026-02-23T13:00."),
    ):
        assert cme_output("meeting", "reopen", "test24", "--until", until)[2] == [said]
    assert cme_output("meeting", "archive", "none")[0] == 1
    assert cme_output("meeting", "list") == listed


def test_without_a_meeting_the_list_is_empty() -> None:
    assert cme_output("meeting", "list") == (0, ["No meeting is loaded."], [])


def test_a_copy_is_a_new_folder_that_loads(loaded: Path, tmp_path: Path) -> None:
    words = ("meeting", "new", "test25", "--from", "test24", "--starts-on", "2025-10-09")
    code, printed, errors = cme_output(*words, "--into", tmp_path)
    folder = tmp_path / "test25"
    assert (code, errors) == (0, [])
    assert printed[0] == f"{folder}: a copy of test24."
    assert 'code = "test25"\n' in (folder / "meeting.toml").read_text()
    assert "starts_on = 2025-10-09\n" in (folder / "meeting.toml").read_text()
    assert cme_output("meeting", "load", folder)[1][0] == "test25: version 1."
    assert cme_output(*words, "--into", tmp_path)[2] == [
        f"{folder} already exists; nothing was changed. Choose another code."
    ]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ("--from", "test24"),
            "A copy needs both: --from CODE, the meeting, and --starts-on DATE, its first day.",
        ),
        (
            ("--starts-on", "2025-10-09"),
            "A copy needs both: --from CODE, the meeting, and --starts-on DATE, its first day.",
        ),
        (
            ("--from", "test24", "--starts-on", "10/09/2025"),
            "--starts-on 10/09/2025 is not a valid date. Write it as 2026-10-08.",
        ),
        (
            ("--from", "none", "--starts-on", "2025-10-09"),
            "The meeting none is not loaded. See cme meeting list, "
            "or load it: cme meeting load DIR",
        ),
    ],
)
def test_a_copy_of_nothing_or_on_no_day_is_refused(
    loaded: Path, tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    refused = cme_output("meeting", "new", "test25", *options, "--into", tmp_path)
    assert refused == (1, [], [said])
    assert not (tmp_path / "test25").exists()
