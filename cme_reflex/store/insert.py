"""INSERT … ON CONFLICT, which both databases have in the same words but from two modules."""

from typing import cast

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession


def insert_into(db: AsyncSession, table: type[SQLModel]) -> sqlite.Insert:
    """An insert that can be told what to do where the row is already there."""
    postgres = db.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert(table) if postgres else sqlite.insert(table)
    return cast(sqlite.Insert, insert)
