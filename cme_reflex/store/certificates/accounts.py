"""Queries for a person's account at all meetings; as many for ten meetings as for one."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from cme_reflex.domain.claims.claim import VERSION_LIMIT
from cme_reflex.store.claims.tables import ClaimRow, LineRow, ReceiptRow
from cme_reflex.store.meetings.tables import MeetingRow
from cme_reflex.store.people.tables import AttendeeRow, MemberRow
from cme_reflex.store.reporting.tables import OptInRow, ReportingBatchRow, ReportingRow


class AccountRegistration(NamedTuple):
    """An attendee with the meeting's document and, if any, the claim and the opt-in."""

    attendee: AttendeeRow
    meeting: dict[str, Any]
    claim: ClaimRow | None
    lines: int
    reporting: OptInRow | None


class ReportedRow(NamedTuple):
    """A reported row and its batch."""

    row: ReportingRow
    batch: ReportingBatchRow


def find_member(db: Session, attendee_id: int) -> MemberRow | None:
    """The member that the attendee is linked to, or None."""
    query = (
        select(MemberRow)
        .join(AttendeeRow, col(AttendeeRow.member_id) == MemberRow.id)
        .where(AttendeeRow.id == attendee_id)
    )
    return db.exec(query).one_or_none()


def same_person(attendee_id: int, member_id: int | None) -> sa.ColumnElement[bool]:
    """Condition for the attendees who are this person: all of the member, or only this attendee."""
    if member_id is None:
        return col(AttendeeRow.id) == attendee_id
    return col(AttendeeRow.member_id) == member_id


def registrations(
    db: Session, attendee_id: int, member_id: int | None
) -> list[AccountRegistration]:
    """The person's registrations at all meetings."""
    lines = (
        sa.select(sa.func.count())
        .where(col(LineRow.claim_id) == ClaimRow.id, col(LineRow.removed_at).is_(None))
        .scalar_subquery()
    )
    rows: Any = (
        sa.select(AttendeeRow, col(MeetingRow.document), ClaimRow, lines, OptInRow)
        .join(MeetingRow, col(MeetingRow.id) == AttendeeRow.meeting_id)
        .outerjoin(ClaimRow, col(ClaimRow.attendee_id) == AttendeeRow.id)
        .outerjoin(OptInRow, col(OptInRow.attendee_id) == AttendeeRow.id)
        .where(same_person(attendee_id, member_id))
        .order_by(col(AttendeeRow.id))
    )
    return [AccountRegistration(*row) for row in db.exec(rows).all()]


def receipts(db: Session, attendee_ids: Sequence[int]) -> dict[int, list[ReceiptRow]]:
    """Receipts by attendee: the last VERSION_LIMIT versions of each claim, newest first."""
    versions = aliased(ReceiptRow)
    newest = (
        select(sa.func.max(versions.version))
        .where(col(versions.claim_id) == ClaimRow.id)
        .scalar_subquery()
    )
    newest_first: Any = (
        select(ClaimRow.attendee_id, ReceiptRow)
        .join(ReceiptRow, col(ReceiptRow.claim_id) == ClaimRow.id)
        .where(
            col(ClaimRow.attendee_id).in_(attendee_ids),
            col(ReceiptRow.version) > newest - VERSION_LIMIT,
        )
        .order_by(col(ReceiptRow.version).desc())
    )
    by_attendee: dict[int, list[ReceiptRow]] = defaultdict(list)
    for attendee_id, receipt in db.exec(newest_first).all():
        by_attendee[attendee_id].append(receipt)
    return by_attendee


def reported(db: Session, attendee_ids: Sequence[int]) -> dict[int, list[ReportedRow]]:
    """Reported rows by attendee, in the order of the files."""
    rows = (
        select(ReportingRow, ReportingBatchRow)
        .join(ReportingBatchRow, col(ReportingBatchRow.id) == ReportingRow.batch_id)
        .where(col(ReportingRow.attendee_id).in_(attendee_ids))
        .order_by(col(ReportingRow.id))
    )
    by_attendee: dict[int, list[ReportedRow]] = defaultdict(list)
    for row, batch in db.exec(rows).all():
        by_attendee[row.attendee_id].append(ReportedRow(row, batch))
    return by_attendee


def owns_claim(db: Session, attendee_id: int, member_id: int | None, claim_id: int) -> bool:
    """Whether the claim belongs to this person."""
    query = (
        select(ClaimRow.id)
        .join(AttendeeRow, col(AttendeeRow.id) == ClaimRow.attendee_id)
        .where(same_person(attendee_id, member_id), ClaimRow.id == claim_id)
    )
    return db.exec(query).one_or_none() is not None
