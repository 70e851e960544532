"""Runs `cme` commands and servers, each in a fork of a process that has imported what they need.

A start of Python with these imports takes longer than what the commands do, and nine tenths of what
a server does until it answers.
"""

import atexit
import gc
import importlib
import json
import os
import select
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from cme_reflex.settings import ROOT

COMMANDS = ("cme_reflex.cli.meetings.load", "cme_reflex.cli.runner")
# All that the server imports and that reads no setting of a deployment while it is imported.
SERVER = (
    "cme_reflex.cli.operations.server",
    "cme_reflex.formats.reports.claims_feed",
    "cme_reflex.reflex_bridge.server",
    "cme_reflex.services.certificates.account",
    "cme_reflex.services.meetings.meeting_view",
    "cme_reflex.services.sign_in.single_sign_on.login",
    "reflex.app",
    "socketio.redis_manager",
)


class RunningFork:
    """A command that runs in the background, the leader of its process group."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._descriptor = os.pidfd_open(pid)

    def has_ended(self, timeout: float = 0) -> bool:
        """Whether it has ended, or does within this number of seconds."""
        return bool(select.select([self._descriptor], [], [], timeout)[0])

    def close(self) -> None:
        """Forget the process."""
        os.close(self._descriptor)


def run(arguments: list[str], environment: dict[str, str]) -> tuple[int, str, str]:
    """Run `cme` in the project's folder; returns exit code, standard output and standard error."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        forks = _forks(ROOT, COMMANDS)
        code = _ask(forks, arguments, environment, out, err, background=False)
        return code, out.read_text("utf-8"), err.read_text("utf-8")


def start(
    arguments: list[str], environment: dict[str, str], log: Path, root: Path = ROOT
) -> RunningFork:
    """Start `cme` of the sources in `root`, with its output at the end of a file."""
    forks = _forks(root, SERVER)
    return RunningFork(_ask(forks, arguments, environment, log, log, background=True))


@cache
def _forks(root: Path, modules: tuple[str, ...]) -> "subprocess.Popen[str]":
    """The process that has imported these modules."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.cme_forks", *modules],
        cwd=root,
        # Reflex defines its states otherwise in development, when it is imported.
        env={**os.environ, **({"REFLEX_ENV_MODE": "prod"} if modules is SERVER else {})},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(process.communicate)  # which closes its standard input, and waits for its end
    return process


def _ask(
    forks: "subprocess.Popen[str]",
    arguments: list[str],
    environment: dict[str, str],
    out: Path,
    err: Path,
    *,
    background: bool,
) -> int:
    """The process id of a command in the background, or else its exit code."""
    assert forks.stdin is not None
    assert forks.stdout is not None
    request = (arguments, environment, str(out), str(err), background)
    forks.stdin.write(json.dumps(request) + "\n")
    forks.stdin.flush()
    return int(forks.stdout.readline())


def _serve(modules: list[str]) -> None:
    for module in modules:
        importlib.import_module(module)
    gc.collect()
    gc.freeze()  # or each child would copy what it collects
    running: set[int] = set()
    for line in sys.stdin:
        arguments, environment, out, err, background = json.loads(line)
        running -= {pid for pid in running if os.waitpid(pid, os.WNOHANG)[0]}
        child = os.fork()
        if child == 0:
            if background:
                os.setsid()
            _be_cme(arguments, environment, out, err)
        if background:
            running.add(child)
            print(child, flush=True)  # noqa: T201 - to the parent
        else:
            _, status = os.waitpid(child, 0)
            print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201 - to the parent


def _be_cme(arguments: list[str], environment: dict[str, Any], out: str, err: str) -> None:
    from cme_reflex.cli import main

    os.environ.clear()
    os.environ.update(environment)
    for stream, file in ((0, os.devnull), (1, out), (2, err)):
        os.dup2(os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND), stream)
    sys.argv = ["cme", *arguments]
    sys.exit(main())


if __name__ == "__main__":
    _serve(sys.argv[1:])
