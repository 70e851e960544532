"""Reading what one person has at all meetings: as many queries for ten meetings as for one."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from cme_reflex.store.tables import (
    AttendeeRow,
    BatchRow,
    ClaimRow,
    LineRow,
    MeetingRow,
    MemberRow,
    ReceiptRow,
    ReportedRow,
    ReportingRow,
)


class Registration(NamedTuple):
    """An attendee with the meeting's document, and the claim and the opt-in where there are."""

    attendee: AttendeeRow
    meeting: dict[str, Any]
    claim: ClaimRow | None
    lines: int
    reporting: ReportingRow | None


class Sent(NamedTuple):
    """A row that was reported, with the batch that it went in."""

    row: ReportedRow
    batch: BatchRow


def member_of(db: Session, attendee_id: int) -> MemberRow | None:
    """The member that the attendee is linked to, if there is one."""
    linked = (
        select(MemberRow)
        .join(AttendeeRow, col(AttendeeRow.member_id) == MemberRow.id)
        .where(AttendeeRow.id == attendee_id)
    )
    return db.exec(linked).one_or_none()


def own(attendee_id: int, member_id: int | None) -> sa.ColumnElement[bool]:
    """Which attendees are the same person: those of the member, without one this alone."""
    if member_id is None:
        return col(AttendeeRow.id) == attendee_id
    return col(AttendeeRow.member_id) == member_id


def registrations(db: Session, attendee_id: int, member_id: int | None) -> list[Registration]:
    """The person's registrations at all meetings."""
    lines = (
        sa.select(sa.func.count())
        .where(col(LineRow.claim_id) == ClaimRow.id, col(LineRow.removed).is_(False))
        .scalar_subquery()
    )
    rows: Any = (
        sa.select(AttendeeRow, col(MeetingRow.document), ClaimRow, lines, ReportingRow)
        .join(MeetingRow, col(MeetingRow.id) == AttendeeRow.meeting_id)
        .outerjoin(ClaimRow, col(ClaimRow.attendee_id) == AttendeeRow.id)
        .outerjoin(ReportingRow, col(ReportingRow.attendee_id) == AttendeeRow.id)
        .where(own(attendee_id, member_id))
        .order_by(col(AttendeeRow.id))
    )
    return [Registration(*row) for row in db.exec(rows).all()]


def receipts(db: Session, attendee_ids: Sequence[int]) -> dict[int, list[ReceiptRow]]:
    """The submitted versions of each attendee's claim, the newest first."""
    newest_first = (
        select(ClaimRow.attendee_id, ReceiptRow)
        .join(ReceiptRow, col(ReceiptRow.claim_id) == ClaimRow.id)
        .where(col(ClaimRow.attendee_id).in_(attendee_ids))
        .order_by(col(ReceiptRow.version).desc())
    )
    found: dict[int, list[ReceiptRow]] = defaultdict(list)
    for attendee_id, receipt in db.exec(newest_first).all():
        found[attendee_id].append(receipt)
    return found


def reported(db: Session, attendee_ids: Sequence[int]) -> dict[int, list[Sent]]:
    """What was reported of each attendee, in the order of the files."""
    rows = (
        select(ReportedRow, BatchRow)
        .join(BatchRow, col(BatchRow.id) == ReportedRow.batch_id)
        .where(col(ReportedRow.attendee_id).in_(attendee_ids))
        .order_by(col(ReportedRow.id))
    )
    found: dict[int, list[Sent]] = defaultdict(list)
    for row, batch in db.exec(rows).all():
        found[row.attendee_id].append(Sent(row, batch))
    return found


def is_own(db: Session, attendee_id: int, member_id: int | None, claim_id: int) -> bool:
    """Whether the claim is one of the person's."""
    theirs = (
        select(ClaimRow.id)
        .join(AttendeeRow, col(AttendeeRow.id) == ClaimRow.attendee_id)
        .where(own(attendee_id, member_id), ClaimRow.id == claim_id)
    )
    return db.exec(theirs).one_or_none() is not None
