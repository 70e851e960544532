"""The programmes of this process: immutable, shared by everybody, renewed by version."""

from typing import cast

import sqlalchemy as sa
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from cme_reflex.domain.credit import Quarters
from cme_reflex.domain.programme import Delivery, Programme, Session
from cme_reflex.exchange.meeting_document import meeting_from_document
from cme_reflex.store.database import look, within
from cme_reflex.store.tables import MeetingRow, SessionRow, table_of

_meeting, _session_rows = table_of(MeetingRow), table_of(SessionRow)

# Asked at every tap, so it is put together once.
_NEWEST = (
    sa.select(_meeting.c.version)
    .where(_meeting.c.id == sa.bindparam("meeting"))
    .with_for_update(read=True)
)

_current: dict[int, Programme] = {}


class UnknownMeeting(LookupError):
    """No meeting with this code was ever loaded."""


async def known(meeting_id: int, version: int) -> Programme:
    """The meeting's programme at this version or a newer one; read only where it is newer."""
    found = _current.get(meeting_id)
    if found is not None and found.version >= version:
        return found
    return await look(lambda db: current(db, meeting_id, version))


def current(db: sa.Connection, meeting_id: int, version: int) -> Programme:
    """The same, for who is at the database already."""
    found = _current.get(meeting_id)
    if found is None or found.version < version:
        found = _current[meeting_id] = _read(db, meeting_id)
    return found


async def find_meeting(db: AsyncSession, code: str) -> MeetingRow | None:
    """The meeting with this code; None where it was never loaded."""
    return (await db.exec(select(MeetingRow).where(MeetingRow.code == code))).one_or_none()


async def meeting_by_code(db: AsyncSession, code: str) -> MeetingRow:
    """The meeting with this code. Raises UnknownMeeting."""
    row = await find_meeting(db, code)
    if row is None:
        raise UnknownMeeting(code)
    return row


async def of_code(db: AsyncSession, code: str) -> Programme | None:
    """The programme of the meeting with this code; None where it was never loaded."""
    row = await find_meeting(db, code)
    if row is None:
        return None
    meeting_id, version = cast(int, row.id), row.version
    return await within(db, lambda connection: current(connection, meeting_id, version))


def newest(db: sa.Connection, meeting_id: int) -> Programme:
    """The meeting's programme as it stays until the end of `db`: a load has to wait."""
    held = db.execute(_NEWEST, {"meeting": meeting_id}).scalar_one()
    return current(db, meeting_id, held)


def forget() -> None:
    """Begin anew, for a process that changes its database."""
    _current.clear()


def _read(db: sa.Connection, meeting_id: int) -> Programme:
    meeting = db.execute(sa.select(_meeting).where(_meeting.c.id == meeting_id)).one()
    of_meeting = sa.select(_session_rows).where(_session_rows.c.meeting_id == meeting_id)
    rows = [cast(SessionRow, row) for row in db.execute(of_meeting)]
    return Programme(
        meeting_id=meeting_id,
        version=meeting.version,
        meeting=meeting_from_document(meeting.document),
        sessions={cast(int, row.id): _session(row) for row in rows},
    )


def _session(row: SessionRow) -> Session:
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
        quarters=Quarters(row.quarters),
        safety=Quarters(row.safety),
        eligible=row.eligible,
        withdrawn=row.withdrawn,
        faculty_badges=frozenset(row.faculty_badges),
        on_demand_from=row.on_demand_from,
    )
