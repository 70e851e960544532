"""SQLite: one writer thread with group commit, and readers that wait for nobody."""

import asyncio
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlmodel import Session

from cme_reflex.store.group_commit import GroupCommit
from cme_reflex.store.unit_of_work import (
    NO_LIMIT,
    STATEMENT_TIMEOUT,
    Completed,
    Database,
    StatementTimeout,
    run_unit,
)

Result = TypeVar("Result")

BUSY_TIMEOUT = 10_000  # milliseconds that a writer waits for another process's
WAL_PAUSE = 20  # milliseconds between two tries to change a new file to WAL
IDLE = 20  # connections that are kept open; more are opened where more read at once
CHECK_EVERY = 10_000  # steps of SQLite's virtual machine, less than a millisecond


class SQLiteDatabase(Database):
    """A file. A read runs where it is asked for, or in a thread where it may take long."""

    def __init__(self, url: sa.URL) -> None:
        self.engine = create_sqlite_engine(url)
        self._writes = GroupCommit(self.engine.execution_options(cme_begin="BEGIN IMMEDIATE"))
        # Sessions that wait for the next read, each with a connection of its own: to make them
        # for each read costs half of it.
        self._idle_readers: deque[Session] = deque()

    async def read(self, f: Callable[[Session], Result], *, timeout: float) -> Result:
        """See `database.read`."""
        # A thread costs a short read more than SQLite does, see docs/benchmarks.md.
        if timeout <= STATEMENT_TIMEOUT:
            return self._read(f, timeout)
        return await asyncio.to_thread(self._read, f, timeout)

    def _read(self, f: Callable[[Session], Result], timeout: float) -> Result:
        try:
            reader = self._idle_readers.pop()
        except IndexError:
            reader = Session(self.engine.connect(), expire_on_commit=False)
        try:
            with _time_limit(reader.connection(), timeout):
                return f(reader)
        finally:
            reader.close()
            self._idle_readers.append(reader)

    async def write(
        self, f: Callable[[Session], Result], *, dry_run: bool, timeout: float
    ) -> Result:
        """See `database.write`."""
        return await self._writes.write(partial(_run_within, timeout, f, dry_run=dry_run))

    async def close(self) -> None:
        """Finish what has begun, and close all connections."""
        await self._writes.close()
        for reader in self._idle_readers:
            cast(sa.Connection, reader.get_bind()).close()
        self.engine.dispose()


def _run_within(
    timeout: float,
    f: Callable[[Session], Result],
    connection: sa.Connection,
    *,
    dry_run: bool,
) -> Completed[Result]:
    def limited(db: Session) -> Result:
        with _time_limit(connection, timeout):
            result = f(db)
            db.flush()
            return result

    return run_unit(connection, limited, dry_run=dry_run)


@contextmanager
def _time_limit(connection: sa.Connection, seconds: float) -> Iterator[None]:
    """Interrupt whatever statement runs after so many seconds. Raises StatementTimeout.

    A COMMIT or ROLLBACK belongs behind it: it shall not be interrupted.
    """
    clock = connection.info
    clock["deadline"] = time.monotonic() + seconds
    try:
        yield
    except sa.exc.OperationalError as error:
        if getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
            raise StatementTimeout from error
        raise
    finally:
        clock["deadline"] = NO_LIMIT


class _Dialect(SQLiteDialect_pysqlite):
    """Savepoints straight to the driver: by way of SQLAlchemy they cost as much as a query."""

    supports_statement_cache = True

    def do_savepoint(self, connection: sa.Connection, name: str) -> None:
        _driver(connection).execute(f"SAVEPOINT {name}")

    def do_rollback_to_savepoint(self, connection: sa.Connection, name: str) -> None:
        _driver(connection).execute(f"ROLLBACK TO {name}")

    def do_release_savepoint(self, connection: sa.Connection, name: str) -> None:
        _driver(connection).execute(f"RELEASE {name}")


registry.register("sqlite.direct", __name__, _Dialect.__name__)


def create_sqlite_engine(url: sa.URL) -> sa.Engine:
    """An engine with what acknowledged writes need: foreign keys, WAL and full sync.

    Transactions begin explicitly: by itself the driver would begin one at the first write, and
    savepoints and reads would not hold.
    """
    engine = sa.create_engine(
        url.set(drivername="sqlite+direct"),
        hide_parameters=True,
        pool_size=IDLE,
        max_overflow=-1,
        connect_args={"isolation_level": None, "check_same_thread": False},
    )
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)
    sa.event.listen(engine, "handle_error", _note_lost_transaction)
    return engine


def _prepare(connection: sqlite3.Connection, record: Any) -> None:
    clock = record.info
    clock["deadline"] = NO_LIMIT
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT}")
    _use_wal(cursor)
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()
    connection.set_progress_handler(lambda: time.monotonic() > clock["deadline"], CHECK_EVERY)


def _use_wal(cursor: sqlite3.Cursor) -> None:
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
    # A writer takes its lock at BEGIN: one that first reads and then writes would otherwise
    # fail where another process wrote in between.
    begin = connection.get_execution_options().get("cme_begin", "BEGIN")
    _driver(connection).execute(begin)


def _note_lost_transaction(context: sa.ExceptionContext) -> None:
    """Have a connection replaced where SQLite rolled back more than the statement that failed.

    It gives up the whole transaction where a statement that writes is interrupted, or where the
    disk is full, and there is no savepoint to go back to.
    """
    connection = context.connection
    if connection is None or not connection.in_transaction():
        return
    if not _driver(connection).in_transaction:
        context.is_disconnect = True
        context.invalidate_pool_on_disconnect = False


def _driver(connection: sa.Connection) -> sqlite3.Connection:
    """The connection of sqlite3 below one of SQLAlchemy's."""
    return cast(sqlite3.Connection, connection.connection.driver_connection)
