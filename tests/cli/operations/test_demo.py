"""`cme demo` up to serving: its own database, loaded once, and the printed sign-ins."""

import os
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from cme_reflex.cli.commands import app
from cme_reflex.cli.operations import demo, frontend, server
from cme_reflex.settings import settings
from tests.support.files.folder_files import FolderFiles

SIGN_INS = """
[[sign_in]]
with = "badge"
last_name = "O'Brien-Núñez"
number = "B1"

[[sign_in]]
with = "confirmation"
last_name = "李"
number = "C2"

[[sign_in]]
with = "member"
username = "ana"
password = "password"
"""


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a small demo meeting; nothing is built or served."""
    (tmp_path / "meetings").mkdir()
    files = FolderFiles(tmp_path / "meetings" / "pstm24")
    files.texts["demo.toml"] = SIGN_INS
    files.write()
    for variable in (
        "CME_MEETING",
        "CME_MEETINGS",
        "CME_DATABASE_URL",
        "CME_SECURE_COOKIES",
        "CME_PUBLIC_URL",
        "CME_SMTP_URL",
        "CME_MAIL_FROM",
        "CME_MAIL_FOLDER",
    ):
        monkeypatch.setenv(variable, "of somebody's real deployment")
    monkeypatch.setattr(demo, "ROOT", tmp_path)
    monkeypatch.setattr(demo, "DATABASE", tmp_path / ".cme" / "demo.db")
    monkeypatch.setattr(frontend, "build", lambda: True)
    monkeypatch.setattr(server, "require_free_port", lambda host, port, remedy: None)
    monkeypatch.setattr(server, "start", lambda host, port: typer.echo(f"serving {host}:{port}"))
    yield tmp_path
    monkeypatch.undo()
    settings.cache_clear()


def run(*words: str) -> str:
    result = CliRunner().invoke(app, ["demo", *words], catch_exceptions=False)
    assert result.exit_code == 0, result.stderr
    return result.stdout


def test_it_loads_the_meeting_and_prints_the_address_and_three_sign_ins(root: Path) -> None:
    printed = run("--port", "3100")
    assert "version 1." in printed
    box = [line.strip("│ ") for line in printed.splitlines() if line.startswith("│")]
    assert [line for line in box if line] == [
        "http://localhost:3100/test24",
        "Sign in with",
        "badge number         O'Brien-Núñez / B1",
        "confirmation number  李 / C2",
        "member account       ana / password",
    ]
    assert "E-mail goes to .cme/mail. Stop with Ctrl-C." in printed
    assert printed.splitlines()[-1] == "serving 127.0.0.1:3100"


def test_another_demo_meeting_is_chosen_by_its_code(root: Path) -> None:
    other = FolderFiles(root / "meetings" / "other24")
    other.texts["demo.toml"] = SIGN_INS
    other.replace("meeting.toml", '"test24"', '"other24"').write()
    printed = run("--meeting", "other24")
    # Both are served; / leads to this one.
    for code in ("test24", "other24"):
        assert f"{code}: version 1." in printed
        assert f"http://localhost:3000/{code}" in printed
    assert os.environ["CME_MEETING"] == "other24"
    run()
    assert os.environ["CME_MEETING"] == ""


def test_an_unknown_demo_meeting_is_refused_before_anything_is_deleted(root: Path) -> None:
    run()
    result = CliRunner().invoke(app, ["demo", "--meeting", "pstm42", "--reset"])
    assert (result.exit_code, result.stderr) == (
        1,
        "There is no demo meeting 'pstm42'. Did you mean pstm24?\n",
    )
    assert "nothing changed (version 1)." in run()


def test_it_never_touches_the_database_of_this_machines_settings(root: Path) -> None:
    run("--reset")
    assert "CME_SMTP_URL" not in os.environ
    assert os.environ["CME_DATABASE_URL"] == f"sqlite:///{root / '.cme' / 'demo.db'}"


def test_a_second_start_keeps_the_data_and_reset_does_not(root: Path) -> None:
    assert "version 1." in run()
    assert "nothing changed (version 1)." in run()
    assert "nothing changed" not in run("--reset")
