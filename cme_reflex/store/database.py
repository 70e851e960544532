"""The database of this process and its two entry points, `read` and `write`.

SQLite by default, PostgreSQL by its URL. Both functions accept a plain function on a session. It
may run twice and in a thread, with the caller's context variables. It uses nothing but its
session, and does nothing slow.
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
    """The database was used before `open_database`."""


_database: Database | None = None


def open_database(url: str) -> sa.Engine:
    """Open the database of this process. Returns its engine, to listen to its events."""
    global _database
    _database = create_database(url)
    return _database.engine


async def close_database() -> None:
    """Finish pending work and close all connections."""
    global _database
    if _database is not None:
        database, _database = _database, None
        await database.close()


async def read(f: Callable[[Session], Result], *, timeout: float = STATEMENT_TIMEOUT) -> Result:
    """Run a function on a session in one consistent snapshot, and discard its changes.

    Raises StatementTimeout for a statement that takes longer than `timeout` seconds.
    """
    return await _current().read(f, timeout=timeout)


async def write(
    f: Callable[[Session], Result], *, dry_run: bool = False, timeout: float = STATEMENT_TIMEOUT
) -> Result:
    """Run a function on a session, and commit its changes before returning.

    If it raises, or in a dry run, its changes are rolled back. If the caller is cancelled, the
    function is not started, or is committed or rolled back as a whole. Raises StatementTimeout
    for a statement that takes longer than `timeout` seconds.
    """
    return await _current().write(f, dry_run=dry_run, timeout=timeout)


def _current() -> Database:
    if _database is None:
        raise DatabaseNotOpen
    return _database


def create_database(url: str) -> Database:
    """A database for an SQLite or PostgreSQL URL. Its errors do not show a statement's values.

    Raises ArgumentError for any other URL.
    """
    parsed = sa.make_url(url)
    match parsed.get_backend_name():
        case "sqlite":
            return SQLiteDatabase(parsed)
        case "postgresql":
            return PostgreSQLDatabase(parsed)
    raise sa.exc.ArgumentError("only SQLite and PostgreSQL are supported")
