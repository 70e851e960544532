"""A unit of work: a plain function on a session, and what is to be done once it is committed."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlmodel import Session

Result = TypeVar("Result")

STATEMENT_TIMEOUT = 2.0  # seconds, for whatever a page, an event or a request waits for
NO_LIMIT = float("inf")

_AFTER_COMMIT = "cme_after_commit"


class StatementTimeout(Exception):
    """A statement took longer than it was given, and was interrupted."""


class Completed(NamedTuple, Generic[Result]):
    """What a unit of work returned, and its callbacks, in the order in which they were added."""

    result: Result
    after_commit: tuple[Callable[[], None], ...]


class Database(ABC):
    """A database and its two doors; `engine` is for whoever listens to its events."""

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
        """Finish what has begun, and close all connections."""


def after_commit(db: Session, do: Callable[[], None]) -> None:
    """Call this on the event loop once the unit of work is committed, and only then."""
    db.info.setdefault(_AFTER_COMMIT, []).append(do)


def run_unit(
    connection: sa.Connection, f: Callable[[Session], Result], *, dry_run: bool
) -> Completed[Result]:
    """Run the function on a session of its own, and commit what it wrote unless in a dry run.

    Where the connection is in a transaction already, the function has a savepoint in it.
    """
    with Session(
        connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
    ) as db:
        result = f(db)
        if dry_run:
            return Completed(result, ())
        db.commit()
        return Completed(result, tuple(db.info.get(_AFTER_COMMIT, ())))
