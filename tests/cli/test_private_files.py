"""Whatever a command writes is private, whatever the umask of the shell."""

import asyncio
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session

from cme_reflex.formats.mail.eml_folder import EmlFolderTransport
from cme_reflex.settings import ROOT, settings
from cme_reflex.store.database import write
from cme_reflex.store.engines import close_database, open_database
from tests.support.cli import invoke_cme
from tests.support.files.folder_files import FolderFiles


@pytest.fixture(params=[0o000, 0o022], ids=["umask 000", "umask 022"])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that the commands make, with their database and mail."""
    folder = tmp_path / "out"
    for name, value in {
        "CME_DATABASE_URL": f"sqlite:///{folder / 'db' / 'cme.db'}",
        "CME_MAIL_FOLDER": str(folder / "mail"),
        "CME_MEETING": "test24",
        "CME_MEETINGS": str(tmp_path),
        "CME_PUBLIC_URL": "https://cme.example.org",
    }.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    return folder


def loose(folder: Path) -> list[str]:
    """What others could read or list, with its mode."""
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in [folder, *folder.rglob("*")]}
    return [f"{path.name} {mode:o}" for path, mode in modes.items() if mode & 0o077]


def succeed(*words: str | Path) -> None:
    assert invoke_cme(*words).exit_code == 0, words


def test_no_command_writes_a_file_that_others_can_read(
    umask: int, out: Path, files: FolderFiles
) -> None:
    files.folder = files.folder.parent / "test24"
    sessions = files.write() / "sessions.csv"
    succeed("db", "upgrade")
    succeed("meeting", "load", files.folder)
    succeed("meeting", "new", "new25", "--into", out / "meetings")
    succeed(
        "programme",
        "convert",
        sessions,
        "--zone",
        "UTC",
        "--all-eligible",
        "--out",
        out / "table" / "s.csv",
    )
    succeed("meeting", "export", out / "export")
    succeed(
        "meeting",
        "new",
        "new26",
        "--from",
        "test24",
        "--starts-on",
        "2026-10-08",
        "--into",
        out / "copies",
    )
    succeed("backup", out / "b.gz")
    for kind in ("csv", "xlsx", "json"):
        succeed("claims", "export", "--format", kind, "--out", out / "claims")
    succeed("evaluations", "report", "--out", out / "report")
    succeed("members", "invite", "ana")
    succeed("mail", "send")
    written = {path.relative_to(out).as_posix() for path in out.rglob("*")}
    assert written > {"db/cme.db", "meetings/new25/meeting.toml", "table/s.csv", "b.gz"}
    assert written > {"export/attendees.csv", "copies/new26/meeting.toml"}
    assert written > {"claims/claims.xlsx", "report/evaluations.html"}
    assert [name for name in written if name.endswith(".eml")]
    assert loose(out) == []
    assert os.umask(umask) == umask  # as it was


def create_table(db: Session) -> None:
    db.connection().exec_driver_sql("CREATE TABLE t (x)")


def test_the_log_and_the_index_beside_the_database_are_private(umask: int, out: Path) -> None:
    (out / "db").mkdir(parents=True, mode=0o700)
    out.chmod(0o700)

    async def while_open() -> list[str]:
        open_database(settings().database_url)
        await write(create_table)
        names = sorted(path.name for path in (out / "db").iterdir())
        assert names == ["cme.db", "cme.db-shm", "cme.db-wal"]
        seen = loose(out)
        await close_database()
        return seen

    assert asyncio.run(while_open()) == []


def test_files_of_an_earlier_version_are_made_private_and_told(
    out: Path, caplog: pytest.LogCaptureFixture
) -> None:
    database, mail = out / "db" / "cme.db", out / "mail" / "1.eml"
    for file in (database, mail):
        file.parent.mkdir(parents=True)
        file.touch()
        file.chmod(0o644)
    open_file = sqlite3.connect(database)
    open_file.execute("PRAGMA journal_mode=WAL")
    open_file.execute("CREATE TABLE t (x)")
    wal = Path(f"{database}-wal")
    assert stat.S_IMODE(wal.stat().st_mode) == 0o644
    EmlFolderTransport(mail.parent)
    open_database(settings().database_url)
    asyncio.run(close_database())
    open_file.close()
    assert {stat.S_IMODE(file.stat().st_mode) for file in (database, mail)} == {0o600}
    now_private = "could be read by other users; now it is private."
    assert [record.getMessage() for record in caplog.records] == [
        f"{mail} {now_private}",
        f"{database} {now_private}",
        f"{wal} {now_private}",
        f"{database}-shm {now_private}",
    ]


@pytest.mark.parametrize(("name", "mode"), [(".cme", 0o700), ("shared", 0o755)])
def test_only_the_projects_own_folder_is_made_private(tmp_path: Path, name: str, mode: int) -> None:
    folder = tmp_path / name
    folder.mkdir()
    folder.chmod(0o755)
    open_database(f"sqlite:///{folder / 'cme.db'}")
    asyncio.run(close_database())
    assert stat.S_IMODE(folder.stat().st_mode) == mode


def test_the_server_and_its_workers_have_the_umask_of_the_command() -> None:
    script = (
        "import os, subprocess, sys\n"
        "from cme_reflex.files.permissions import private_umask\n"
        "with private_umask():\n"
        "    worker = 'import os; print(oct(os.umask(0)))'\n"
        "    subprocess.run([sys.executable, '-c', worker], check=True)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "0o77\n"
