"""INSERT … ON CONFLICT for SQLite and PostgreSQL."""

from typing import cast

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

from cme_reflex.store.columns import table_of


def insert_into(db: Session, table: type[SQLModel]) -> sqlite.Insert:
    """An INSERT that supports ON CONFLICT, for the session's database."""
    return insert_for(db.get_bind().dialect.name, table)


def insert_for(dialect: str, table: type[SQLModel]) -> sqlite.Insert:
    """An INSERT that supports ON CONFLICT, to be built once per dialect and cached.

    `dialect` is ``sqlite`` or ``postgresql``, whose classes in SQLAlchemy have equal methods.
    """
    rows = table_of(table)
    insert = postgresql.insert(rows) if dialect == "postgresql" else sqlite.insert(rows)
    return cast(sqlite.Insert, insert)
