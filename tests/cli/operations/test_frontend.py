"""`cme build`: the frontend is rebuilt only if its sources change."""

import subprocess
from pathlib import Path

import pytest

from cme_reflex.cli.errors import CliError
from cme_reflex.cli.operations import frontend
from cme_reflex.files.permissions import private_umask
from cme_reflex.settings import settings


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project, whose meeting is test24."""
    for name in ("cme_reflex/pages/home.py", "assets/link.js", "meetings/test24/meeting.toml"):
        file = tmp_path / name
        file.parent.mkdir(parents=True)
        file.write_text("first")
    monkeypatch.setenv("CME_MEETING", "test24")
    monkeypatch.setenv("CME_MEETINGS", str(tmp_path / "meetings"))
    settings.cache_clear()
    return tmp_path


@pytest.fixture(autouse=True)
def exports(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The recorded exports, in place of Reflex's slow one."""
    made: list[Path] = []

    def export(root: Path) -> None:
        made.append(root)
        (root / frontend.BUILT).mkdir(parents=True, exist_ok=True)
        (root / frontend.BUILT / "index.html").write_text("<p>Hello")
        lock = root / "reflex.lock" / "bun.lock"
        lock.parent.mkdir(exist_ok=True)
        lock.write_text("as Reflex writes it")

    monkeypatch.setattr(frontend, "_export", export)
    yield made
    settings.cache_clear()


def test_a_second_build_of_the_same_has_nothing_to_do(root: Path, exports: list[Path]) -> None:
    assert [frontend.build(root), frontend.build(root)] == [True, False]
    assert exports == [root]


@pytest.mark.parametrize(
    "source",
    [
        "cme_reflex/pages/home.py",
        "cme_reflex/new.py",
        "assets/link.js",
        "rxconfig.py",
        "reflex.lock/bun.lock",
    ],
)
def test_a_changed_source_is_built_anew(root: Path, source: str) -> None:
    frontend.build(root)
    (root / source).write_text("second")
    assert frontend.build(root) is True


@pytest.mark.parametrize("file", ["meeting.toml", "sessions.csv", "logo.svg"])
def test_no_file_of_a_meeting_is_a_source(root: Path, file: str) -> None:
    frontend.build(root)
    (root / "meetings/test24" / file).write_text("second")
    assert frontend.build(root) is False


def test_a_build_that_was_interrupted_is_made_anew(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frontend.build(root)
    (root / "assets/link.js").write_text("second")

    def fails(root: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(frontend, "_export", fails)
        with pytest.raises(KeyboardInterrupt):
            frontend.build(root)
    (root / "assets/link.js").write_text("first")
    assert frontend.build(root) is True


def test_serving_what_was_never_built_says_how_to_build_it(root: Path) -> None:
    with pytest.raises(CliError, match="cme build"):
        frontend.require_built(root)
    frontend.build(root)
    frontend.require_built(root)


REFLEX = """
from pathlib import Path
Path(".web/build/client").mkdir(parents=True)
Path(".web/build/client/index.html").write_text("<p>Hello")
"""


def test_a_web_server_of_another_user_can_read_the_build(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    (root / ".cme").mkdir()
    (root / "reflex").mkdir()
    (root / "reflex" / "__init__.py").touch()
    (root / "reflex" / "__main__.py").write_text(REFLEX)
    with private_umask():
        frontend._export(root)
    modes = [
        (root / path).stat().st_mode & 0o777 for path in (".web", ".web/build/client/index.html")
    ]
    assert modes == [0o755, 0o644]
    assert (root / frontend.LOG).stat().st_mode & 0o777 == 0o600


def test_a_failing_export_shows_the_end_of_its_log(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    (root / ".cme").mkdir()

    def fails(*arguments: object, stdout: object, **more: object) -> object:
        stdout.write("first line\nlast line\n")
        return subprocess.CompletedProcess([], 1)

    monkeypatch.setattr(subprocess, "run", fails)
    with pytest.raises(CliError, match=r"last line\nThe frontend could not be built"):
        frontend._export(root)
