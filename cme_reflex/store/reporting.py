"""Reading what attendees gave for learner credit reporting, and what was reported of them."""

from collections.abc import Iterator
from datetime import datetime

from sqlmodel import Session, col, select

from cme_reflex.domain.pars import Action
from cme_reflex.store.tables import (
    AttendeeRow,
    BatchRow,
    ClaimRow,
    ReceiptRow,
    ReportedRow,
    ReportingRow,
)

CHUNK = 100  # receipts that are in memory at once

Given = tuple[AttendeeRow, ReportingRow, ReceiptRow | None]


def given(db: Session, meeting_id: int) -> Iterator[Given]:
    """Who ever opted in, in the order of registration, each with every receipt, oldest first."""
    rows = (
        select(AttendeeRow, ReportingRow, ReceiptRow)
        .join(ReportingRow, col(ReportingRow.attendee_id) == AttendeeRow.id)
        .outerjoin(ClaimRow, col(ClaimRow.attendee_id) == AttendeeRow.id)
        .outerjoin(ReceiptRow, col(ReceiptRow.claim_id) == ClaimRow.id)
        .where(AttendeeRow.meeting_id == meeting_id)
        .order_by(col(AttendeeRow.id), col(ReceiptRow.version))
        .execution_options(yield_per=CHUNK)
    )
    yield from db.exec(rows)


def last_batch(db: Session, meeting_id: int) -> BatchRow | None:
    """The newest batch of the meeting, if there is one."""
    newest_first = (
        select(BatchRow)
        .where(BatchRow.meeting_id == meeting_id)
        .order_by(col(BatchRow.number).desc())
        .limit(1)
    )
    return db.exec(newest_first).one_or_none()


def batch(db: Session, meeting_id: int, number: int) -> BatchRow | None:
    """The meeting's batch with this number, if there is one."""
    wanted = select(BatchRow).where(BatchRow.meeting_id == meeting_id, BatchRow.number == number)
    return db.exec(wanted).one_or_none()


def reported(
    db: Session, meeting_id: int, number: int | None = None, *, lock: bool = False
) -> list[ReportedRow]:
    """What was reported of the meeting, or in one batch of it, in the order of the files.

    Where the rows are locked, nobody else marks them until the end of `db`.
    """
    rows = (
        select(ReportedRow)
        .join(BatchRow, col(BatchRow.id) == ReportedRow.batch_id)
        .where(BatchRow.meeting_id == meeting_id)
        .order_by(col(ReportedRow.id))
    )
    if number is not None:
        rows = rows.where(BatchRow.number == number)
    if lock:
        rows = rows.with_for_update(of=ReportedRow)
    return list(db.exec(rows).all())


def last_rejection(db: Session, attendee_id: int, since: datetime) -> ReportedRow | None:
    """The newest of an attendee's added rows that PARS was told to have rejected after `since`."""
    newest_first = (
        select(ReportedRow)
        .where(
            ReportedRow.attendee_id == attendee_id,
            ReportedRow.action == Action.ADD,
            col(ReportedRow.rejected_at) > since,
        )
        .order_by(col(ReportedRow.id).desc())
        .limit(1)
    )
    return db.exec(newest_first).one_or_none()
