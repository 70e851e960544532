"""The database of this process and its two doors: `read` and `write`.

SQLite by default, PostgreSQL by its URL. What either is given is a plain function on a session. It
may run twice and in a thread, with the caller's context variables; it touches nothing but its
session, and nothing slow happens in it.
"""

from collections.abc import Callable
from typing import TypeVar

import sqlalchemy as sa
from sqlmodel import Session

from cme_reflex.store.postgresql import PostgreSQLDatabase
from cme_reflex.store.sqlite import SQLiteDatabase
from cme_reflex.store.unit_of_work import (
    NO_LIMIT,
    STATEMENT_TIMEOUT,
    Database,
    StatementTimeout,
    after_commit,
)

__all__ = [
    "NO_LIMIT",
    "Database",
    "DatabaseNotOpen",
    "StatementTimeout",
    "after_commit",
    "close_database",
    "create_database",
    "open_database",
    "read",
    "write",
]

Result = TypeVar("Result")


class DatabaseNotOpen(RuntimeError):
    """Somebody asked for the database before it was opened."""


_database: Database | None = None


def open_database(url: str) -> sa.Engine:
    """Make the database at this URL the one that this process uses; its engine, for its events."""
    global _database
    _database = create_database(url)
    return _database.engine


async def close_database() -> None:
    """Finish what has begun, and close all connections."""
    global _database
    if _database is not None:
        database, _database = _database, None
        await database.close()


async def read(f: Callable[[Session], Result], *, timeout: float = STATEMENT_TIMEOUT) -> Result:
    """Run a plain function on a session that sees one moment of the database and keeps nothing.

    A statement that takes longer than the timeout is interrupted: StatementTimeout.
    """
    return await _opened().read(f, timeout=timeout)


async def write(
    f: Callable[[Session], Result], *, dry_run: bool = False, timeout: float = STATEMENT_TIMEOUT
) -> Result:
    """Run a plain function on a session; all that it wrote is committed before this returns.

    Nothing is kept where it raises, or in a dry run. Where the caller is cancelled, the function
    has not begun, or is committed or undone as a whole. A statement that takes longer than the
    timeout is interrupted: StatementTimeout.
    """
    return await _opened().write(f, dry_run=dry_run, timeout=timeout)


def _opened() -> Database:
    if _database is None:
        raise DatabaseNotOpen
    return _database


def create_database(url: str) -> Database:
    """Either kind of database. Its errors do not repeat a statement's values.

    Raises ArgumentError for another kind.
    """
    parsed = sa.make_url(url)
    match parsed.get_backend_name():
        case "sqlite":
            return SQLiteDatabase(parsed)
        case "postgresql":
            return PostgreSQLDatabase(parsed)
    raise sa.exc.ArgumentError("only SQLite and PostgreSQL are supported")
