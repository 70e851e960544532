"""A meeting that another process loads, changes or closes is seen by the next event."""

import os
import time
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from cme_reflex.domain.meetings.meeting_status import MeetingStatus
from cme_reflex.services.meetings import lifecycle
from cme_reflex.services.sign_in import authentication, credentials
from tests.support import cme_forks
from tests.support.files.folder_files import FolderFiles

WITHIN = 1.0  # seconds


@pytest.fixture
def files(tmp_path: Path) -> FolderFiles:
    return FolderFiles(tmp_path / "test24")


def cme(url: str, *words: str | Path) -> None:
    """Run the command in a process of its own."""
    environment = {**os.environ, "CME_DATABASE_URL": url}
    code, _, errors = cme_forks.run([*map(str, words)], environment)
    assert (code, errors) == (0, "")


async def test_another_process_opens_renames_and_closes_a_meeting(
    database: Engine, database_url: str, files: FolderFiles, now: datetime
) -> None:
    assert await lifecycle.list_meetings(now=now) == ()
    folder = files.write()
    cme(database_url, "meeting", "load", folder)
    began = time.monotonic()
    token = await credentials.sign_in_with_badge("test24", "O'Brien-Núñez", "B1", now=now)
    first = await authentication.authenticate("test24", token, now=now)
    assert first.meeting.name == "The Test Meeting 2024"
    assert time.monotonic() - began < WITHIN

    files.replace("meeting.toml", "The Test Meeting 2024", "Another Name").write()
    cme(database_url, "meeting", "load", folder)
    began = time.monotonic()
    second = await authentication.authenticate("test24", token, now=now)
    assert (second.meeting.name, second.programme.version) == ("Another Name", 2)
    assert time.monotonic() - began < WITHIN

    cme(database_url, "meeting", "close", "test24")
    third = await authentication.authenticate("test24", token, now=now)
    assert third.meeting.claim.closes_at < second.meeting.claim.closes_at
    (listed,) = await lifecycle.list_meetings(now=third.meeting.claim.closes_at)
    assert listed.status is MeetingStatus.CLOSED

    files.folder = folder.with_name("later24")
    files.replace("meeting.toml", 'code = "test24"', 'code = "later24"')
    cme(database_url, "meeting", "load", files.write())
    token = await credentials.sign_in_with_badge("later24", "O'Brien-Núñez", "B1", now=now)
    assert (await authentication.authenticate("later24", token, now=now)).meeting.code == "later24"
