"""PostgreSQL: runs functions on a synchronous session over asyncpg."""

import math
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.asyncpg import AsyncpgDateTime
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel import Session

from cme_reflex.store.columns import UtcDateTime
from cme_reflex.store.database import (
    STATEMENT_TIMEOUT,
    Completed,
    Database,
    StatementTimeout,
    run_in_transaction,
)

Result = TypeVar("Result")

CONNECTIONS = 20  # per process; four processes stay below PostgreSQL's default limit of 100
IDLE = 5.0  # seconds after which a connection is pinged before it is used
ATTEMPTS = 3  # per unit of work, after a conflict or a lost connection

_QUERY_CANCELED = "57014"
_CONFLICTS = {"40001", "40P01"}  # serialization failure, deadlock; nothing was committed


class CommitUncertain(Exception):
    """The connection was lost during the COMMIT, so its outcome is unknown."""


class DatabaseUnreachable(OSError):
    """The server cannot be connected to, or the connection broke."""


class PostgreSQLDatabase(Database):
    """A PostgreSQL database and its connection pool."""

    def __init__(self, url: sa.URL) -> None:
        self._engine = create_postgresql_engine(url)
        self.engine = self._engine.sync_engine
        # All SELECTs of a read see the same snapshot, as in SQLite.
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
        for callback in completed.after_commit:
            callback()
        return completed.result

    async def close(self) -> None:
        """Close all connections."""
        await self._engine.dispose()

    async def _run(
        self, engine: AsyncEngine, f: Callable[[Session], Result], dry_run: bool, timeout: float
    ) -> Completed[Result]:
        attempt = 1
        while True:
            try:
                async with engine.connect() as connection:
                    return await connection.run_sync(partial(_run, f, dry_run, timeout))
            except OSError as error:
                # SQLAlchemy does not wrap those of the network. Named, because any other OSError
                # is a defect and not the database's.
                raise DatabaseUnreachable(*error.args) from error
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
            limit = _milliseconds(timeout)
            db.connection().exec_driver_sql(f"SET LOCAL statement_timeout = {limit}")
        result = f(db)
        db.flush()
        committing = True
        return result

    try:
        return run_in_transaction(connection, limited, dry_run=dry_run)
    except sa.exc.DBAPIError as error:
        if _sqlstate(error) == _QUERY_CANCELED:
            raise StatementTimeout from error
        if committing and error.connection_invalidated:
            raise CommitUncertain from error
        raise


class _UtcDateTime(AsyncpgDateTime):
    """A timestamp with time zone; asyncpg would take a naive datetime for local time."""

    def bind_processor(self, dialect: Any) -> Any:
        return _require_zone


def _require_zone(value: datetime | None) -> datetime | None:
    if value is not None and value.tzinfo is None:
        raise ValueError("an instant needs its zone")
    return value


def _nothing_was_committed(error: sa.exc.DBAPIError) -> bool:
    """Whether a conflict or a lost connection ended the unit of work before its COMMIT."""
    return error.connection_invalidated or _sqlstate(error) in _CONFLICTS


def _sqlstate(error: sa.exc.DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)


def _milliseconds(timeout: float) -> int:
    return 0 if math.isinf(timeout) else math.ceil(1000 * timeout)


def create_postgresql_engine(url: sa.URL) -> AsyncEngine:
    """An engine that pings an idle connection before it is used.

    SQLAlchemy's `pool_pre_ping` pings every time, in a transaction of its own. Under load that is
    a third of all statements.
    """
    limit = str(_milliseconds(STATEMENT_TIMEOUT))
    engine = create_async_engine(
        url.set(drivername="postgresql+asyncpg"),
        hide_parameters=True,
        # No overflow: to open a connection for a burst and close it again costs more than to wait.
        pool_size=CONNECTIONS,
        max_overflow=0,
        connect_args={"server_settings": {"statement_timeout": limit}},
    )
    engine.dialect.colspecs = {**engine.dialect.colspecs, UtcDateTime: _UtcDateTime}
    sa.event.listen(engine.sync_engine, "checkin", _record_use)
    sa.event.listen(engine.sync_engine, "checkout", _ping_if_idle)
    return engine


def _record_use(connection: Any, record: Any) -> None:
    record.info["used"] = time.monotonic()


def _ping_if_idle(connection: Any, record: Any, pooled: Any) -> None:
    if time.monotonic() - record.info.get("used", time.monotonic()) <= IDLE:
        return
    try:
        _ping(connection)
    except Exception as error:
        raise sa.exc.DisconnectionError from error  # the pool opens another one


def _ping(connection: Any) -> None:
    connection.ping()
