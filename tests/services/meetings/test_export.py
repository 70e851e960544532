"""Export of a meeting: it loads back to the same, and an older one undoes nothing by itself."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import SQLModel, col, select

from cme_reflex.formats.meeting_folder.folder import read_meeting_folder
from cme_reflex.formats.meeting_folder.records import MeetingFolder
from cme_reflex.formats.meeting_folder.writer import folder_files
from cme_reflex.services.meetings.export import export_meeting
from cme_reflex.services.meetings.loader import OutdatedFolder, load_meeting
from cme_reflex.services.programme.programme_cache import MeetingNotFound
from cme_reflex.settings import ROOT
from cme_reflex.store import tables
from tests.support.database.table_rows import every_row, execute, fetch, fetch_one
from tests.support.files.folder_files import FolderFiles
from tests.support.meetings import FOLDER, MEETING


async def exported(code: str, out: Path) -> MeetingFolder:
    """The meeting as it is read from the folder that an export writes."""
    return written(await export_meeting(code), out)


def written(records: MeetingFolder, out: Path) -> MeetingFolder:
    out.mkdir()
    for name, content in folder_files(records).items():
        (out / name).write_bytes(content)
    return read_meeting_folder(out)


async def other_name(name: str, now: datetime) -> None:
    """Change the meeting's name, by a folder that does not say its version."""
    await load_meeting(replace(FOLDER, meeting=replace(MEETING, name=name)), now=now)


@pytest.mark.parametrize("code", ["pstm24", "spine30", "test24"])
async def test_an_export_loads_back_without_a_change(
    database: Engine, files: FolderFiles, now: datetime, tmp_path: Path, code: str
) -> None:
    folder = files.write() if code == "test24" else ROOT / "meetings" / code
    await load_meeting(read_meeting_folder(folder), now=now)
    before = await every_row()
    records = await exported(code, tmp_path / code)
    report = await load_meeting(records, now=now + timedelta(days=1))
    assert (report.changed, report.version, records.based_on_version) == (False, 1, 1)
    assert await every_row() == before


async def test_an_export_is_the_meeting_in_another_database_too(
    database: Engine, now: datetime, tmp_path: Path
) -> None:
    await load_meeting(read_meeting_folder(ROOT / "meetings" / "pstm24"), now=now)
    records = await exported("pstm24", tmp_path / "pstm24")
    kept = ("meeting", "meeting_image", "session", "attendee", "member")
    before = {name: rows for name, rows in (await every_row()).items() if name in kept}
    await execute(*(sa.delete(table) for table in reversed(SQLModel.metadata.sorted_tables)))
    await load_meeting(records, now=now)
    assert {name: len(rows) for name, rows in before.items()} == {
        name: len(rows) for name, rows in (await every_row()).items() if name in kept
    }
    again = await export_meeting("pstm24")
    assert replace(again, sessions=()) == replace(records, sessions=())
    assert {each.code: each for each in again.sessions} == {
        each.code: each for each in records.sessions
    }


async def test_withdrawn_sessions_stay_withdrawn(
    database: Engine, files: FolderFiles, now: datetime, tmp_path: Path
) -> None:
    folder = read_meeting_folder(files.write())
    await load_meeting(folder, now=now)
    await load_meeting(replace(folder, sessions=folder.sessions[1:]), now=now)
    records = await exported("test24", tmp_path / "test24")
    assert {each.code for each in records.sessions} == {"S2", "S3", "S4"}
    assert not (await load_meeting(records, now=now)).changed


async def test_a_password_that_changed_since_the_export_stays(
    database: Engine, now: datetime, tmp_path: Path
) -> None:
    await load_meeting(FOLDER, now=now)
    kim = col(tables.MemberRow.username) == "kim"
    await execute(sa.update(tables.MemberRow).where(kim).values(password_hash="$argon2id$rehashed"))
    export = await export_meeting("test24")
    await execute(sa.update(tables.MemberRow).where(kim).values(password_hash="$argon2id$new"))
    assert not (await load_meeting(export, now=now)).changed
    assert await fetch_one(select(tables.MemberRow.password_hash).where(kim)) == "$argon2id$new"
    edited = tuple(
        replace(each, password_hash="$argon2id$edited", hash_as_exported=False)
        for each in export.members
    )
    await load_meeting(replace(export, members=edited), now=now)
    assert await fetch_one(select(tables.MemberRow.password_hash).where(kim)) == "$argon2id$edited"


async def test_a_folder_that_is_based_on_an_older_version_needs_to_be_meant(
    database: Engine, now: datetime
) -> None:
    await load_meeting(FOLDER, now=now)
    old = await export_meeting("test24")
    await other_name("Later", now)
    before = await every_row()
    changed = replace(old, meeting=replace(MEETING, name="Edited"))
    with pytest.raises(OutdatedFolder) as refused:
        await load_meeting(changed, now=now)
    assert (refused.value.based_on, refused.value.version) == (1, 2)
    with pytest.raises(OutdatedFolder):
        await load_meeting(changed, now=now, dry_run=True)
    assert await every_row() == before
    report = await load_meeting(changed, now=now, actor="staff kim", replace=True)
    assert report.version == 3
    entries = await fetch(select(tables.OperationRow).order_by(sa.text("id")))
    assert [(each.actor, each.what, each.details) for each in entries] == [
        ("staff", "meeting loaded", {"meeting": "test24", "version": 1}),
        ("staff", "meeting loaded", {"meeting": "test24", "version": 2}),
        ("staff kim", "meeting loaded", {"meeting": "test24", "version": 3}),
    ]


async def test_a_meeting_that_is_not_loaded_cannot_be_exported(database: Engine) -> None:
    with pytest.raises(MeetingNotFound):
        await export_meeting("nowhere")
