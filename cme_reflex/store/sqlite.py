"""SQLite for SQLAlchemy's async engine, without a thread for every statement.

aiosqlite hands each call to a thread and waits for it, which costs more than what SQLite does: a
statement of ours takes it some ten microseconds. So statements run where they are asked for, on
cursors of sqlite3's own, and only what waits goes to a thread: BEGIN IMMEDIATE for another process
that writes, COMMIT for the disk.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Self, cast

import aiosqlite
import sqlalchemy as sa
from sqlalchemy import AdaptedConnection
from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_dbapi
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util.concurrency import await_, in_greenlet

BUSY_TIMEOUT = 10_000  # milliseconds that a writer waits for another process's
WAL_PAUSE = 20  # milliseconds between two tries to change a new file to WAL
IDLE = 20  # connections that are kept open; more are opened where more read at once


def create_sqlite_engine(url: sa.URL) -> AsyncEngine:
    """An engine with what acknowledged writes need: foreign keys, WAL and full sync."""
    engine = create_async_engine(
        url.set(drivername="sqlite+aiosqlite"),
        module=_Driver(aiosqlite, sqlite3),
        hide_parameters=True,
        # Where a file cannot be kept open by several, SQLAlchemy has a pool of its own.
        **({"pool_size": IDLE, "max_overflow": -1} if _is_file(url) else {}),
    )
    sa.event.listen(engine.sync_engine, "connect", _prepare)
    sa.event.listen(engine.sync_engine, "begin", _begin)
    return engine


class _Driver(AsyncAdapt_aiosqlite_dbapi):
    def connect(self, database: str, **options: Any) -> Any:
        # The driver would begin a transaction of its own at the first write.
        options |= {"isolation_level": None, "check_same_thread": False}
        return _Connection(sqlite3.connect(database, **options))


class _AtOnce:
    def __await__(self) -> Generator[None, None, None]:
        return
        yield


_AT_ONCE = _AtOnce()


def _be_asynchronous() -> None:
    # Where SQLAlchemy expects a wait, it takes a driver that never has any for the wrong one.
    if in_greenlet():
        await_(_AT_ONCE)


async def _to_its_end(call: Callable[[], object]) -> None:
    """Have a thread do this, and wait for it even if one is cancelled meanwhile.

    A BEGIN that is left alone takes the lock after its connection was given back, and then nobody
    ends that transaction. Once it is through, giving the connection back undoes it.
    """
    # A future, as a task would be cancelled together with all others when the loop ends.
    thread = asyncio.get_running_loop().run_in_executor(None, call)
    try:
        await asyncio.shield(thread)
    except asyncio.CancelledError:
        while not thread.done():
            with suppress(asyncio.CancelledError):  # again; the first is raised below
                await asyncio.wait([thread])
        thread.exception()  # asked for, as asyncio logs one that nobody asked for
        raise


class _Cursor(sqlite3.Cursor):
    """A cursor whose rows need not be awaited, which SQLAlchemy asks and may want to end."""

    server_side = False

    def execute(self, *statement: Any) -> Self:
        _be_asynchronous()
        return super().execute(*statement)

    def executemany(self, *statement: Any) -> Self:
        _be_asynchronous()
        return super().executemany(*statement)

    async def _async_soft_close(self) -> None:
        pass


class _Connection(AdaptedConnection):
    """What SQLAlchemy asks of a connection; it waits for what is handed to `await_`."""

    __slots__ = ()

    def __init__(self, connection: sqlite3.Connection) -> None:
        # An asynchronous one is expected by SQLAlchemy's types; nobody but this class touches it.
        self._connection: Any = connection

    def cursor(self, server_side: bool = False) -> _Cursor:
        # Either kind of SQLite's fetches a row when it is asked for it.
        return cast(_Cursor, self._connection.cursor(_Cursor))

    def begin(self, *, write: bool) -> None:
        # A writer takes its lock at BEGIN: one that first reads and then writes would otherwise
        # fail where another wrote in between.
        if write:
            await_(_to_its_end(lambda: self._connection.execute("BEGIN IMMEDIATE")))
        else:
            self._connection.execute("BEGIN")

    def execute(self, statement: str) -> None:
        self._connection.execute(statement)

    def commit(self) -> None:
        await_(_to_its_end(self._connection.commit))

    def rollback(self) -> None:
        self._connection.rollback()

    def create_function(self, *args: Any, **options: Any) -> None:
        self._connection.create_function(*args, **options)

    def close(self) -> None:
        self._connection.close()

    def terminate(self) -> None:
        self._connection.close()


@contextmanager
def savepoint(connection: sa.Connection) -> Iterator[None]:
    """A part of a transaction that is undone alone where it fails."""
    # As SQLAlchemy's own, which puts its statements together anew each time.
    driver = _driver(connection)
    driver.execute("SAVEPOINT part")
    try:
        yield
    except BaseException:
        driver.execute("ROLLBACK TO part")
        raise
    finally:
        driver.execute("RELEASE part")


def _driver(connection: sa.Connection) -> "_Connection":
    return cast(_Connection, connection.connection.dbapi_connection)


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
    _driver(connection).begin(write=write)
