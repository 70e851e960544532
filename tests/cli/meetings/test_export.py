"""`cme meeting export`, and loading what was exported."""

import re
import shutil
from pathlib import Path

import pytest

from cme_reflex.settings import settings
from tests.support.cli import cme_output, invoke_cme
from tests.support.files.folder_files import FolderFiles

pytestmark = pytest.mark.usefixtures("migrated_database")


def test_a_folder_is_exported_changed_and_loaded_again_and_again(
    loaded: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out" / "test24"
    names = ["meeting.toml", "sessions.csv", "attendees.csv", "members.csv"]
    assert cme_output("meeting", "export", out) == (
        0,
        [f"{out}: test24, version 1.", *(f"  {name}" for name in names)],
        [],
    )
    assert cme_output("meeting", "check", out) == cme_output("meeting", "check", loaded)
    assert cme_output("meeting", "load", out)[1] == ["test24: nothing changed (version 1)."]
    for name in ("The Second Name", "The Third Name"):
        former = (out / "meeting.toml").read_text()
        (out / "meeting.toml").write_text(
            re.sub("^name = .*", f'name = "{name}"', former, count=1, flags=re.M)
        )
        assert invoke_cme("meeting", "load", out).exit_code == 0
    assert "\nbased_on_version = 3\n" in (out / "meeting.toml").read_text()
    # Without a version it is based on the last one that was loaded, which is a folder's, too.
    assert invoke_cme("meeting", "load", loaded).exit_code == 0


def test_an_older_export_is_refused_with_both_versions_and_what_to_do(
    loaded: Path, files: FolderFiles, tmp_path: Path
) -> None:
    out = tmp_path / "out" / "test24"
    invoke_cme("meeting", "export", out)
    invoke_cme("meeting", "load", files.replace("meeting.toml", "2024", "2025").write())
    assert cme_output("meeting", "load", out) == (
        1,
        [],
        [
            "The folder is based on version 1 of test24, and the database has version 2; "
            "nothing was changed.",
            "Make your changes in a new export (cme meeting export DIR --meeting test24), "
            "or undo what was changed since with --replace.",
        ],
    )
    assert invoke_cme("meeting", "load", out, "--replace").stdout.startswith("test24: version 3.")


def test_files_are_replaced_only_if_it_is_meant_and_a_former_logo_goes(
    loaded: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    invoke_cme("meeting", "export", out)
    assert cme_output("meeting", "export", out)[2] == [
        f"{out / 'meeting.toml'} already exists. Replace it with --force, or choose another folder."
    ]
    shutil.copyfile("assets/favicon.svg", out / "logo.svg")
    assert invoke_cme("meeting", "export", out, "--force").exit_code == 0
    assert not (out / "logo.svg").exists()


def test_a_command_does_not_guess_between_several_meetings(
    loaded: Path, files: FolderFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.folder = tmp_path / "other"
    files.replace("meeting.toml", 'code = "test24"', 'code = "other"')
    invoke_cme("meeting", "load", files.write())
    out = tmp_path / "out"
    assert cme_output("meeting", "export", out) == (
        1,
        [],
        ["There are several meetings: other, test24. Name one with --meeting CODE."],
    )
    assert cme_output("meeting", "export", out, "--meeting", "OTHER")[1][0].endswith(
        "other, version 1."
    )
    monkeypatch.setenv("CME_MEETING", "test24")
    settings.cache_clear()
    assert "test24, version 1." in invoke_cme("meeting", "export", out, "--force").stdout
    assert cme_output("meeting", "export", out, "--meeting", "none")[2] == [
        "The meeting none is not loaded. See cme meeting list, or load it: cme meeting load DIR"
    ]


def test_without_a_meeting_there_is_nothing_to_export(tmp_path: Path) -> None:
    assert cme_output("meeting", "export", tmp_path / "out")[2] == [
        "No meeting is loaded. Load one: cme meeting load DIR"
    ]
