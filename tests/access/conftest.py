"""Fixtures: the complete application in this process, with two small meetings and attendees."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.programme import programme_cache
from cme_reflex.settings import settings
from cme_reflex.store.engines import close_database, open_database
from cme_reflex.web import logs
from cme_reflex.web.middleware import socket_limits
from tests.support.access.attendees import (
    ANOTHER_FOLDER,
    FOLDER_WITH_PEOPLE,
    NOW,
    SignedInPeople,
    sign_everybody_in,
)
from tests.support.app_client import HOST, RunningApp, application, running_app
from tests.support.database.databases import Fill
from tests.support.meetings import MEETING


@pytest.fixture
async def people(
    database_url: str, fill: Fill, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[SignedInPeople]:
    """Attendees of the test meeting: with a draft, with a submitted claim, and without a claim.

    The database contains another meeting, too.
    """
    application()  # before the settings change: its pages are those of the demo meeting
    monkeypatch.setenv("CME_DATABASE_URL", database_url)
    monkeypatch.setenv("CME_MEETING", MEETING.code)
    monkeypatch.setenv("CME_PUBLIC_URL", f"http://{HOST}")
    monkeypatch.setenv("CME_MAIL_FOLDER", str(tmp_path / "mail"))
    monkeypatch.setenv("CME_EVENTS_PER_SECOND", "100000")
    settings.cache_clear()
    programme_cache.clear()
    open_database(database_url)
    people = await fill("two meetings with people", load_and_sign_in)
    await close_database()
    yield people
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
async def site(
    people: SignedInPeople, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[RunningApp]:
    """The running application."""
    # Hypothesis opens more connections than the limit allows.
    monkeypatch.setattr(
        socket_limits, "PER_SIGN_IN", replace(socket_limits.PER_SIGN_IN, burst=10**6)
    )
    # Leave the log to pytest, so that a test can read it.
    monkeypatch.setattr(logs, "configure_logging", lambda: None)
    async with running_app() as site:
        yield site


async def load_and_sign_in() -> SignedInPeople:
    """Load two meetings, and sign in their attendees."""
    for folder in (FOLDER_WITH_PEOPLE, ANOTHER_FOLDER):
        await load_meeting(folder, now=NOW)
    return await sign_everybody_in()
