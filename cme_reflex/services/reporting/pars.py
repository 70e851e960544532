"""Reporting learner credit to PARS: what is new, as one batch that is remembered with its file."""

from collections import defaultdict
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
    """The meeting has no batch of this number. `last` is the newest one's, None without any."""

    def __init__(self, number: int, last: int | None) -> None:
        super().__init__(f"There is no batch {number}.")
        self.number, self.last = number, last


class ActivityIdMissing(Exception):
    """The meeting has no nine-digit activity ID, without which PARS takes no row."""


class NothingToReport(Exception):
    """PARS holds all that it should. `last` is the newest batch's number, None without any."""

    def __init__(self, last: int | None) -> None:
        super().__init__("There is nothing new to report.")
        self.last = last


class BatchNotDelivered(Exception):
    """The files of a batch may be missing, so they come first."""

    def __init__(self, number: int) -> None:
        super().__init__(f"Batch {number} was not delivered.")
        self.number = number


class ConcurrentExport(Exception):
    """Somebody else reported in between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The rows of one file, in its order. `at` is aware UTC.

    `left_out` counts the attendees whom PARS would reject.
    """

    meeting: str
    number: int
    at: datetime
    actor: str
    rows: tuple[ParsRow, ...]
    left_out: int = 0

    def count(self, action: RecordAction) -> int:
        """How many of the rows add, or delete."""
        return sum(row.action is action for row in self.rows)


async def next_batch_number(code: str) -> int:
    """The number of the next batch. Raises MeetingNotFound, BatchNotDelivered."""
    return await database.read(lambda db: _next_number(db, load_meeting_terms(db, code)[0]))


async def export_batch(
    code: str, number: int, *, actor: str, now: datetime, write: Callable[[Batch], None]
) -> Batch:
    """Remember as one batch what is new since the last, and have it written, or neither.

    `write` is called when all of it is known and nothing is committed: where it
    raises, nothing is remembered. It must return when the files are whole on the
    disk; when they stand where they belong, call `mark_delivered`. What is submitted
    meanwhile is in the next batch.

    Raises NothingToReport, BatchNotDelivered, ConcurrentExport, ActivityIdMissing, MeetingNotFound.
    """
    new = await database.read(lambda db: _compare(db, code, number), timeout=TIMEOUT)
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
    """A batch as it was remembered, to write it again. Raises BatchNotFound, MeetingNotFound."""

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
    """Note that the files of a batch stand where they belong; doing it twice changes nothing."""

    def note(db: Session) -> None:
        meeting_id, _ = load_meeting_terms(db, code)
        row = reporting.find_batch(db, meeting_id, number)
        if row is not None and row.delivered_at is None:
            row.delivered_at = now

    await database.write(note)


@dataclass(frozen=True, slots=True)
class _Difference:
    """The new rows with their attendees' ids, and how many attendees PARS would reject."""

    meeting_id: int
    rows: list[tuple[int, ParsRow]]
    left_out: int


def _compare(db: Session, code: str, number: int) -> _Difference:
    meeting_id, meeting = load_meeting_terms(db, code)
    if not pars.is_activity_id(meeting.reporting.pars_activity_id):
        raise ActivityIdMissing
    if _next_number(db, meeting_id) != number:
        raise ConcurrentExport
    new = _difference(db, meeting_id, meeting)
    if not new.rows:
        raise NothingToReport(number - 1 or None)
    return new


def _next_number(db: Session, meeting_id: int) -> int:
    last = reporting.latest_batch(db, meeting_id)
    if last is not None and last.delivered_at is None:
        raise BatchNotDelivered(last.number)
    return 1 + (last.number if last else 0)


def _difference(db: Session, meeting_id: int, meeting: Meeting) -> _Difference:
    sent: dict[int, list[ParsRow]] = defaultdict(list)
    for row in reporting.reported_rows(db, meeting_id):
        if row.rejected_at is None:
            sent[row.attendee_id].append(pars_row(row))
    new: list[tuple[int, ParsRow]] = []
    left_out = 0
    for known in iter_learners(db, meeting_id):
        if known.reportable and known.faults:
            # What PARS holds stays until the attendee has corrected what was given.
            left_out += 1
            continue
        should = (
            pars.build_record(meeting, known.learner, known.versions) if known.reportable else None
        )
        rows = pars.diff(pars.current_records(sent[known.id]), should)
        new += [(known.id, row) for row in rows]
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
