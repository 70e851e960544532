"""Meetings of this deployment: a list, and closing, reopening and archiving of one."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

import sqlalchemy as sa
from sqlmodel import Session, col, select

from cme_reflex.domain.claims.claim import ClaimPeriodNotOpen
from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.domain.meetings.meeting_status import MeetingStatus, meeting_status
from cme_reflex.domain.operations.operation import Operation
from cme_reflex.formats.meeting_folder.document import meeting_document, meeting_from_document
from cme_reflex.services.meetings.meeting_changes import record_change
from cme_reflex.services.programme.programme_cache import MeetingNotFound
from cme_reflex.store.claims.tables import ClaimRow, ReceiptRow
from cme_reflex.store.database import read, write
from cme_reflex.store.meetings.tables import MeetingRow
from cme_reflex.store.people.tables import AttendeeRow
from cme_reflex.store.sign_in.tables import SignInRow

TIMEOUT = 60.0  # seconds per statement; counts go over all claims


class ReopenUntilPast(ValueError):
    """The new end of the claim period is over, or not after its beginning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingSummary:
    """A meeting in the list. Datetimes are aware UTC; `submitted` counts attendees."""

    code: str
    name: str
    status: MeetingStatus
    opens_at: datetime
    closes_at: datetime
    time_zone: str
    version: int
    attendees: int
    submitted: int


async def list_meetings(*, now: datetime) -> tuple[MeetingSummary, ...]:
    """All meetings, the one whose claim period begins last first."""

    def load(db: Session) -> tuple[MeetingSummary, ...]:
        found = [_summary(db, row, now) for row in db.exec(select(MeetingRow))]
        return tuple(sorted(found, key=lambda each: (each.opens_at, each.code), reverse=True))

    return await read(load, timeout=TIMEOUT)


async def close_meeting(code: str, *, actor: str, now: datetime) -> MeetingSummary:
    """End the claim period now; claims that staff reopened keep their own deadlines.

    Changes nothing if it is over. Raises MeetingNotFound, and ClaimPeriodNotOpen before it begins.
    """

    def close(row: MeetingRow, meeting: Meeting) -> Meeting:
        if now <= meeting.claim.opens_at:
            raise ClaimPeriodNotOpen(meeting.claim.opens_at)
        return _closing_at(meeting, min(now, meeting.claim.closes_at))

    return await _change(code, Operation.MEETING_CLOSED, close, actor=actor, now=now)


async def reopen_meeting(
    code: str, *, until: datetime, actor: str, now: datetime
) -> MeetingSummary:
    """Let the claim period end at `until` (aware); attendees of an archived meeting sign in again.

    Raises MeetingNotFound and ReopenUntilPast.
    """

    def reopen(row: MeetingRow, meeting: Meeting) -> Meeting:
        if until <= max(now, meeting.claim.opens_at):
            raise ReopenUntilPast
        row.archived_at = None
        return _closing_at(meeting, until)

    return await _change(code, Operation.MEETING_REOPENED, reopen, actor=actor, now=now)


async def archive_meeting(code: str, *, actor: str, now: datetime) -> MeetingSummary:
    """End the claim period and all sign-ins; from now on nobody signs in, and nobody is reminded.

    Claims, receipts and their verification stay. Changes nothing if it is archived. Raises
    MeetingNotFound.
    """

    def archive(row: MeetingRow, meeting: Meeting) -> Meeting:
        row.archived_at = row.archived_at or now
        if now <= meeting.claim.opens_at:
            return meeting  # nobody can claim before they could sign in
        return _closing_at(meeting, min(now, meeting.claim.closes_at))

    return await _change(code, Operation.MEETING_ARCHIVED, archive, actor=actor, now=now)


def _closing_at(meeting: Meeting, closes_at: datetime) -> Meeting:
    return replace(meeting, claim=replace(meeting.claim, closes_at=closes_at))


async def _change(
    code: str,
    what: Operation,
    change: Callable[[MeetingRow, Meeting], Meeting],
    *,
    actor: str,
    now: datetime,
) -> MeetingSummary:
    """Change a locked meeting, in a version of its own unless nothing changes."""

    def save(db: Session) -> MeetingSummary:
        locked = select(MeetingRow).where(MeetingRow.code == code).with_for_update()
        row = db.exec(locked).one_or_none()
        if row is None:
            raise MeetingNotFound(code)
        before, archived = meeting_from_document(row.document), row.archived_at
        after = change(row, before)
        if after != before or row.archived_at != archived:
            row.document = meeting_document(after)
            closes_at = after.claim.closes_at.isoformat()
            record_change(db, row, what, actor=actor, now=now, closes_at=closes_at)
            if row.archived_at is not None:
                _end_sign_ins(db, cast(int, row.id))
            db.flush()
        return _summary(db, row, now)

    return await write(save, timeout=TIMEOUT)


def _end_sign_ins(db: Session, meeting_id: int) -> None:
    attendees = select(AttendeeRow.id).where(AttendeeRow.meeting_id == meeting_id)
    db.exec(sa.delete(SignInRow).where(col(SignInRow.attendee_id).in_(attendees)))


def _summary(db: Session, row: MeetingRow, now: datetime) -> MeetingSummary:
    meeting = meeting_from_document(row.document)
    attendees = select(sa.func.count()).where(AttendeeRow.meeting_id == row.id)
    submitted = (
        select(sa.func.count(sa.distinct(col(ReceiptRow.claim_id))))
        .join(ClaimRow, col(ClaimRow.id) == ReceiptRow.claim_id)
        .join(AttendeeRow, col(AttendeeRow.id) == ClaimRow.attendee_id)
        .where(AttendeeRow.meeting_id == row.id, col(ReceiptRow.withdrawn_at).is_(None))
    )
    return MeetingSummary(
        code=row.code,
        name=meeting.name,
        status=meeting_status(meeting, archived=row.archived_at is not None, now=now),
        opens_at=meeting.claim.opens_at,
        closes_at=meeting.claim.closes_at,
        time_zone=meeting.time_zone,
        version=row.version,
        attendees=db.exec(attendees).one(),
        submitted=db.exec(submitted).one(),
    )
