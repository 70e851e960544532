"""Runs `cme` commands, each in a fork of a process that has imported what most of them need.

A start of Python with these imports takes longer than what the commands do.
"""

import atexit
import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from cme_reflex.settings import ROOT


def run(arguments: list[str], environment: dict[str, str]) -> tuple[int, str, str]:
    """Run `cme` in the project's folder; returns exit code, standard output and standard error."""
    with tempfile.TemporaryDirectory() as folder:
        requests, replies = _server().stdin, _server().stdout
        assert requests is not None
        assert replies is not None
        requests.write(json.dumps([arguments, environment, folder]) + "\n")
        requests.flush()
        code = int(replies.readline())
        printed, errors = (Path(folder, name).read_text("utf-8") for name in ("out", "err"))
        return code, printed, errors


@cache
def _server() -> "subprocess.Popen[str]":
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.support.e2e.cme_forks"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(server.communicate)  # which closes its standard input, and waits for its end
    return server


def _serve() -> None:
    import cme_reflex.cli.meetings.load
    import cme_reflex.cli.runner  # noqa: F401

    for line in sys.stdin:
        arguments, environment, folder = json.loads(line)
        child = os.fork()
        if child == 0:
            _be_cme(arguments, environment, Path(folder))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201 - to the parent


def _be_cme(arguments: list[str], environment: dict[str, str], folder: Path) -> None:
    from cme_reflex.cli import main

    os.environ.clear()
    os.environ.update(environment)
    for stream, name in ((0, os.devnull), (1, folder / "out"), (2, folder / "err")):
        os.dup2(os.open(name, os.O_RDWR | os.O_CREAT), stream)
    sys.argv = ["cme", *arguments]
    sys.exit(main())


if __name__ == "__main__":
    _serve()
