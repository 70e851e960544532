"""The programmes of this process: immutable, shared by everybody, renewed by version."""

from typing import cast

import sqlalchemy as sa
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from cme_reflex.domain.credit import Quarters
from cme_reflex.domain.programme import Delivery, Programme, Session
from cme_reflex.exchange.meeting_document import meeting_from_document
from cme_reflex.store.database import reading
from cme_reflex.store.tables import MeetingRow, SessionRow

# Asked at every change, so it is put together once.
_NEWEST = (
    select(MeetingRow.version)
    .where(MeetingRow.id == sa.bindparam("meeting"))
    .with_for_update(read=True)
)

_current: dict[int, Programme] = {}


async def current(db: AsyncSession, meeting_id: int, version: int) -> Programme:
    """The meeting's programme at this version or a newer one; read only where it is newer."""
    known = _current.get(meeting_id)
    if known is None or known.version < version:
        known = _current[meeting_id] = await _read(db, meeting_id)
    return known


async def known(meeting_id: int, version: int) -> Programme:
    """The same, for who has no unit of work; the database is asked only where it is newer."""
    found = _current.get(meeting_id)
    if found is not None and found.version >= version:
        return found
    async with reading() as db:
        return await current(db, meeting_id, version)


async def of_code(db: AsyncSession, code: str) -> Programme | None:
    """The programme of the meeting with this code; None where it was never loaded."""
    found = select(MeetingRow.id, MeetingRow.version).where(MeetingRow.code == code)
    row = (await db.exec(found)).one_or_none()
    return None if row is None else await current(db, cast(int, row[0]), row[1])


async def newest(db: AsyncSession, meeting_id: int) -> Programme:
    """The meeting's programme as it stays until the end of `db`: a load has to wait."""
    held = await db.exec(_NEWEST, params={"meeting": meeting_id})
    return await current(db, meeting_id, held.one())


def forget() -> None:
    """Begin anew, for a process that changes its database."""
    _current.clear()


async def _read(db: AsyncSession, meeting_id: int) -> Programme:
    meeting = (await db.exec(select(MeetingRow).where(MeetingRow.id == meeting_id))).one()
    rows = (await db.exec(select(SessionRow).where(SessionRow.meeting_id == meeting_id))).all()
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
