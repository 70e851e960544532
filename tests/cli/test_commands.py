"""The `cme` command: output and exit codes."""

import socket
from pathlib import Path

import pytest

from cme_reflex import __version__
from cme_reflex.store.operations.table_copy import newest_revision
from tests.support.cli import cme_output, invoke_cme
from tests.support.files.folder_files import FolderFiles

pytestmark = pytest.mark.usefixtures("chosen_database")


def test_it_tells_its_version() -> None:
    assert cme_output("--version") == (0, [__version__], [])


def test_the_database_goes_up_and_down() -> None:
    no_tables = "The database has no tables. Create them with: cme db upgrade"
    assert cme_output("db", "current") == (0, [no_tables], [])
    assert cme_output("db", "upgrade") == (0, [newest_revision()], [])
    assert cme_output("db", "current") == (0, [newest_revision()], [])
    assert cme_output("db", "downgrade", "base") == (0, [no_tables], [])


def test_an_unknown_revision_is_a_fault() -> None:
    assert cme_output("db", "upgrade", "nonsense") == (
        1,
        [],
        ["Can't locate revision identified by 'nonsense'."],
    )


def test_a_meeting_is_loaded_once_and_then_there_is_nothing_to_do(files: FolderFiles) -> None:
    invoke_cme("db", "upgrade")
    folder = files.write()
    assert cme_output("meeting", "load", folder) == (
        0,
        [
            "test24: version 1.",
            "  sessions: 4 added, 0 changed, 0 unchanged",
            "  attendees: 2 added, 0 changed, 0 unchanged",
            "  members: 1 added, 0 changed, 0 unchanged",
        ],
        [],
    )
    assert cme_output("meeting", "load", folder) == (
        0,
        ["test24: nothing changed (version 1)."],
        [],
    )


def test_every_fault_of_a_folder_is_printed_and_nothing_is_loaded(files: FolderFiles) -> None:
    invoke_cme("db", "upgrade")
    files.replace("sessions.csv", "1.50", "1.30").replace("attendees.csv", "physician", "surgeon")
    assert cme_output("meeting", "load", files.write()) == (
        1,
        [],
        [
            (
                "sessions.csv, row 2, credit:category1: '1.30' is not an amount of Category 1. "
                "Use a multiple of 0.25, such as 1.25."
            ),
            (
                "attendees.csv, row 2, profession: meeting.toml has no profession 'surgeon'. "
                "Use one of: other, physician."
            ),
            "2 faults; nothing was changed.",
        ],
    )


def test_loading_without_tables_says_how_to_make_them(files: FolderFiles) -> None:
    assert cme_output("meeting", "load", files.write()) == (
        1,
        [],
        ["The database has no tables. Create them with: cme db upgrade"],
    )


def test_a_folder_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    assert cme_output("meeting", "load", tmp_path / "none") == (
        1,
        [],
        [f"There is no folder {tmp_path / 'none'}."],
    )


@pytest.mark.parametrize("words", [("db", "uprgade"), ("serve", "--port", "0"), ("demo", "now")])
def test_wrong_usage_has_an_exit_code_of_its_own(words: tuple[str, ...]) -> None:
    assert invoke_cme(*words).exit_code == 2


@pytest.mark.parametrize(
    ("words", "remedy"), [("serve", "cme serve --port {}"), ("demo", "make demo PORT={}")]
)
def test_a_taken_port_is_one_line_with_the_remedy(words: str, remedy: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]  # Linux gives none above 60999
        code, printed, errors = cme_output(words, "--port", str(port))
    expected = f"Port {port} cannot be used (Address already in use). Try: {remedy}"
    assert (code, printed, errors) == (1, [], [expected.format(port + 100)])
