"""`make audit` with tools that answer as the real ones do, in processes of their own."""

import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.support.audit import PYTHON, ExitCode, audit

PACKAGES = [{"name": "a", "version": "1", "vulns": []}, {"name": "b", "version": "2", "vulns": []}]
KNOWN = {"id": "PYSEC-1", "fix_versions": ["2.1"]}
ADVISORY = {"ws": [{"severity": "high", "title": "ReDoS"}]}


def prints(document: Any, code: int = 0) -> list[str]:
    """A tool that prints this as JSON and exits."""
    return [
        *(sys.executable, "-c", "import sys; print(sys.argv[1]); sys.exit(int(sys.argv[2]))"),
        *(json.dumps(document), str(code)),
    ]


def fails(error: str) -> list[str]:
    """A tool that prints an error and exits."""
    return [sys.executable, "-c", "import sys; sys.exit(sys.argv[1])", error]


@pytest.mark.parametrize(
    ("python", "javascript", "code", "lines"),
    [
        (
            prints({"dependencies": PACKAGES}),
            prints({}),
            ExitCode.NONE_KNOWN,
            ["Python: no vulnerabilities are known.", "JavaScript: no vulnerabilities are known."],
        ),
        (
            prints({"dependencies": [PACKAGES[0], {**PACKAGES[1], "vulns": [KNOWN]}]}, 1),
            prints(ADVISORY, 1),
            ExitCode.VULNERABLE,
            ["Python: b 2: PYSEC-1, fixed in 2.1", "JavaScript: ws: high: ReDoS"],
        ),
        (
            # pip-audit calls this "no known vulnerabilities" and exits with 0.
            prints({"dependencies": [{"name": "a", "skip_reason": "not found"}]}),
            fails("error: POST … - 405"),
            ExitCode.NOT_CHECKED,
            [
                "Python: NOT CHECKED: 1 of 1 packages were not found (a …)",
                "JavaScript: NOT CHECKED: error: POST … - 405",
                "This says nothing about vulnerabilities. "
                "Run it where the databases can be reached.",
            ],
        ),
        (
            ["/nowhere/pip-audit"],
            prints(ADVISORY, 1),
            ExitCode.VULNERABLE,
            [
                "Python: NOT CHECKED: [Errno 2] No such file or directory: '/nowhere/pip-audit'",
                "JavaScript: ws: high: ReDoS",
            ],
        ),
    ],
)
def test_what_was_not_looked_up_is_not_called_safe(
    capsys: pytest.CaptureFixture[str],
    python: list[str],
    javascript: list[str],
    code: ExitCode,
    lines: list[str],
) -> None:
    assert audit(python, javascript) is code
    assert capsys.readouterr().out.splitlines() == lines


class _Database(BaseHTTPRequestHandler):
    """A database in which one version of two packages is known to be vulnerable."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        answer: object = {}
        if self.path == "/osv/query" and json.loads(body)["package"]["name"] == "aiolimiter":
            ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "9.9"}]}]
            affected = {
                "package": {"name": "aiolimiter", "ecosystem": "PyPI"},
                "ranges": ranges,
            }
            answer = {"vulns": [{"id": "PYSEC-1", "modified": "", "affected": [affected]}]}
        elif self.path.endswith("/advisories/bulk"):
            answer = {"ws": [{"id": 1, "url": "u", "vulnerable_versions": "<99",
                              "severity": "high", "title": "ReDoS"}]}  # fmt: skip
        sent = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def database() -> Iterator[str]:
    """The address of a database of vulnerabilities on this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Database) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_the_real_tools_find_what_a_database_that_can_be_reached_has(
    database: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text(f"aiolimiter==1.3.0 --hash=sha256:{'0' * 64}\n")
    python = [lock if each.endswith("requirements-dev.txt") else each for each in PYTHON]
    osv = ["--vulnerability-service", "osv", "--osv-url", f"{database}/osv/query"]
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", database)
    assert audit([*map(str, python), *osv]) == ExitCode.VULNERABLE
    assert capsys.readouterr().out.splitlines() == [
        "Python: aiolimiter 1.3.0: PYSEC-1, fixed in 9.9",
        "JavaScript: ws: high: ReDoS",
    ]


def test_the_real_tools_say_that_nothing_was_checked_without_a_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", "http://127.0.0.1:9")
    osv = ["--vulnerability-service", "osv", "--osv-url", "http://127.0.0.1:9/osv/query"]
    assert audit([*PYTHON, *osv]) == ExitCode.NOT_CHECKED
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in lines[:2]] == ["Python", "JavaScript"]
    assert all(": NOT CHECKED: " in line for line in lines[:2])
    assert lines[2].startswith("This says nothing about vulnerabilities.")
