"""`make audit`: look the pinned versions up in databases of known vulnerabilities.

pip-audit looks up Python packages, `bun audit` JavaScript packages, each at its own registry. A
tool that reaches none, or does not know a package there, is no proof of anything: that is told, and
the exit code differs.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import Any

from cme_reflex.settings import ROOT

BIN = Path(sys.executable).parent
PYTHON = (
    # Not its script, whose first line is wrong once the environment was moved.
    *(sys.executable, "-m", "pip_audit", "--requirement", str(ROOT / "requirements-dev.txt")),
    *("--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json"),
)
JAVASCRIPT = (str(BIN / "bun"), "audit", "--json")
TIMEOUT = 600  # seconds for each tool


class ExitCode(IntEnum):
    """Exit codes of the audit."""

    NONE_KNOWN = 0
    VULNERABLE = 1
    NOT_CHECKED = 2


@dataclass
class Findings:
    """What a tool found: a line for each vulnerability, and for what it could not look up."""

    vulnerable: list[str] = field(default_factory=list)
    not_checked: list[str] = field(default_factory=list)


def audit(python: Sequence[str] = PYTHON, javascript: Sequence[str] = JAVASCRIPT) -> ExitCode:
    """Run both tools, print what they found, and return the exit code."""
    results = (
        ("Python", _python(*_run(python, ROOT))),
        ("JavaScript", _javascript(*_run(javascript, ROOT / "reflex.lock"))),
    )
    for name, found in results:
        for line in found.vulnerable:
            print(f"{name}: {line}")
        if found.not_checked:
            print(f"{name}: NOT CHECKED: {'; '.join(found.not_checked)}")
        elif not found.vulnerable:
            print(f"{name}: no vulnerabilities are known.")
    if any(found.vulnerable for _, found in results):
        return ExitCode.VULNERABLE
    if any(found.not_checked for _, found in results):
        print("This says nothing about vulnerabilities. Run it where the databases can be reached.")
        return ExitCode.NOT_CHECKED
    return ExitCode.NONE_KNOWN


def _run(command: Sequence[str], folder: Path) -> tuple[Any, str]:
    """The JSON document that the command printed, or None and the last line of its errors."""
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=TIMEOUT, check=False
        )
        return json.loads(done.stdout), ""
    except (OSError, subprocess.TimeoutExpired) as error:
        return None, str(error)
    except ValueError:
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        return None, lines[-1] if lines else f"no answer, exit code {done.returncode}"


def _python(document: Any, error: str) -> Findings:
    if not isinstance(document, dict) or not document.get("dependencies"):
        return Findings(not_checked=[error or "no packages"])
    found, skipped = Findings(), []
    for package in document["dependencies"]:
        if "skip_reason" in package:
            skipped.append(package["name"])
        for vulnerability in package.get("vulns", ()):
            fixed = ", ".join(vulnerability.get("fix_versions", ())) or "no version"
            found.vulnerable.append(
                f"{package['name']} {package['version']}: {vulnerability['id']}, fixed in {fixed}"
            )
    if skipped:
        total = len(document["dependencies"])
        found.not_checked.append(
            f"{len(skipped)} of {total} packages were not found ({', '.join(skipped[:3])} …)"
        )
    return found


def _javascript(document: Any, error: str) -> Findings:
    if not isinstance(document, dict):
        return Findings(not_checked=[error or "no answer"])
    return Findings(vulnerable=list(_advisories(document)))


def _advisories(document: dict[str, Any]) -> Iterator[str]:
    for package, advisories in document.items():
        for advisory in advisories:
            yield f"{package}: {advisory.get('severity')}: {advisory.get('title')}"


if __name__ == "__main__":
    sys.exit(audit())
