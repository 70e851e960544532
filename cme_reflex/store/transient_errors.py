"""Transient errors: faults of the database that pass, so that the same command succeeds later.

Only what says by its code that the database is away, or cannot work at the moment. Any other error,
such as a table that does not exist or a file that is not found, is a defect: it is logged, and a
command that caused it is not sent again for ever.
"""

import sqlite3

import sqlalchemy as sa

from cme_reflex.store.database import DatabaseNotOpen, StatementTimeout
from cme_reflex.store.postgresql import CommitUncertain, DatabaseUnreachable

_AWAY = (
    sa.exc.TimeoutError,  # all connections of the pool are busy
    StatementTimeout,
    CommitUncertain,
    DatabaseNotOpen,
    DatabaseUnreachable,
)
# Locked, read-only, full, or on a disk that fails.
_SQLITE_CODES = frozenset(
    (
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_READONLY,
    )
)
# Classes of SQLSTATE: connection lost, not (yet) accepted, or refused, also while a password or the
# database itself is being replaced; conflict; resources; lock; shutdown; disk; and a fault of the
# server itself, such as a file that cannot grow.
_SQLSTATE_CLASSES = frozenset(("08", "28", "3D", "40", "53", "55", "57", "58", "XX"))
_READ_ONLY = "25006"


def is_transient(error: BaseException) -> bool:
    """Whether the database was away, or could not work, when this error was raised."""
    if isinstance(error, sa.exc.DBAPIError):
        return error.connection_invalidated or _is_transient(error.orig)
    return isinstance(error, _AWAY) or _is_transient(error)


def _is_transient(error: BaseException | None) -> bool:
    """Whether the code of a driver's error says so; SQLAlchemy wraps none of connecting."""
    if isinstance(error, sqlite3.Error):
        # The low byte of an extended code.
        return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _SQLITE_CODES
    state = getattr(error, "sqlstate", None) or ""  # of asyncpg, and of SQLAlchemy's copies
    return state == _READ_ONLY or state[:2] in _SQLSTATE_CLASSES
