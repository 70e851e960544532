"""Fixtures of the tests of `cme mail`."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.programme import programme_cache
from cme_reflex.services.sign_in.authentication import authenticate
from cme_reflex.services.sign_in.credentials import sign_in_with_badge
from cme_reflex.settings import settings
from cme_reflex.store.engines import close_database, open_database
from tests.support.attendees import begin_claim
from tests.support.files.folder_files import FolderFiles
from tests.support.mail import FOLDER_WITH_ADDRESSES
from tests.support.meetings import MEETING
from tests.support.servers.smtp_server import LocalSmtpServer, run_smtp_server


@pytest.fixture
def unmigrated_url(database_url: str) -> str:
    """One that is migrated already: what is typed here does not migrate."""
    return database_url


@pytest.fixture(autouse=True)
def server(
    unmigrated_url: str, monkeypatch: pytest.MonkeyPatch, files: FolderFiles
) -> Iterator[LocalSmtpServer]:
    """The meeting with addresses, 101 who has begun, and a mail server in the settings."""

    async def begun() -> None:
        open_database(unmigrated_url)
        programme_cache.clear()
        now = datetime(2024, 11, 1, 12, tzinfo=UTC)
        await load_meeting(FOLDER_WITH_ADDRESSES, now=now)
        for name, badge in (("O'Brien-Núñez", "101"), ("Nowhere", "104")):
            token = await sign_in_with_badge(MEETING.code, name, badge, now=now)
            await begin_claim(await authenticate(MEETING.code, token, now=now), now)
        await close_database()

    asyncio.run(begun())
    files.folder = files.folder.parent / MEETING.code
    folder = files.write()
    with run_smtp_server() as server:
        for name, value in {
            "CME_MEETING": MEETING.code,
            "CME_MEETINGS": str(folder.parent),
            "CME_SMTP_URL": server.url,
            "CME_MAIL_FROM": "cme@example.org",
            "CME_PUBLIC_URL": "https://cme.example.org/",
        }.items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()
        yield server
