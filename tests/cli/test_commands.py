"""The `cme` command as somebody types it: what it prints, and its exit codes."""

import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cme_reflex import __version__
from cme_reflex.cli.commands import app
from cme_reflex.settings import settings
from cme_reflex.store.operations.table_copy import newest_revision
from tests.support.files.folder_files import FolderFiles


@pytest.fixture(autouse=True)
def chosen_database(
    database_kind: str, unmigrated_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CME_DATABASE_URL", unmigrated_url)
    settings.cache_clear()


@pytest.fixture(autouse=True, scope="module")
def settings_of_others() -> object:
    yield
    settings.cache_clear()


def cme(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)


def told(*words: str | Path) -> tuple[int, list[str], list[str]]:
    """Exit code, and what was printed and said on the error output."""
    result = cme(*words)
    return result.exit_code, result.stdout.splitlines(), result.stderr.splitlines()


def test_it_tells_its_version() -> None:
    assert told("--version") == (0, [__version__], [])


def test_the_database_goes_up_and_down() -> None:
    no_tables = "The database has no tables. Make them with: cme db upgrade"
    assert told("db", "current") == (0, [no_tables], [])
    assert told("db", "upgrade") == (0, [newest_revision()], [])
    assert told("db", "current") == (0, [newest_revision()], [])
    assert told("db", "downgrade", "base") == (0, [no_tables], [])


def test_an_unknown_revision_is_a_fault() -> None:
    assert told("db", "upgrade", "nonsense") == (
        1,
        [],
        ["Can't locate revision identified by 'nonsense'."],
    )


def test_a_meeting_is_loaded_once_and_then_there_is_nothing_to_do(files: FolderFiles) -> None:
    cme("db", "upgrade")
    folder = files.write()
    assert told("meeting", "load", folder) == (
        0,
        [
            "test24: version 1.",
            "  sessions: 4 added, 0 changed, 0 unchanged",
            "  attendees: 2 added, 0 changed, 0 unchanged",
            "  members: 1 added, 0 changed, 0 unchanged",
        ],
        [],
    )
    assert told("meeting", "load", folder) == (0, ["test24: nothing changed (version 1)."], [])


def test_every_fault_of_a_folder_is_printed_and_nothing_is_loaded(files: FolderFiles) -> None:
    cme("db", "upgrade")
    files.replace("sessions.csv", "1.50", "1.30").replace("attendees.csv", "physician", "surgeon")
    assert told("meeting", "load", files.write()) == (
        1,
        [],
        [
            (
                "sessions.csv, row 2, category1_hours: '1.30' is not a number of credit hours. "
                "Use quarter hours, such as 1.25."
            ),
            (
                "attendees.csv, row 2, profession: 'surgeon' is not known here. "
                "Use one of: other, physician."
            ),
            "2 faults; nothing was changed.",
        ],
    )


def test_loading_without_tables_says_how_to_make_them(files: FolderFiles) -> None:
    assert told("meeting", "load", files.write()) == (
        1,
        [],
        ["The database has no tables. Make them with: cme db upgrade"],
    )


def test_a_folder_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    assert told("meeting", "load", tmp_path / "none") == (
        1,
        [],
        [f"There is no folder {tmp_path / 'none'}."],
    )


@pytest.mark.parametrize("words", [("db", "uprgade"), ("serve", "--port", "0"), ("demo", "now")])
def test_wrong_usage_has_an_exit_code_of_its_own(words: tuple[str, ...]) -> None:
    assert cme(*words).exit_code == 2


@pytest.mark.parametrize(
    ("words", "remedy"), [("serve", "cme serve --port {}"), ("demo", "make demo PORT={}")]
)
def test_a_taken_port_is_one_line_with_the_remedy(words: str, remedy: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]  # Linux gives none above 60999
        code, printed, errors = told(words, "--port", str(port))
    expected = f"Port {port} cannot be used (Address already in use). Try: {remedy}"
    assert (code, printed, errors) == (1, [], [expected.format(port + 100)])
