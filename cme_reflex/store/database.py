"""The database of this process: SQLite by default, PostgreSQL by its URL."""

import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

BUSY_TIMEOUT = 10_000  # milliseconds that a writer of SQLite waits for another one

WAL_PAUSE = 20  # milliseconds between two tries to change a new file to WAL


class DatabaseNotOpen(RuntimeError):
    """Somebody asked for the database before it was opened."""


_engine: AsyncEngine | None = None


def open_database(url: str) -> AsyncEngine:
    """Make the database at this URL the one that this process uses."""
    global _engine
    _engine = create_engine(url)
    return _engine


async def close_database() -> None:
    """Give the connections back."""
    global _engine
    if _engine is not None:
        await _engine.dispose()
        _engine = None


@asynccontextmanager
async def transaction(*, keep: bool = True) -> AsyncIterator[AsyncSession]:
    """A unit of work that writes: everything in it is committed together, or nothing is.

    Nothing is either where it is not to be kept, but only made to see what it would do.
    """
    async with _session(write=True) as db, db.begin() as begun:
        yield db
        if not keep:
            await begun.rollback()


@asynccontextmanager
async def reading() -> AsyncIterator[AsyncSession]:
    """A consistent look that writes nothing."""
    async with _session(write=False) as db:
        yield db


@asynccontextmanager
async def _session(*, write: bool) -> AsyncIterator[AsyncSession]:
    if _engine is None:
        raise DatabaseNotOpen
    # A writer of SQLite takes its lock at BEGIN: one that first reads and then
    # writes would otherwise fail where another wrote in between.
    engine = _engine.execution_options(cme_write=write)
    if not write and engine.dialect.name == "postgresql":
        # Every SELECT of a look sees the same moment, as it does in SQLite.
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    async with AsyncSession(engine, expire_on_commit=False) as db:
        yield db


def create_engine(url: str) -> AsyncEngine:
    """An engine with what acknowledged writes need: foreign keys, WAL and full sync on SQLite.

    Its errors do not repeat the values that a statement was given.
    """
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_async_engine(
            parsed.set(drivername="sqlite+aiosqlite"), hide_parameters=True
        )
        _prepare_sqlite(engine)
        return engine
    if parsed.get_backend_name() != "postgresql":
        raise sa.exc.ArgumentError("only SQLite and PostgreSQL are supported")
    return create_async_engine(
        parsed.set(drivername="postgresql+asyncpg"), pool_pre_ping=True, hide_parameters=True
    )


def _use_wal(cursor: Any) -> None:
    # A new file changes to WAL with its first connection. Where several open it
    # at once all but one are refused without waiting, whatever the timeout.
    for _ in range(BUSY_TIMEOUT // WAL_PAUSE):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            time.sleep(WAL_PAUSE / 1000)
        else:
            return
    cursor.execute("PRAGMA journal_mode=WAL")


def _prepare_sqlite(engine: AsyncEngine) -> None:
    @sa.event.listens_for(engine.sync_engine, "connect")
    def connect(connection: Any, record: object) -> None:
        # The driver would begin a transaction of its own at the first write.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT}")
        _use_wal(cursor)
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @sa.event.listens_for(engine.sync_engine, "begin")
    def begin(connection: sa.Connection) -> None:
        write = connection.get_execution_options().get("cme_write", True)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
