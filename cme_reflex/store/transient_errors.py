"""Transient errors: faults of the database that pass, so that the same command succeeds later."""

import sqlite3

import asyncpg
import sqlalchemy as sa

from cme_reflex.store.database import DatabaseNotOpen, StatementTimeout
from cme_reflex.store.postgresql import CommitUncertain

# A database that is away, frozen, locked, read-only or full. The drivers' own classes are those
# that SQLAlchemy does not wrap, as while it connects.
_FAULTS = (
    OSError,  # with TimeoutError and ConnectionError
    sa.exc.DBAPIError,
    sa.exc.TimeoutError,
    sqlite3.Error,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    StatementTimeout,
    CommitUncertain,
    DatabaseNotOpen,
)
# Values that the database will never accept.
_DEFECTS = (
    sa.exc.IntegrityError,
    sa.exc.DataError,
    sqlite3.IntegrityError,
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.DataError,
)


def is_transient(error: BaseException) -> bool:
    """Whether a fault of the database caused this error, and not the values of the command."""
    return isinstance(error, _FAULTS) and not isinstance(error, _DEFECTS)
