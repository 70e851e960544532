"""`make demo` from a copy of the sources to a sign-in."""

import os
import shutil
import signal
import subprocess
import time
import tomllib
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cme_reflex.settings import ROOT
from tests.support.e2e.cme_server import free_port

FIRST_START = 480  # seconds, most of them for the download of the packages
SECOND_START = 30  # seconds; it takes about 5
NOT_IN_A_CLONE = (".git", ".venv", ".web", ".cme", ".states", "__pycache__", ".*_cache")
SETTINGS = ("CME_", "REFLEX_", "PYTHONPATH", "VIRTUAL_ENV", "MAKE", "MFLAGS")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A copy of the sources, without generated files."""
    return Path(
        shutil.copytree(ROOT, tmp_path / "clone", ignore=shutil.ignore_patterns(*NOT_IN_A_CLONE))
    )


@contextmanager
def demo(clone: Path, port: int, log: Path, within: float) -> Iterator[None]:
    """`make demo` during the block, stopped by Ctrl-C."""
    with log.open("w") as output:
        process = subprocess.Popen(
            ["make", "demo", f"PORT={port}"],
            cwd=clone,
            env=bare_environment(),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_until_it_answers(f"http://127.0.0.1:{port}/", process, log, within)
        yield
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(30)


def bare_environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith(SETTINGS)}


def wait_until_it_answers(
    url: str, process: subprocess.Popen[bytes], log: Path, within: float
) -> None:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError(f"no answer within {within} s:\n{log.read_text()}")


class Unfollowed(urllib.request.HTTPRedirectHandler):
    """Redirect handler that returns a redirect instead of following it."""

    def redirect_request(self, *arguments: object) -> None:
        return None


def sign_in(port: int, last_name: str, number: str) -> tuple[int, str | None]:
    """Status and redirect location of the sign-in form's response."""
    form = urllib.parse.urlencode({"last_name": last_name, "number": number}).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/pstm24/sign-in",
        data=form,
        headers={"Origin": f"http://127.0.0.1:{port}"},
    )
    try:
        urllib.request.build_opener(Unfollowed).open(request, timeout=10)
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code, answer.headers["Location"]
    raise AssertionError("the sign-in was not answered by a redirect")


def test_a_fresh_clone_serves_the_demo_and_a_second_start_is_quick(
    clone: Path, tmp_path: Path
) -> None:
    port, log = free_port(), tmp_path / "log"
    sign_ins = tomllib.loads((clone / "meetings/pstm24/demo.toml").read_text("utf-8"))["sign_in"]
    first = next(each for each in sign_ins if each["with"] == "badge")

    with demo(clone, port, log, FIRST_START):
        printed = log.read_text()
        assert f"http://localhost:{port}/pstm24" in printed
        assert f"http://localhost:{port}/spine30" in printed
        assert [each["with"] for each in sign_ins] == ["badge", "confirmation", "member"]
        for each in sign_ins:
            assert each.get("number", each.get("password")) in printed
        assert sign_in(port, first["last_name"], first["number"]) == (303, "/pstm24/claim")

        taken = subprocess.run(
            ["make", "demo", f"PORT={port}"],
            cwd=clone,
            env=bare_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert taken.returncode != 0
        assert f"make demo PORT={port + 100}" in taken.stderr

    begun = time.monotonic()
    with demo(clone, port, log, SECOND_START):
        assert time.monotonic() - begun < SECOND_START
        printed = log.read_text()
        assert "nothing changed (version 1)." in printed
        assert "The frontend is up to date." in printed
