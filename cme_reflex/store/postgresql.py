"""PostgreSQL for SQLAlchemy's async engine."""

import time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

CONNECTIONS = 20  # of a process: those of four stay below the hundred that PostgreSQL allows
IDLE = 5.0  # seconds after which a connection is asked whether it is still there


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
