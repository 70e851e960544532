"""Data retention: deletion of the claims of old meetings and all dependent rows.

Accredited providers retain records of claimed credit for six years from the activity (ACCME).
Personal data should not be stored longer than needed.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.domain.operations.operation import Operation
from cme_reflex.domain.operations.retention import RETENTION_YEARS, WESTERNMOST, retention_cutoff
from cme_reflex.formats.meeting_folder.document import meeting_from_document
from cme_reflex.store.claims.tables import ClaimRow, ReceiptRow
from cme_reflex.store.database import write
from cme_reflex.store.meetings.tables import MeetingRow
from cme_reflex.store.operations.tables import OperationRow
from cme_reflex.store.people.tables import AttendeeRow

# The programme has no personal data of attendees.
_KEPT_TABLES = frozenset({"meeting", "session"})

TIMEOUT = 600.0  # seconds per statement, which deletes a meeting's rows of one table


class RetentionPeriodNotOver(Exception):
    """Records of that time must still be retained; `latest` is the latest date accepted."""

    def __init__(self, latest: date) -> None:
        super().__init__(
            f"Records are kept for {RETENTION_YEARS} years; the latest date is {latest}."
        )
        self.latest = latest


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgeResult:
    """Deleted rows of one meeting by table; `ended_on` is its last day or last submission."""

    meeting: str
    ended_on: date
    rows: dict[str, int]


async def purge(
    before: date, *, actor: str, now: datetime, dry_run: bool
) -> tuple[PurgeResult, ...]:
    """Delete attendees, claims and dependent rows of meetings that ended before that date.

    A meeting ends with its last day or its last submission, whichever is later (on demand,
    credit is earned when it is claimed), and not before its claim period is over. The meeting,
    its programme and members' accounts are not deleted. The purge is recorded in the operations
    log. `dry_run` does the same and rolls it back. Returns the deleted rows by meeting, in the
    order of their codes. Raises RetentionPeriodNotOver.
    """
    latest = retention_cutoff(now.astimezone(WESTERNMOST).date())
    if before > latest:
        raise RetentionPeriodNotOver(latest)

    def delete(db: Session) -> tuple[PurgeResult, ...]:
        purged: list[PurgeResult] = []
        for row, ended_on in _ended(db, before, now):
            rows = _delete(db, cast(int, row.id))
            if rows:
                purged.append(PurgeResult(meeting=row.code, ended_on=ended_on, rows=rows))
        if purged:
            details = {
                "before": before.isoformat(),
                "rows": {each.meeting: each.rows for each in purged},
            }
            db.add(OperationRow(at=now, actor=actor, what=Operation.PURGED, details=details))
        return tuple(purged)

    return await write(delete, dry_run=dry_run, timeout=TIMEOUT)


def _ended(db: Session, before: date, now: datetime) -> list[tuple[MeetingRow, date]]:
    """Meetings that ended before that date, locked until the end of the transaction."""
    query = select(MeetingRow).order_by(col(MeetingRow.code)).with_for_update()
    ended = []
    for row in db.exec(query).all():
        meeting = meeting_from_document(row.document)
        ended_on = _ended_on(db, cast(int, row.id), meeting)
        if ended_on < before and meeting.claim.closes_at < now:
            ended.append((row, ended_on))
    return ended


def _ended_on(db: Session, meeting_id: int, meeting: Meeting) -> date:
    last = (
        select(sa.func.max(col(ReceiptRow.submitted_at)))
        .join(ClaimRow, col(ClaimRow.id) == ReceiptRow.claim_id)
        .join(AttendeeRow, col(AttendeeRow.id) == ClaimRow.attendee_id)
        .where(AttendeeRow.meeting_id == meeting_id)
    )
    submitted_at = cast(datetime | None, db.exec(last).one())
    if submitted_at is None:
        return meeting.ends_on
    return max(meeting.ends_on, submitted_at.astimezone(meeting.zone).date())


def _delete(db: Session, meeting_id: int) -> dict[str, int]:
    """Delete all rows that depend on the meeting. Returns their number by table."""
    connection = db.connection()
    deleted = {}
    for table in reversed(SQLModel.metadata.sorted_tables):
        condition = None if table.name in _KEPT_TABLES else _dependent_rows(table, meeting_id)
        if condition is not None:
            result = connection.execute(sa.delete(table).where(condition))
            if result.rowcount:
                deleted[table.name] = result.rowcount
    return dict(reversed(deleted.items()))


def _dependent_rows(table: sa.Table, meeting_id: int) -> sa.ColumnElement[bool] | None:
    """Condition for rows that depend on the meeting directly or not; None if none can."""
    conditions: list[Any] = []
    for key in sorted(table.foreign_keys, key=lambda key: key.parent.name):
        parent = key.column.table
        if parent.name == "meeting":
            conditions.append(key.parent == meeting_id)
        elif parent is not table and parent.name not in _KEPT_TABLES:
            parent_rows = _dependent_rows(parent, meeting_id)
            if parent_rows is not None:
                conditions.append(key.parent.in_(sa.select(key.column).where(parent_rows)))
    return sa.or_(*conditions) if conditions else None
