"""A loaded meeting and people who are signed in to it."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Engine

from cme_reflex.exchange.records import MeetingFolder
from cme_reflex.services import signin
from cme_reflex.services.meeting import load_meeting
from cme_reflex.services.visit import Visit
from tests.databases import Fill
from tests.meetings import FOLDER, MEETING

SignIn = Callable[..., Awaitable[Visit]]


@pytest.fixture
def folder() -> MeetingFolder:
    """What is loaded; a test that needs another one overrides this."""
    return FOLDER


@pytest.fixture
async def loaded(database: Engine, fill: Fill, folder: MeetingFolder, now: datetime) -> Engine:
    """The database with the meeting in it."""
    if folder is FOLDER:
        await fill("the meeting", lambda: load_meeting(folder, now=now))
    else:
        await load_meeting(folder, now=now)
    return database


@pytest.fixture
def visit_as(loaded: Any, now: datetime) -> SignIn:
    """Sign somebody in by badge and answer the visit."""

    async def sign_in(badge: str = "101", last_name: str = "O'Brien-Núñez") -> Visit:
        token = await signin.with_number(MEETING.code, last_name, badge, now=now)
        return await signin.visit(MEETING.code, token, now=now)

    return sign_in


@pytest.fixture
async def visit(visit_as: SignIn) -> Visit:
    """The attendee with badge 101."""
    return await visit_as()


@pytest.fixture
def ids(visit: Visit) -> dict[str, int]:
    """The id of each session by its code."""
    return {session.code: session.id for session in visit.programme.sessions.values()}
