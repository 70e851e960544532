"""Deleting what has had its time, a little with each new row."""

import sqlalchemy as sa
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

SWEPT = 20  # rows at once; a few are made between two sweeps, so no table grows


async def sweep(db: AsyncSession, table: type[SQLModel], ended: sa.ColumnElement[bool]) -> None:
    """Delete some of the rows that have `ended`; none that another transaction holds."""
    key = sa.inspect(table).primary_key
    some = sa.select(*key).where(ended).limit(SWEPT).with_for_update(skip_locked=True)
    await db.exec(sa.delete(table).where(sa.tuple_(*key).in_(some)))
