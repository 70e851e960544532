"""Statements on the table of a row class: INSERT … ON CONFLICT for SQLite and PostgreSQL."""

from typing import cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel


def table_of(rows: type[SQLModel]) -> sa.Table:
    """The table of a row class, for queries of columns that will not be changed.

    A row of columns has the same attribute names as an object, and costs a third as much.
    """
    return SQLModel.metadata.tables[str(rows.__tablename__)]


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
