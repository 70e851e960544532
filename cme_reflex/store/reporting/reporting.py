"""Reading what attendees gave for learner credit reporting, and what was reported of them."""

from collections.abc import Iterator
from datetime import datetime

from sqlmodel import Session, col, select

from cme_reflex.domain.reporting.pars import ParsRecord, ParsRow, RecordAction
from cme_reflex.store.claims.tables import ClaimRow, ReceiptRow
from cme_reflex.store.people.tables import AttendeeRow
from cme_reflex.store.reporting.tables import OptInRow, ReportingBatchRow, ReportingRow

CHUNK = 100  # receipts that are in memory at once

OptInWithReceipt = tuple[AttendeeRow, OptInRow, ReceiptRow | None]


def iter_opt_ins(db: Session, meeting_id: int) -> Iterator[OptInWithReceipt]:
    """Who ever opted in, in the order of registration, each with every receipt, oldest first."""
    rows = (
        select(AttendeeRow, OptInRow, ReceiptRow)
        .join(OptInRow, col(OptInRow.attendee_id) == AttendeeRow.id)
        .outerjoin(ClaimRow, col(ClaimRow.attendee_id) == AttendeeRow.id)
        .outerjoin(ReceiptRow, col(ReceiptRow.claim_id) == ClaimRow.id)
        .where(AttendeeRow.meeting_id == meeting_id)
        .order_by(col(AttendeeRow.id), col(ReceiptRow.version))
        .execution_options(yield_per=CHUNK)
    )
    yield from db.exec(rows)


def latest_batch(db: Session, meeting_id: int) -> ReportingBatchRow | None:
    """The newest batch of the meeting, if there is one."""
    newest_first = (
        select(ReportingBatchRow)
        .where(ReportingBatchRow.meeting_id == meeting_id)
        .order_by(col(ReportingBatchRow.number).desc())
        .limit(1)
    )
    return db.exec(newest_first).one_or_none()


def find_batch(db: Session, meeting_id: int, number: int) -> ReportingBatchRow | None:
    """The meeting's batch with this number, if there is one."""
    wanted = select(ReportingBatchRow).where(
        ReportingBatchRow.meeting_id == meeting_id, ReportingBatchRow.number == number
    )
    return db.exec(wanted).one_or_none()


def reported_rows(
    db: Session, meeting_id: int, number: int | None = None, *, lock: bool = False
) -> list[ReportingRow]:
    """What was reported of the meeting, or in one batch of it, in the order of the files.

    Where the rows are locked, nobody else marks them until the end of `db`.
    """
    rows = (
        select(ReportingRow)
        .join(ReportingBatchRow, col(ReportingBatchRow.id) == ReportingRow.batch_id)
        .where(ReportingBatchRow.meeting_id == meeting_id)
        .order_by(col(ReportingRow.id))
    )
    if number is not None:
        rows = rows.where(ReportingBatchRow.number == number)
    if lock:
        rows = rows.with_for_update(of=ReportingRow)
    return list(db.exec(rows).all())


def latest_rejection(db: Session, attendee_id: int, since: datetime) -> ReportingRow | None:
    """The newest of an attendee's added rows that PARS was told to have rejected after `since`."""
    newest_first = (
        select(ReportingRow)
        .where(
            ReportingRow.attendee_id == attendee_id,
            ReportingRow.action == RecordAction.ADD,
            col(ReportingRow.rejected_at) > since,
        )
        .order_by(col(ReportingRow.id).desc())
        .limit(1)
    )
    return db.exec(newest_first).one_or_none()


def pars_row(row: ReportingRow) -> ParsRow:
    """The row that was reported."""
    return ParsRow(RecordAction(row.action), ParsRecord(**row.record))
