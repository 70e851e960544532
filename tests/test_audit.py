"""`make audit` with tools that answer as the real ones do, in processes of their own."""

import json
import sys
from typing import Any

import pytest

from tests.support.audit import ExitCode, audit

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
