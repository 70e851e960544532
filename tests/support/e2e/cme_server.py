"""The built application, served by `cme serve` in a separate process on a free port."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cme_reflex.settings import ROOT
from tests.support import cme_forks
from tests.support.cme_forks import RunningFork

START_TIMEOUT = 60  # seconds; a busy machine imports slowly
STOP_TIMEOUT = 15  # seconds


@dataclass(frozen=True)
class CmeServer:
    """A running server. `url` has no trailing slash; `group` are its processes."""

    url: str
    database_url: str
    group: int

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.url.rsplit(":", 1)[1])


@contextmanager
def run_server(
    database_url: str, log: Path, root: Path = ROOT, **environment: str
) -> Iterator[CmeServer]:
    """Serve the build in `root` until the end of the block, or until the test kills it."""
    port = free_port()
    variables = {
        **os.environ,
        "CME_DATABASE_URL": database_url,
        "CME_MAIL_FOLDER": str(log.parent / "mail"),
        **environment,
    }
    with _started(root, ["serve", "--port", str(port)], variables, log) as server:
        url = f"http://127.0.0.1:{port}"
        _wait_until_healthy(url, server, log)
        yield CmeServer(url, database_url, server.pid)


@contextmanager
def _started(
    root: Path, arguments: list[str], environment: dict[str, str], log: Path
) -> Iterator[RunningFork]:
    """`cme` of these sources in the background, stopped at the end of the block."""
    log.write_bytes(b"")
    process = cme_forks.start(arguments, environment, log, root)
    try:
        yield process
    finally:
        # Several workers are children of this process.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        if not process.has_ended(STOP_TIMEOUT):
            os.killpg(process.pid, signal.SIGKILL)
            assert process.has_ended(STOP_TIMEOUT)
        process.close()


def free_port() -> int:
    """A free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run_cme(*arguments: str, **environment: str) -> str:
    """Run `cme` with these arguments; fails with its output."""
    code, printed, errors = cme_forks.run(list(arguments), {**os.environ, **environment})
    assert code == 0, f"cme {' '.join(arguments)}:\n{printed}{errors}"
    return printed


def load_demo(file: Path) -> None:
    """Make a SQLite file with the demo meeting in it."""
    load_demo_into(f"sqlite:///{file}")


def load_demo_into(url: str) -> None:
    """Create the tables of an empty database, and load the demo meeting."""
    run_cme("db", "upgrade", CME_DATABASE_URL=url)
    run_cme("meeting", "load", "meetings/pstm24", CME_DATABASE_URL=url)


@contextmanager
def build_modified_copy(folder: Path, changed: str, change: Callable[[str], str]) -> Iterator[Path]:
    """The project built a second time, in this folder, with one file of it changed."""

    def modify(root: Path) -> None:
        file = root / changed
        before = file.read_text("utf-8")
        file.write_text(change(before), "utf-8")
        assert file.read_text("utf-8") != before, f"{changed} is as it was"

    with build_copy(folder, modify) as root:
        yield root


@contextmanager
def build_copy(
    folder: Path, modify: Callable[[Path], None] = lambda _: None, **environment: str
) -> Iterator[Path]:
    """The project built a second time, in this folder, after `modify`."""
    root = folder / "another"
    left_out = shutil.ignore_patterns(".git", ".venv", ".cme", ".states", "mutants")
    shutil.copytree(ROOT, root, symlinks=True, ignore=left_out)
    modify(root)
    command = [sys.executable, "-m", "cme_reflex.cli", "build"]
    subprocess.run(command, cwd=root, env={**os.environ, **environment}, check=True)
    yield root
    shutil.rmtree(root)


def add_earlier_claims(database_url: str, username: str) -> None:
    """Give a member claims of earlier years; in a process of its own, for the services' loop."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.earlier_meetings", database_url, username],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def _wait_until_healthy(url: str, process: RunningFork, log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline:
        assert not process.has_ended(), f"the server ended:\n{log.read_text()}"
        try:
            urllib.request.urlopen(f"{url}/health", timeout=2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"the server did not answer within {START_TIMEOUT} s:\n{log.read_text()}")
