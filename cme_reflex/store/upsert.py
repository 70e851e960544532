"""INSERT … ON CONFLICT, which both databases have in the same words but from two modules."""

from typing import cast

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

from cme_reflex.store.columns import table_of


def insert_into(db: Session, table: type[SQLModel]) -> sqlite.Insert:
    """An insert that can be told what to do where the row is already there."""
    return insert_for(db.get_bind().dialect.name, table)


def insert_for(dialect: str, table: type[SQLModel]) -> sqlite.Insert:
    """The same for a statement that is made once for each kind of database and kept.

    The kind, `dialect`, is ``sqlite`` or ``postgresql``.
    """
    rows = table_of(table)
    insert = postgresql.insert(rows) if dialect == "postgresql" else sqlite.insert(rows)
    return cast(sqlite.Insert, insert)
