"""Reporting learner credit to PARS: what is new, as one batch that is remembered with its file."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import cast

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from cme_reflex.domain import pars
from cme_reflex.domain.meeting import Meeting
from cme_reflex.domain.pars import Action, Record, Row
from cme_reflex.services.learners import learners, meeting_of
from cme_reflex.store import reporting
from cme_reflex.store.database import reading, transaction
from cme_reflex.store.tables import BatchRow, ReportedRow


class NoSuchBatch(LookupError):
    """The meeting has no batch of this number. `last` is the newest one's, None without any."""

    def __init__(self, number: int, last: int | None) -> None:
        super().__init__(f"There is no batch {number}.")
        self.number, self.last = number, last


class NoActivityId(Exception):
    """The meeting has no nine-digit activity ID, without which PARS takes no row."""


class NothingNew(Exception):
    """PARS holds all that it should. `last` is the newest batch's number, None without any."""

    def __init__(self, last: int | None) -> None:
        super().__init__("There is nothing new to report.")
        self.last = last


class NotDelivered(Exception):
    """The files of a batch may be missing, so they come first."""

    def __init__(self, number: int) -> None:
        super().__init__(f"Batch {number} was not delivered.")
        self.number = number


class Overtaken(Exception):
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
    rows: tuple[Row, ...]
    left_out: int = 0

    def count(self, action: Action) -> int:
        """How many of the rows add, or delete."""
        return sum(row.action is action for row in self.rows)


async def next_number(code: str) -> int:
    """The number of the batch that `export` would make. Raises UnknownMeeting, NotDelivered."""
    async with reading() as db:
        meeting_id, _ = await meeting_of(db, code)
        return await _next_number(db, meeting_id)


async def export(
    code: str, number: int, *, actor: str, now: datetime, write: Callable[[Batch], None]
) -> Batch:
    """Remember as one batch what is new since the last, and have it written, or neither.

    `write` is called when all of it is known and nothing is committed: what it
    raises undoes everything. It must return when the files are whole on the
    disk; when they stand where they belong, call `delivered`.

    Raises NothingNew, NotDelivered, Overtaken, NoActivityId, UnknownMeeting.
    """
    async with transaction() as db:
        meeting_id, meeting = await meeting_of(db, code)
        if not pars.is_activity_id(meeting.reporting.pars_activity_id):
            raise NoActivityId
        row = await _begin(db, meeting_id, number, actor=actor, now=now)
        new, left_out = await _new(db, meeting_id, meeting)
        if not new:
            raise NothingNew(number - 1 or None)
        await _remember(db, cast(int, row.id), new)
        batch = _batch(code, row, tuple(each for _, each in new), left_out)
        write(batch)
        return batch


async def batch(code: str, number: int) -> Batch:
    """A batch as it was remembered, to write it again. Raises NoSuchBatch, UnknownMeeting."""
    async with reading() as db:
        meeting_id, _ = await meeting_of(db, code)
        row = await reporting.batch(db, meeting_id, number)
        if row is None:
            last = await reporting.last_batch(db, meeting_id)
            raise NoSuchBatch(number, last.number if last else None)
        rows = await reporting.reported(db, meeting_id, number)
        return _batch(code, row, tuple(map(row_of, rows)))


async def delivered(code: str, number: int, *, now: datetime) -> None:
    """Note that the files of a batch stand where they belong; doing it twice changes nothing."""
    async with transaction() as db:
        meeting_id, _ = await meeting_of(db, code)
        row = await reporting.batch(db, meeting_id, number)
        if row is not None and row.delivered_at is None:
            row.delivered_at = now


def row_of(row: ReportedRow) -> Row:
    """The row that was reported."""
    return Row(Action(row.action), Record(**row.record))


async def _begin(
    db: AsyncSession, meeting_id: int, number: int, *, actor: str, now: datetime
) -> BatchRow:
    """The new batch. Its number is there once, so whoever else reports now waits, and is told."""
    if await _next_number(db, meeting_id) != number:
        raise Overtaken
    row = BatchRow(meeting_id=meeting_id, number=number, at=now, actor=actor)
    db.add(row)
    try:
        await db.flush()
    except IntegrityError:
        raise Overtaken from None
    return row


async def _remember(db: AsyncSession, batch_id: int, rows: list[tuple[int, Row]]) -> None:
    each = [
        {
            "batch_id": batch_id,
            "attendee_id": attendee,
            "action": row.action,
            "record": asdict(row.record),
            "rejection": "",
            "rejected_in": "",
        }
        for attendee, row in rows
    ]
    await db.exec(sa.insert(ReportedRow), params=each)


async def _next_number(db: AsyncSession, meeting_id: int) -> int:
    last = await reporting.last_batch(db, meeting_id)
    if last is not None and last.delivered_at is None:
        raise NotDelivered(last.number)
    return 1 + (last.number if last else 0)


async def _new(
    db: AsyncSession, meeting_id: int, meeting: Meeting
) -> tuple[list[tuple[int, Row]], int]:
    """Each new row with its attendee's id, and how many attendees PARS would reject."""
    sent: dict[int, list[Row]] = defaultdict(list)
    for row in await reporting.reported(db, meeting_id):
        if row.rejected_at is None:
            sent[row.attendee_id].append(row_of(row))
    new: list[tuple[int, Row]] = []
    left_out = 0
    async for known in learners(db, meeting_id):
        if known.reportable and known.faults:
            # What PARS holds stays until the attendee has corrected what was given.
            left_out += 1
            continue
        should = pars.record(meeting, known.learner, known.versions) if known.reportable else None
        rows = pars.changes(pars.held(sent[known.id]), should)
        new += [(known.id, row) for row in rows]
    return new, left_out


def _batch(code: str, row: BatchRow, rows: tuple[Row, ...], left_out: int = 0) -> Batch:
    return Batch(
        meeting=code,
        number=row.number,
        at=row.at,
        actor=row.actor,
        rows=rows,
        left_out=left_out,
    )
