"""docs/for-societies.md: its commands are run as written."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cme_reflex.settings import ROOT


@pytest.mark.slow
def test_the_document_leads_from_a_spreadsheet_to_a_loaded_meeting(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "for-societies.md").read_text("utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    assert len(blocks) == 10
    # The first block of the document sets up the environment that tests already have.
    (tmp_path / "clone" / ".venv").mkdir(parents=True)
    (tmp_path / "clone" / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    done = subprocess.run(
        ["bash", "-e", "-u", "-c", "\n".join(blocks)],
        cwd=tmp_path / "clone",
        env={**os.environ, "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert "3 sessions in" in done.stdout
    assert lines.count("soc30: version 1.") == 2
    assert lines.count("  sessions: 3 added, 0 changed, 0 unchanged") == 2
    assert lines.count("  attendees: 2 added, 0 changed, 0 unchanged") == 2
    assert "most that one attendee could claim: 4.50; the meeting's maximum: 4.50" in lines
    assert lines[-1] == "No meeting that ended before 2018-01-01 has records to delete."
    [backup] = (tmp_path / "cme").glob("backup-*.gz")
    assert backup.stat().st_mode & 0o777 == 0o600
