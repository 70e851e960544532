"""Per-process cache of programmes: immutable, shared, reloaded when the version changes."""

from collections import defaultdict
from collections.abc import Sequence
from typing import cast

import sqlalchemy as sa
from sqlmodel import Session as DbSession
from sqlmodel import col, select

from cme_reflex.domain.credit.credit_type import Amount
from cme_reflex.domain.programme.programme import Delivery, Programme, Session
from cme_reflex.formats.meeting_folder.document import meeting_from_document
from cme_reflex.store.meetings.tables import MeetingRow
from cme_reflex.store.programme.tables import SessionCreditRow, SessionRow

# Executed with every command, so it is built once.
_LOCK_VERSION = (
    select(MeetingRow.version)
    .where(MeetingRow.id == sa.bindparam("meeting"))
    .with_for_update(read=True)
)

_cache: dict[int, Programme] = {}


class MeetingNotFound(LookupError):
    """There is no meeting with this code."""


def get_in(db: DbSession, meeting_id: int, version: int) -> Programme:
    """The meeting's programme at this version or a newer one; cached."""
    programme = _cache.get(meeting_id)
    if programme is None or programme.version < version:
        programme = _cache[meeting_id] = load_uncached(db, meeting_id)
    return programme


def get_current(db: DbSession, meeting_id: int) -> Programme:
    """The meeting's programme at the version of this transaction or a newer one; cached."""
    version = db.exec(select(MeetingRow.version).where(MeetingRow.id == meeting_id)).one()
    return get_in(db, meeting_id, version)


def find_meeting(db: DbSession, code: str) -> MeetingRow | None:
    """The meeting with this code, or None."""
    return db.exec(select(MeetingRow).where(MeetingRow.code == code)).one_or_none()


def meeting_by_code(db: DbSession, code: str) -> MeetingRow:
    """The meeting with this code. Raises MeetingNotFound."""
    row = find_meeting(db, code)
    if row is None:
        raise MeetingNotFound(code)
    return row


def by_code(db: DbSession, code: str) -> Programme | None:
    """The programme of the meeting with this code, or None."""
    row = find_meeting(db, code)
    return None if row is None else get_in(db, cast(int, row.id), row.version)


def get_locked(db: DbSession, meeting_id: int) -> Programme:
    """The meeting's programme, locked against loads until the end of the transaction."""
    version = db.connection().execute(_LOCK_VERSION, {"meeting": meeting_id}).scalar_one()
    return get_in(db, meeting_id, version)


def clear() -> None:
    """Clear the cache, for a process that opens another database."""
    _cache.clear()


def load_uncached(db: DbSession, meeting_id: int) -> Programme:
    """The programme as this transaction sees it, which may not be committed."""
    query = select(MeetingRow.version, MeetingRow.document).where(MeetingRow.id == meeting_id)
    version, document = db.exec(query).one()
    sessions = (
        select(SessionRow, SessionCreditRow)
        .outerjoin(SessionCreditRow, col(SessionCreditRow.session_id) == SessionRow.id)
        .where(SessionRow.meeting_id == meeting_id)
    )
    rows: dict[int, SessionRow] = {}
    credit: dict[int, list[SessionCreditRow]] = defaultdict(list)
    for row, of_type in db.exec(sessions):
        rows[cast(int, row.id)] = row
        if of_type is not None:
            credit[of_type.session_id].append(of_type)
    return Programme(
        meeting_id=meeting_id,
        version=version,
        meeting=meeting_from_document(document),
        sessions={key: _session(row, credit[key]) for key, row in rows.items()},
    )


def _session(row: SessionRow, credit: Sequence[SessionCreditRow]) -> Session:
    return Session(
        id=cast(int, row.id),
        code=row.code,
        title=row.title,
        kind=row.kind,
        track=row.track,
        room=row.room,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        speakers=tuple(row.speakers),
        delivery=Delivery(row.delivery),
        credit={each.credit_type: Amount(each.amount) for each in credit if each.amount},
        identifiers={each.credit_type: each.identifier for each in credit if each.identifier},
        eligible=row.eligible,
        withdrawn=row.withdrawn,
        faculty_badges=frozenset(row.faculty_badges),
        on_demand_from=row.on_demand_from,
    )
