"""The two entry points to the database, `read` and `write`, and the unit of work that they run.

Both accept a plain function on a session. It may run twice and in a thread, with the caller's
context variables. It uses nothing but its session, and does nothing slow.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlmodel import Session

Result = TypeVar("Result")

STATEMENT_TIMEOUT = 2.0  # seconds, for statements of pages, events and requests
NO_LIMIT = float("inf")

_AFTER_COMMIT = "cme_after_commit"


class StatementTimeout(Exception):
    """A statement exceeded its timeout and was interrupted."""


class Completed(NamedTuple, Generic[Result]):
    """The result of a unit of work, and its after-commit callbacks in the order of registration."""

    result: Result
    after_commit: tuple[Callable[[], None], ...]


class Database(ABC):
    """Interface of a database; `engine` is for event listeners."""

    engine: sa.Engine

    @abstractmethod
    async def read(self, f: Callable[[Session], Result], *, timeout: float) -> Result:
        """See `read` below."""

    @abstractmethod
    async def write(
        self, f: Callable[[Session], Result], *, dry_run: bool, timeout: float
    ) -> Result:
        """See `write` below."""

    @abstractmethod
    async def close(self) -> None:
        """Finish pending work and close all connections."""


class DatabaseNotOpen(RuntimeError):
    """The database was used before `engines.open_database`."""


current: Database | None = None
"""The database of this process; `engines` opens and closes it."""


async def read(f: Callable[[Session], Result], *, timeout: float = STATEMENT_TIMEOUT) -> Result:
    """Run a function on a session in one consistent snapshot, and discard its changes.

    Raises StatementTimeout for a statement that takes longer than `timeout` seconds.
    """
    if current is None:
        raise DatabaseNotOpen
    return await current.read(f, timeout=timeout)


async def write(
    f: Callable[[Session], Result], *, dry_run: bool = False, timeout: float = STATEMENT_TIMEOUT
) -> Result:
    """Run a function on a session, and commit its changes before returning.

    If it raises, or in a dry run, its changes are rolled back. If the caller is cancelled, the
    function is not started, or is committed or rolled back as a whole. Raises StatementTimeout
    for a statement that takes longer than `timeout` seconds.
    """
    if current is None:
        raise DatabaseNotOpen
    return await current.write(f, dry_run=dry_run, timeout=timeout)


def after_commit(db: Session, callback: Callable[[], None]) -> None:
    """Register a callback to run on the event loop after the unit of work is committed."""
    db.info.setdefault(_AFTER_COMMIT, []).append(callback)


def run_in_transaction(
    connection: sa.Connection, f: Callable[[Session], Result], *, dry_run: bool
) -> Completed[Result]:
    """Run the function on a new session, and commit its changes unless in a dry run.

    If the connection is already in a transaction, the session uses a savepoint.
    """
    with Session(
        connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
    ) as db:
        result = f(db)
        if dry_run:
            return Completed(result, ())
        db.commit()
        return Completed(result, tuple(db.info.get(_AFTER_COMMIT, ())))
