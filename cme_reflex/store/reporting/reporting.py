"""Queries for learner credit reporting: opt-ins, batches and reported rows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, cast

from sqlalchemy.orm import lazyload
from sqlmodel import Session, col, select

from cme_reflex.domain.reporting.pars import ParsRecord, ParsRow, RecordAction
from cme_reflex.store.claims.tables import ClaimRow, ReceiptCreditRow, ReceiptRow
from cme_reflex.store.people.tables import AttendeeRow
from cme_reflex.store.reporting.tables import OptInRow, ReportingBatchRow, ReportingRow

CHUNK = 100  # receipts in memory at a time

OptInWithReceipt = tuple[AttendeeRow, OptInRow, ReceiptRow | None, list[ReceiptCreditRow]]


def iter_opt_ins(db: Session, meeting_id: int) -> Iterator[OptInWithReceipt]:
    """All opt-ins, withdrawn ones too, by registration; one per receipt, oldest first.

    With each receipt comes the credit that it claims.
    """
    rows = (
        select(AttendeeRow, OptInRow, ReceiptRow, ReceiptCreditRow)
        .join(OptInRow, col(OptInRow.attendee_id) == AttendeeRow.id)
        .outerjoin(ClaimRow, col(ClaimRow.attendee_id) == AttendeeRow.id)
        .outerjoin(ReceiptRow, col(ReceiptRow.claim_id) == ClaimRow.id)
        .outerjoin(ReceiptCreditRow, col(ReceiptCreditRow.receipt_id) == ReceiptRow.id)
        .where(AttendeeRow.meeting_id == meeting_id)
        .order_by(col(AttendeeRow.id), col(ReceiptRow.version), col(ReceiptCreditRow.position))
        # One statement for all receipts; the relationship would take one more for each chunk.
        .options(lazyload(cast(Any, ReceiptRow.credits)))
        .execution_options(yield_per=CHUNK)
    )
    streamed: Iterable[Any] = db.exec(rows)  # of an outer join, so values may be None
    for _, group in groupby(streamed, lambda row: (row[0].id, row[2] and row[2].id)):
        alike = list(group)
        attendee, opt_in, receipt, _ = alike[0]
        yield attendee, opt_in, receipt, [row[3] for row in alike if row[3] is not None]


def latest_batch(db: Session, meeting_id: int) -> ReportingBatchRow | None:
    """The newest batch of the meeting, or None."""
    newest_first = (
        select(ReportingBatchRow)
        .where(ReportingBatchRow.meeting_id == meeting_id)
        .order_by(col(ReportingBatchRow.number).desc())
        .limit(1)
    )
    return db.exec(newest_first).one_or_none()


def find_batch(db: Session, meeting_id: int, number: int) -> ReportingBatchRow | None:
    """The meeting's batch with this number, or None."""
    query = select(ReportingBatchRow).where(
        ReportingBatchRow.meeting_id == meeting_id, ReportingBatchRow.number == number
    )
    return db.exec(query).one_or_none()


def reported_rows(
    db: Session, meeting_id: int, number: int | None = None, *, lock: bool = False
) -> list[ReportingRow]:
    """Reported rows of the meeting, or of one of its batches, in the order of the files.

    `lock` locks them until the end of the transaction.
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


def rows_by_attendee(db: Session, meeting_id: int) -> Mapping[int, Sequence[ReportingRow]]:
    """The meeting's reported rows of each attendee, in the order of the files; none by default."""
    rows: dict[int, list[ReportingRow]] = defaultdict(list)
    for row in reported_rows(db, meeting_id):
        rows[row.attendee_id].append(row)
    return rows


def latest_rejection(db: Session, attendee_id: int, since: datetime) -> ReportingRow | None:
    """The attendee's newest added row, if its rejection was recorded after `since`; else None."""
    newest_first = (
        select(ReportingRow)
        .where(
            ReportingRow.attendee_id == attendee_id,
            ReportingRow.action == RecordAction.ADD,
        )
        .order_by(col(ReportingRow.id).desc())
        .limit(1)
    )
    newest = db.exec(newest_first).one_or_none()
    return newest if newest is not None and is_rejected(newest, since) else None


def is_rejected(row: ReportingRow, since: datetime) -> bool:
    """Whether a rejection of the row was recorded after `since`."""
    return row.rejected_at is not None and row.rejected_at > since


def pars_row(row: ReportingRow) -> ParsRow:
    """The PARS row of a reported row."""
    return ParsRow(RecordAction(row.action), ParsRecord(**row.record))
