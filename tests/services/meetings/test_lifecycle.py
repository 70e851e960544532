"""Closing, reopening and archiving a meeting: claims, sign-ins, mail, and who did it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import select

from cme_reflex.domain.claims.claim import ClaimPeriodClosed, ClaimPeriodNotOpen
from cme_reflex.domain.meetings.meeting_status import MeetingStatus
from cme_reflex.services.claims import claim_lines, reminders
from cme_reflex.services.meetings import lifecycle
from cme_reflex.services.meetings.export import export_meeting
from cme_reflex.services.meetings.loader import OutdatedFolder, load_meeting
from cme_reflex.services.meetings.open_meetings import open_meetings
from cme_reflex.services.programme.programme_cache import MeetingNotFound
from cme_reflex.services.sign_in import authentication, credentials
from cme_reflex.services.sign_in.registrations import MeetingArchived
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.store import tables
from tests.support.attendees import SignIn
from tests.support.database.table_rows import every_row, fetch
from tests.support.meetings import FOLDER, MEETING, PASSWORD

OTHER = replace(FOLDER, meeting=replace(MEETING, code="other24"), members=())


@pytest.fixture
async def other(loaded: Engine, now: datetime) -> None:
    """A second meeting of the same society, which nothing here may change."""
    await load_meeting(OTHER, now=now)


async def signed_in(context: RequestContext, now: datetime) -> RequestContext:
    """The context of the same sign-in at its next event."""
    return await authentication.authenticate_hash(MEETING.code, context.sign_in, now=now)


@pytest.mark.usefixtures("other")
async def test_a_closed_meeting_takes_no_claim_until_it_is_reopened(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    later = now + timedelta(minutes=1)
    closed = await lifecycle.close_meeting(MEETING.code, actor="staff kim", now=now)
    assert (closed.status, closed.closes_at, closed.version) == (MeetingStatus.CLOSED, now, 2)
    with pytest.raises(ClaimPeriodClosed):
        await claim_lines.add_session(await signed_in(context, later), ids["A"], now=later)
    until = later + timedelta(days=1)
    opened = await lifecycle.reopen_meeting(MEETING.code, until=until, actor="staff lee", now=later)
    assert (opened.status, opened.closes_at, opened.version) == (MeetingStatus.OPEN, until, 3)
    summary = await claim_lines.add_session(await signed_in(context, later), ids["A"], now=later)
    assert len(summary.claim.lines) == 1
    entries = await fetch(select(tables.OperationRow).order_by(sa.text("id")))
    assert [(each.actor, each.what, each.details["version"]) for each in entries[-2:]] == [
        ("staff kim", "meeting closed", 2),
        ("staff lee", "meeting reopened", 3),
    ]
    others = {each.code: each.status for each in await lifecycle.list_meetings(now=later)}
    assert others["other24"] is MeetingStatus.OPEN


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("change", [lifecycle.close_meeting, lifecycle.archive_meeting])
async def test_the_same_again_changes_nothing(change: Callable[..., object], now: datetime) -> None:
    async def changed(at: datetime) -> lifecycle.MeetingSummary:
        summary = await change(MEETING.code, actor="staff kim", now=at)  # type: ignore[misc]
        assert isinstance(summary, lifecycle.MeetingSummary)
        return summary

    first, rows = await changed(now), await every_row()
    assert await changed(now + timedelta(days=1)) == first
    assert await every_row() == rows


@pytest.mark.usefixtures("loaded")
async def test_nothing_is_closed_before_it_opens_or_reopened_into_the_past(now: datetime) -> None:
    early = MEETING.claim.opens_at - timedelta(days=1)
    with pytest.raises(ClaimPeriodNotOpen):
        await lifecycle.close_meeting(MEETING.code, actor="staff", now=early)
    for until in (now, MEETING.claim.opens_at):
        with pytest.raises(lifecycle.ReopenUntilPast):
            await lifecycle.reopen_meeting(MEETING.code, until=until, actor="staff", now=now)
    with pytest.raises(MeetingNotFound):
        await lifecycle.archive_meeting("nowhere", actor="staff", now=now)


async def test_a_folder_from_before_does_not_reopen_what_was_closed(
    loaded: Engine, now: datetime
) -> None:
    await lifecycle.close_meeting(MEETING.code, actor="staff", now=now)
    with pytest.raises(OutdatedFolder):
        await load_meeting(FOLDER, now=now)
    export = await export_meeting(MEETING.code)
    assert export.meeting.claim.closes_at == now
    assert not (await load_meeting(export, now=now)).changed


@pytest.mark.usefixtures("other")
async def test_nobody_signs_in_to_an_archived_meeting_until_it_is_reopened(
    context: RequestContext, sign_in_as: SignIn, now: datetime
) -> None:
    token = await credentials.sign_in_with_badge("other24", "O'Brien-Núñez", "101", now=now)
    await lifecycle.archive_meeting(MEETING.code, actor="staff", now=now)
    with pytest.raises(authentication.NotSignedIn):
        await signed_in(context, now)
    with pytest.raises(MeetingArchived):
        await sign_in_as("101")
    with pytest.raises(MeetingArchived):
        await credentials.sign_in_with_password(MEETING.code, "kim", PASSWORD, now=now)
    with pytest.raises(credentials.InvalidCredentials):
        await credentials.sign_in_with_badge(MEETING.code, "O'Brien-Núñez", "999", now=now)
    assert (await authentication.authenticate("other24", token, now=now)).attendee.badge == "101"
    until = now + timedelta(days=1)
    await lifecycle.reopen_meeting(MEETING.code, until=until, actor="staff", now=now)
    assert (await sign_in_as("101")).attendee.badge == "101"


async def test_nobody_is_reminded_of_an_archived_meeting(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    await claim_lines.add_session(context, ids["A"], now=now)
    await lifecycle.archive_meeting(MEETING.code, actor="staff", now=now)
    with pytest.raises(MeetingArchived):
        await reminders.enqueue_reminders(MEETING.code, now=now)


@pytest.mark.usefixtures("other")
async def test_meetings_are_listed_with_their_claim_periods(now: datetime) -> None:
    early = MEETING.claim.opens_at - timedelta(days=1)
    assert [
        (each.code, each.status, each.attendees, each.submitted)
        for each in await lifecycle.list_meetings(now=early)
    ] == [("test24", MeetingStatus.NOT_OPEN, 3, 0), ("other24", MeetingStatus.NOT_OPEN, 3, 0)]


@pytest.mark.usefixtures("other")
async def test_a_meeting_that_was_archived_before_it_opened_never_does(now: datetime) -> None:
    early = MEETING.claim.opens_at - timedelta(days=1)
    await lifecycle.archive_meeting("other24", actor="staff", now=early)
    assert [each.code for each in await open_meetings(now=now)] == [MEETING.code]
