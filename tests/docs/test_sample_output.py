"""Sample output in documents: the program prints exactly this."""

import re
import shutil
from pathlib import Path

from typer.testing import CliRunner

from cme_reflex.cli.commands import app
from cme_reflex.settings import ROOT
from tests.support.checks import documents

FOLDER_REFERENCE = ROOT / "docs" / "meeting-folder.md"


def test_the_meeting_folder_reference_shows_the_faults_of_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "pstm24"
    shutil.copytree(ROOT / "meetings" / "pstm24", folder)
    terms = (folder / "meeting.toml").read_text("utf-8")
    (folder / "meeting.toml").write_text(
        terms.replace("maximum = 60.75", "maximun = 60.75"), "utf-8"
    )
    rows = (folder / "sessions.csv").read_text("utf-8").splitlines()
    rows[16] = re.sub(r"(2024-[\dT:-]+),(2024-[\dT:-]+)", r"\2,\1", rows[16])  # row 17: end, start
    (folder / "sessions.csv").write_text("\n".join(rows), "utf-8")

    result = CliRunner().invoke(app, ["meeting", "load", str(folder)])

    assert result.exit_code == 1
    assert result.stderr in documents.code_blocks(FOLDER_REFERENCE)
