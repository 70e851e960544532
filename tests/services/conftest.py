"""Fixtures: a loaded meeting and signed-in attendees."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Engine

from cme_reflex.domain.sign_in.strength import SignInMethod
from cme_reflex.formats.meeting_folder.records import MeetingFolder
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.sign_in import authentication, credentials
from cme_reflex.services.sign_in.request_context import RequestContext
from tests.support.attendees import SignIn
from tests.support.database.databases import Fill
from tests.support.meetings import FOLDER, MEETING


@pytest.fixture(autouse=True, scope="module")
def quick_restores(remembered_migrations: None) -> None:
    """A restore, without migrations of its scratch file."""


@pytest.fixture
def folder() -> MeetingFolder:
    """The folder to load; override it for another one."""
    return FOLDER


@pytest.fixture
async def loaded(database: Engine, fill: Fill, folder: MeetingFolder, now: datetime) -> Engine:
    """The database with the meeting loaded."""
    if folder is FOLDER:
        await fill("the meeting", lambda: load_meeting(folder, now=now))
    else:
        await load_meeting(folder, now=now)
    return database


@pytest.fixture
def sign_in_as(loaded: Any, now: datetime) -> SignIn:
    """Function that signs in an attendee and returns the request context, as after a link."""

    async def sign_in(badge: str = "101", last_name: str = "O'Brien-Núñez") -> RequestContext:
        token = await credentials.sign_in_with_badge(MEETING.code, last_name, badge, now=now)
        context = await authentication.authenticate(MEETING.code, token, now=now)
        return replace(context, method=SignInMethod.LINK)

    return sign_in


@pytest.fixture
async def context(sign_in_as: SignIn) -> RequestContext:
    """The attendee with badge 101."""
    return await sign_in_as()


@pytest.fixture
def ids(context: RequestContext) -> dict[str, int]:
    """The id of each session by its code."""
    return {session.code: session.id for session in context.programme.sessions.values()}
