"""PostgreSQL: plain functions on a synchronous session, with asyncpg underneath."""

import math
import time
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel import Session

from cme_reflex.store.unit_of_work import (
    STATEMENT_TIMEOUT,
    Completed,
    Database,
    StatementTimeout,
    run_unit,
)

Result = TypeVar("Result")

CONNECTIONS = 20  # of a process: those of four stay below the hundred that PostgreSQL allows
IDLE = 5.0  # seconds after which a connection is asked whether it is still there
ATTEMPTS = 3  # of a unit of work that met another one, or whose connection was lost

_QUERY_CANCELED = "57014"
_MET_ANOTHER = {"40001", "40P01"}  # serialization failure, deadlock: nothing was committed


class CommitUncertain(Exception):
    """The connection was lost in the COMMIT, and nobody knows what became of it."""


class PostgreSQLDatabase(Database):
    """A server, and a pool of connections to it."""

    def __init__(self, url: sa.URL) -> None:
        self._engine = create_postgresql_engine(url)
        self.engine = self._engine.sync_engine
        # Every SELECT of a read sees the same moment, as it does in SQLite.
        self._reads = self._engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )

    async def read(self, f: Callable[[Session], Result], *, timeout: float) -> Result:
        """See `database.read`."""
        return (await self._run(self._reads, f, True, timeout)).result

    async def write(
        self, f: Callable[[Session], Result], *, dry_run: bool, timeout: float
    ) -> Result:
        """See `database.write`."""
        completed = await self._run(self._engine, f, dry_run, timeout)
        for do in completed.after_commit:
            do()
        return completed.result

    async def close(self) -> None:
        """Finish what has begun, and close all connections."""
        await self._engine.dispose()

    async def _run(
        self, engine: AsyncEngine, f: Callable[[Session], Result], dry_run: bool, timeout: float
    ) -> Completed[Result]:
        attempt = 1
        while True:
            try:
                async with engine.connect() as connection:
                    return await connection.run_sync(partial(_run, f, dry_run, timeout))
            except sa.exc.DBAPIError as error:
                if attempt == ATTEMPTS or not _nothing_was_committed(error):
                    raise
            attempt += 1


def _run(
    f: Callable[[Session], Result], dry_run: bool, timeout: float, connection: sa.Connection
) -> Completed[Result]:
    committing = False

    def limited(db: Session) -> Result:
        nonlocal committing
        if timeout != STATEMENT_TIMEOUT:
            db.connection().exec_driver_sql(f"SET LOCAL statement_timeout = {_setting(timeout)}")
        result = f(db)
        db.flush()
        committing = True
        return result

    try:
        return run_unit(connection, limited, dry_run=dry_run)
    except sa.exc.DBAPIError as error:
        if _sqlstate(error) == _QUERY_CANCELED:
            raise StatementTimeout from error
        if committing and error.connection_invalidated:
            raise CommitUncertain from error
        raise


def _nothing_was_committed(error: sa.exc.DBAPIError) -> bool:
    """Whether the unit of work met another one, or lost its connection before the COMMIT."""
    return error.connection_invalidated or _sqlstate(error) in _MET_ANOTHER


def _sqlstate(error: sa.exc.DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)


def _setting(timeout: float) -> int:
    return 0 if math.isinf(timeout) else math.ceil(1000 * timeout)


def create_postgresql_engine(url: sa.URL) -> AsyncEngine:
    """An engine that makes sure of a connection before it is used, where it may be gone since.

    SQLAlchemy's `pool_pre_ping` does so each time, which under load is a third of all that is
    asked: a transaction is begun for it and ended.
    """
    engine = create_async_engine(
        url.set(drivername="postgresql+asyncpg"),
        hide_parameters=True,
        # All are kept open: one that is opened for a crowd and closed after it costs more than it
        # gives, and a crowd that waits for a few is answered late.
        pool_size=CONNECTIONS,
        max_overflow=0,
        connect_args={"server_settings": {"statement_timeout": str(_setting(STATEMENT_TIMEOUT))}},
    )
    sa.event.listen(engine.sync_engine, "checkin", _note)
    sa.event.listen(engine.sync_engine, "checkout", _make_sure)
    return engine


def _note(connection: Any, record: Any) -> None:
    record.info["used"] = time.monotonic()


def _make_sure(connection: Any, record: Any, pooled: Any) -> None:
    if time.monotonic() - record.info.get("used", time.monotonic()) <= IDLE:
        return
    try:
        _ping(connection)
    except Exception as error:
        raise sa.exc.DisconnectionError from error  # the pool opens another one


def _ping(connection: Any) -> None:
    connection.ping()
