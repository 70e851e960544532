"""SQLite: one writer thread with group commit, and readers that do not wait for it."""

import asyncio
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.dialects import registry, sqlite
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlmodel import Session

from cme_reflex.files.permissions import make_private
from cme_reflex.store.columns import UtcDateTime
from cme_reflex.store.database import (
    NO_LIMIT,
    STATEMENT_TIMEOUT,
    Completed,
    Database,
    StatementTimeout,
    run_in_transaction,
)
from cme_reflex.store.group_commit import GroupCommit

Result = TypeVar("Result")

BUSY_TIMEOUT = 10_000  # milliseconds that a writer waits for another process
WAL_PAUSE = 20  # milliseconds between two attempts to change a new file to WAL
IDLE = 20  # connections kept open; more are opened when more reads run at once
PROJECT_FOLDER = ".cme"  # of the default and the demo's database, mail and logs
_UTC_TEXT_LENGTH = len("2024-09-26 14:00:00.000000")
CHECK_EVERY = 10_000  # steps of SQLite's virtual machine, less than a millisecond


class SQLiteDatabase(Database):
    """An SQLite file. Short reads run on the event loop, long ones in a thread."""

    def __init__(self, url: sa.URL) -> None:
        _make_private(url.database)
        self.engine = create_sqlite_engine(url)
        self._writes = GroupCommit(self.engine.execution_options(cme_begin="BEGIN IMMEDIATE"))
        # Sessions that wait for the next read, each with a connection of its own: to make them
        # for each read costs half of it.
        self._idle_readers: deque[Session] = deque()

    async def read(self, f: Callable[[Session], Result], *, timeout: float) -> Result:
        """See `database.read`."""
        read = partial(self._read, f, timeout)
        # For a short read a thread costs more than SQLite itself; see docs/benchmarks.md.
        return read() if timeout <= STATEMENT_TIMEOUT else await asyncio.to_thread(read)

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
        """Finish pending writes, and close all connections."""
        await self._writes.close()
        for reader in self._idle_readers:
            cast(sa.Connection, reader.get_bind()).close()
        self.engine.dispose()


def _make_private(database: str | None) -> None:
    """Create a new file, and the log and index beside it, for the user of the process alone.

    SQLite gives the log and the index the permissions of the database. The folder may be one that
    others share, unless it is the project's own.
    """
    if not database or database == ":memory:" or database.startswith("file:"):
        return
    file = Path(database)
    if file.parent.is_dir():
        with suppress(OSError):  # it is there, or the connection reports it
            file.touch(mode=0o600, exist_ok=False)
    own_folder = [file.parent] if file.parent.name == PROJECT_FOLDER else []
    make_private([*own_folder, *(Path(f"{file}{suffix}") for suffix in ("", "-wal", "-shm"))])


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

    return run_in_transaction(connection, limited, dry_run=dry_run)


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


class _UtcDateTime(sqlite.DATETIME):
    """Text without a zone, which SQLite cannot store: converted to UTC, and read as UTC."""

    def bind_processor(self, dialect: Any) -> Any:
        return _utc_text

    def result_processor(self, dialect: Any, coltype: object) -> Any:
        return _from_utc_text


def _utc_text(value: datetime | None) -> str | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError("an instant needs its zone")
    return value.astimezone(UTC).isoformat(" ", "microseconds")[:_UTC_TEXT_LENGTH]


def _from_utc_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(f"{value}+00:00")


class _Dialect(SQLiteDialect_pysqlite):
    """Savepoints straight to the driver: by way of SQLAlchemy they cost as much as a query."""

    supports_statement_cache = True
    colspecs = {  # noqa: RUF012 - as in the base class
        **SQLiteDialect_pysqlite.colspecs,
        UtcDateTime: _UtcDateTime,
    }

    def do_savepoint(self, connection: sa.Connection, name: str) -> None:
        _driver(connection).execute(f"SAVEPOINT {name}")

    def do_rollback_to_savepoint(self, connection: sa.Connection, name: str) -> None:
        _driver(connection).execute(f"ROLLBACK TO {name}")

    def do_release_savepoint(self, connection: sa.Connection, name: str) -> None:
        _driver(connection).execute(f"RELEASE {name}")


DRIVER = "sqlite+direct"
"""The name of this dialect in an engine's URL."""

registry.register(DRIVER.replace("+", "."), __name__, _Dialect.__name__)


def create_sqlite_engine(url: sa.URL) -> sa.Engine:
    """An engine with foreign keys, WAL and `synchronous=FULL`, for durable acknowledged writes.

    Transactions begin explicitly. The driver itself would begin one at the first write only,
    which breaks savepoints and consistent reads.
    """
    engine = sa.create_engine(
        url.set(drivername=DRIVER),
        hide_parameters=True,
        pool_size=IDLE,
        max_overflow=-1,
        connect_args={"isolation_level": None, "check_same_thread": False},
    )
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)
    sa.event.listen(engine, "handle_error", _mark_lost_transaction)
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
    # at once, all but one fail immediately, regardless of the timeout.
    for _ in range(BUSY_TIMEOUT // WAL_PAUSE):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            time.sleep(WAL_PAUSE / 1000)
        else:
            return
    cursor.execute("PRAGMA journal_mode=WAL")


def _begin(connection: sa.Connection) -> None:
    # A writer locks at BEGIN. One that first reads and then writes would otherwise fail
    # if another process wrote in between.
    begin = connection.get_execution_options().get("cme_begin", "BEGIN")
    _driver(connection).execute(begin)


def _mark_lost_transaction(context: sa.ExceptionContext) -> None:
    """Invalidate a connection if SQLite rolled back more than the failed statement.

    SQLite rolls back the whole transaction, with all savepoints, if a writing statement is
    interrupted or the disk is full.
    """
    connection = context.connection
    if connection is None or not connection.in_transaction():
        return
    if not _driver(connection).in_transaction:
        context.is_disconnect = True
        context.invalidate_pool_on_disconnect = False


def _driver(connection: sa.Connection) -> sqlite3.Connection:
    """The sqlite3 connection under an SQLAlchemy connection."""
    return cast(sqlite3.Connection, connection.connection.driver_connection)
