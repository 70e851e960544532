"""SQLite for SQLAlchemy's async engine, without a thread for every statement.

aiosqlite hands each call to a thread and waits for it, which costs more than what SQLite does: a
statement of ours takes it some ten microseconds. So statements run where they are asked for, and
only what waits goes to a thread: BEGIN IMMEDIATE for another process that writes, COMMIT for the
disk. The classes are aiosqlite's as far as SQLAlchemy uses them.
"""

import asyncio
import sqlite3
import time
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import AdaptedConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

BUSY_TIMEOUT = 10_000  # milliseconds that a writer waits for another process's
WAL_PAUSE = 20  # milliseconds between two tries to change a new file to WAL
IDLE = 20  # connections that are kept open; more are opened where more read at once


def create_sqlite_engine(url: sa.URL) -> AsyncEngine:
    """An engine with what acknowledged writes need: foreign keys, WAL and full sync."""
    engine = create_async_engine(
        url.set(drivername="sqlite+aiosqlite"),
        hide_parameters=True,
        connect_args={"async_creator_fn": _connect},
        # Where a file cannot be kept open by several, SQLAlchemy has a pool of its own.
        **({"pool_size": IDLE, "max_overflow": -1} if _is_file(url) else {}),
    )
    sa.event.listen(engine.sync_engine, "connect", _prepare)
    sa.event.listen(engine.sync_engine, "begin", _begin)
    return engine


class _Cursor:
    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self._cursor = cursor

    async def __aenter__(self) -> "_Cursor":
        return self

    async def execute(self, statement: str, parameters: Any = ()) -> None:
        self._cursor.execute(statement, parameters)

    async def executemany(self, statement: str, parameters: Any) -> None:
        self._cursor.executemany(statement, parameters)

    async def fetchone(self) -> Any:
        return self._cursor.fetchone()

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        return self._cursor.fetchmany(self._cursor.arraysize if size is None else size)

    async def fetchall(self) -> list[Any]:
        return self._cursor.fetchall()

    async def close(self) -> None:
        self._cursor.close()

    @property
    def description(self) -> Any:
        return self._cursor.description

    @property
    def rowcount(self) -> int:
        return self._cursor.rowcount

    @property
    def lastrowid(self) -> int | None:
        return self._cursor.lastrowid


class _Connection:
    def __init__(self, connection: sqlite3.Connection) -> None:
        # SQLAlchemy asks by this name whether it is still open.
        self._connection = connection

    def cursor(self, **_: Any) -> _Cursor:
        return _Cursor(self._connection.cursor())

    async def begin(self, *, write: bool) -> None:
        # A writer takes its lock at BEGIN: one that first reads and then writes would otherwise
        # fail where another wrote in between.
        if write:
            await asyncio.to_thread(self._connection.execute, "BEGIN IMMEDIATE")
        else:
            self._connection.execute("BEGIN")

    async def commit(self) -> None:
        await asyncio.to_thread(self._connection.commit)

    async def rollback(self) -> None:
        self._connection.rollback()

    async def create_function(self, *args: Any, **options: Any) -> None:
        self._connection.create_function(*args, **options)

    async def close(self) -> None:
        self._connection.close()

    def stop(self) -> None:
        self._connection.close()


async def _connect(database: str, **options: Any) -> _Connection:
    # The driver would begin a transaction of its own at the first write.
    options |= {"isolation_level": None, "check_same_thread": False}
    return _Connection(sqlite3.connect(database, **options))


def _is_file(url: sa.URL) -> bool:
    return url.database not in (None, "", ":memory:")


def _prepare(connection: Any, record: object) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT}")
    _use_wal(cursor)
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


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


def _begin(connection: sa.Connection) -> None:
    write = connection.get_execution_options().get("cme_write", True)
    adapted = cast(AdaptedConnection, connection.connection.dbapi_connection)
    adapted.run_async(lambda driver: driver.begin(write=write))
