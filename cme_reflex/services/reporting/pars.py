"""Learner credit reporting to PARS: exports of new rows as numbered batches."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.domain.reporting import pars
from cme_reflex.domain.reporting.pars import ParsRow, RecordAction
from cme_reflex.services.reporting.learners import TIMEOUT, iter_learners, load_meeting_terms
from cme_reflex.store import database
from cme_reflex.store.reporting import reporting
from cme_reflex.store.reporting.reporting import pars_row
from cme_reflex.store.reporting.tables import ReportingBatchRow, ReportingRow


class BatchNotFound(LookupError):
    """The meeting has no batch with this number. `last` is the newest number, or None."""

    def __init__(self, number: int, last: int | None) -> None:
        super().__init__(f"There is no batch {number}.")
        self.number, self.last = number, last


class ActivityIdMissing(Exception):
    """The meeting has no nine-digit activity ID, which PARS requires."""


class NothingToReport(Exception):
    """PARS has all current records, except those `left_out`: see Batch.

    `last` is the newest batch's number, or None.
    """

    def __init__(self, last: int | None, left_out: int) -> None:
        super().__init__("There is nothing new to report.")
        self.last = last
        self.left_out = left_out


class BatchNotDelivered(Exception):
    """The files of an earlier batch may be missing and must be written first."""

    def __init__(self, number: int) -> None:
        super().__init__(f"Batch {number} was not delivered.")
        self.number = number


class ConcurrentExport(Exception):
    """Another export was committed in between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The rows of one file, in its order. `at` is aware UTC.

    `left_out` counts the attendees whom PARS would reject, or has rejected.
    """

    meeting: str
    number: int
    at: datetime
    actor: str
    rows: tuple[ParsRow, ...]
    left_out: int = 0

    def count(self, action: RecordAction) -> int:
        """Number of rows with this action."""
        return sum(row.action is action for row in self.rows)


async def next_batch_number(code: str) -> int:
    """The number of the next batch. Raises MeetingNotFound, BatchNotDelivered."""
    return await database.read(lambda db: _next_number(db, load_meeting_terms(db, code)[0]))


async def create_batch(
    code: str,
    number: int,
    *,
    actor: str,
    now: datetime,
    write: Callable[[Batch], None],
    with_rejected: bool = False,
) -> Batch:
    """Save all changes since the last batch as a new one, after `write` has written its files.

    `write` is called before the commit: if it raises, no batch is saved. It must return
    when the files are complete on the disk; call `mark_delivered` when they are at their
    destination. Claims submitted meanwhile go into the next batch. A rejected record is left out
    until its attendee has saved the data again, unless it goes out again `with_rejected`.

    Raises NothingToReport, BatchNotDelivered, ConcurrentExport, ActivityIdMissing, MeetingNotFound.
    """
    new = await database.read(
        lambda db: _compare(db, code, number, with_rejected=with_rejected), timeout=TIMEOUT
    )
    batch = Batch(
        meeting=code,
        number=number,
        at=now,
        actor=actor,
        rows=tuple(row for _, row in new.rows),
        left_out=new.left_out,
    )
    write(batch)
    await database.write(lambda db: _insert(db, new, batch), timeout=TIMEOUT)
    return batch


async def load_batch(code: str, number: int) -> Batch:
    """A saved batch, to write its files again. Raises BatchNotFound, MeetingNotFound."""

    def load(db: Session) -> Batch:
        meeting_id, _ = load_meeting_terms(db, code)
        row = reporting.find_batch(db, meeting_id, number)
        if row is None:
            last = reporting.latest_batch(db, meeting_id)
            raise BatchNotFound(number, last.number if last else None)
        rows = reporting.reported_rows(db, meeting_id, number)
        return Batch(
            meeting=code,
            number=number,
            at=row.at,
            actor=row.actor,
            rows=tuple(map(pars_row, rows)),
        )

    return await database.read(load, timeout=TIMEOUT)


async def mark_delivered(code: str, number: int, *, now: datetime) -> None:
    """Record that the files of a batch are at their destination; idempotent."""

    def save(db: Session) -> None:
        meeting_id, _ = load_meeting_terms(db, code)
        row = reporting.find_batch(db, meeting_id, number)
        if row is not None and row.delivered_at is None:
            row.delivered_at = now

    await database.write(save)


@dataclass(frozen=True, slots=True)
class _Difference:
    """New rows with their attendees' ids, and the number of attendees whom PARS would reject."""

    meeting_id: int
    rows: list[tuple[int, ParsRow]]
    left_out: int


def _compare(db: Session, code: str, number: int, *, with_rejected: bool) -> _Difference:
    meeting_id, meeting = load_meeting_terms(db, code)
    if not pars.is_activity_id(meeting.reporting.pars_activity_id):
        raise ActivityIdMissing
    if _next_number(db, meeting_id) != number:
        raise ConcurrentExport
    new = _difference(db, meeting_id, meeting, with_rejected=with_rejected)
    if not new.rows:
        raise NothingToReport(number - 1 or None, new.left_out)
    return new


def _next_number(db: Session, meeting_id: int) -> int:
    last = reporting.latest_batch(db, meeting_id)
    if last is not None and last.delivered_at is None:
        raise BatchNotDelivered(last.number)
    return 1 + (last.number if last else 0)


def _difference(
    db: Session, meeting_id: int, meeting: Meeting, *, with_rejected: bool
) -> _Difference:
    reported = reporting.rows_by_attendee(db, meeting_id)
    new: list[tuple[int, ParsRow]] = []
    left_out = 0
    for learner in iter_learners(db, meeting_id):
        rows = reported[learner.id]
        is_rejected = not with_rejected and learner.rejection(rows)
        if learner.reportable and (learner.faults or is_rejected):
            # The records at PARS do not change until the attendee has corrected the data.
            left_out += 1
            continue
        record = (
            pars.build_record(meeting, learner.learner, learner.versions)
            if learner.reportable
            else None
        )
        accepted = (pars_row(row) for row in rows if row.rejected_at is None)
        changes = pars.diff(pars.current_records(accepted), record)
        new += [(learner.id, row) for row in changes]
    return _Difference(meeting_id, new, left_out)


def _insert(db: Session, new: _Difference, batch: Batch) -> None:
    """Insert the batch with its rows. Raises ConcurrentExport if its number is in use."""
    row = ReportingBatchRow(
        meeting_id=new.meeting_id, number=batch.number, at=batch.at, actor=batch.actor
    )
    db.add(row)
    try:
        db.flush()
    except IntegrityError:
        raise ConcurrentExport from None
    rows = [
        {
            "batch_id": row.id,
            "attendee_id": attendee_id,
            "action": each.action,
            "record": asdict(each.record),
            "rejection": "",
            "rejected_in": "",
        }
        for attendee_id, each in new.rows
    ]
    db.exec(sa.insert(ReportingRow), params=rows)
