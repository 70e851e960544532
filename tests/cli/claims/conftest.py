"""Fixtures of the tests of `cme claims`."""

import asyncio
from datetime import UTC, datetime

import pytest

from cme_reflex.services.claims import claim
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.programme import programme_cache
from cme_reflex.services.sign_in.authentication import authenticate
from cme_reflex.services.sign_in.credentials import sign_in_with_badge
from cme_reflex.store.engines import close_database, open_database
from tests.support.attendees import complete_draft, submit_attested
from tests.support.meetings import FOLDER, MEETING

NOW = datetime(2024, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def unmigrated_url(database_url: str) -> str:
    """One that is migrated already: what is typed here does not migrate."""
    return database_url


@pytest.fixture
def receipt(unmigrated_url: str) -> str:
    """The number of a submitted claim's receipt."""

    async def submitted() -> str:
        open_database(unmigrated_url)
        programme_cache.clear()
        await load_meeting(FOLDER, now=NOW)
        token = await sign_in_with_badge(MEETING.code, "O'Brien-Núñez", "101", now=NOW)
        who = await authenticate(MEETING.code, token, now=NOW)
        ids = {session.code: session.id for session in who.programme.sessions.values()}
        revision = await complete_draft(who, ids, NOW)
        number = (await submit_attested(who, revision, now=NOW)).number
        assert (await claim.load_summary(who, now=NOW)).claim.status == "submitted"
        await close_database()
        return number

    return asyncio.run(submitted())
