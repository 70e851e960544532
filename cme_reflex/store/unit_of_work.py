"""Unit of work: a function on a session, and its after-commit callbacks."""

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
        """See `database.read`."""

    @abstractmethod
    async def write(
        self, f: Callable[[Session], Result], *, dry_run: bool, timeout: float
    ) -> Result:
        """See `database.write`."""

    @abstractmethod
    async def close(self) -> None:
        """Finish pending work and close all connections."""


def after_commit(db: Session, callback: Callable[[], None]) -> None:
    """Register a callback to run on the event loop after the unit of work is committed."""
    db.info.setdefault(_AFTER_COMMIT, []).append(callback)


def run_unit(
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
