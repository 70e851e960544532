"""What is written as a meeting folder is read back equal, whatever the meeting is."""

import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cme_reflex.formats.meeting_folder.folder import read_meeting_folder
from cme_reflex.formats.meeting_folder.records import MeetingFolder
from cme_reflex.formats.meeting_folder.settings_writer import set_based_on
from cme_reflex.formats.meeting_folder.writer import folder_files
from cme_reflex.formats.tables.local_time import localize, to_local
from cme_reflex.settings import ROOT
from tests.support.examples import examples
from tests.support.files.folder_files import FolderFiles
from tests.support.files.folder_strategies import folders
from tests.support.files.signature_files import png, signed


def written(records: MeetingFolder, folder: Path) -> Path:
    folder.mkdir()
    for name, content in folder_files(records).items():
        (folder / name).write_bytes(content)
    return folder


def reread(records: MeetingFolder) -> MeetingFolder:
    with tempfile.TemporaryDirectory() as temporary:
        return read_meeting_folder(written(records, Path(temporary) / records.meeting.code))


@pytest.mark.parametrize("code", ["pstm24", "spine30"])
def test_the_demo_meetings_are_read_back_equal(code: str) -> None:
    records = read_meeting_folder(ROOT / "meetings" / code)
    back = reread(replace(records, based_on_version=7))
    assert {each.code: each for each in back.sessions} == {
        each.code: each for each in records.sessions
    }
    assert back == records
    assert back.based_on_version == 7
    assert all(each.hash_as_exported for each in back.members)


@settings(max_examples=examples(0.5))
@given(folders)
def test_any_meeting_is_read_back_equal(records: MeetingFolder) -> None:
    assert reread(records) == records


@settings(max_examples=examples(3))
@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from(["America/Chicago", "Australia/Lord_Howe", "Europe/Dublin", "UTC"]),
)
def test_any_local_time_is_the_same_instant(instant: datetime, name: str) -> None:
    zone = ZoneInfo(name)
    assert localize(to_local(instant, zone), zone) == instant


def test_a_local_time_has_its_offset_only_where_clocks_show_it_twice() -> None:
    zone = ZoneInfo("America/Chicago")
    first = datetime(2024, 11, 3, 6, 30, tzinfo=UTC)
    texts = [to_local(first + timedelta(hours=hours), zone).isoformat() for hours in (-1, 0, 1, 2)]
    assert texts == [
        "2024-11-03T00:30:00",
        "2024-11-03T01:30:00-05:00",
        "2024-11-03T01:30:00-06:00",
        "2024-11-03T02:30:00",
    ]


def test_a_signature_that_was_a_png_is_one_again(files: FolderFiles, tmp_path: Path) -> None:
    image = png((0, 0, 60), (255, 255, 255))
    records = read_meeting_folder(signed(files, "chair.png", image).folder)
    out = written(records, tmp_path / "out")
    assert (out / "signature-1.png").read_bytes() == image
    assert read_meeting_folder(out) == records


def test_the_version_is_changed_and_nothing_else(files: FolderFiles) -> None:
    files.texts["meeting.toml"] = "# ours\r\nbased_on_version = 3 # that\r\n" + files.texts[
        "meeting.toml"
    ].replace("\n", "\r\n")
    folder = files.write()
    (folder / "meeting.toml").write_bytes(files.texts["meeting.toml"].encode())
    before = (folder / "meeting.toml").read_bytes()
    set_based_on(folder, 12)
    assert (folder / "meeting.toml").read_bytes() == before.replace(b"= 3 #", b"= 12 #")
