"""The database of this process: SQLite by default, PostgreSQL by its URL."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.util import greenlet_spawn
from sqlmodel import Session
from sqlmodel.ext.asyncio.session import AsyncSession

from cme_reflex.store.postgresql import create_postgresql_engine
from cme_reflex.store.shared_commits import SharedCommits
from cme_reflex.store.sqlite import create_sqlite_engine

Found = TypeVar("Found")

_AFTER_COMMIT = "cme_after_commit"


class DatabaseNotOpen(RuntimeError):
    """Somebody asked for the database before it was opened."""


_engine: AsyncEngine | None = None
_reading_engine: AsyncEngine | None = None
_asking_engine: AsyncEngine | None = None
_shared_commits: SharedCommits | None = None


def open_database(url: str) -> AsyncEngine:
    """Make the database at this URL the one that this process uses."""
    global _engine, _reading_engine, _asking_engine, _shared_commits
    _engine = create_engine(url)
    _reading_engine = _asking_engine = _engine.execution_options(cme_write=False)
    _shared_commits = None
    if _engine.dialect.name == "sqlite":
        _shared_commits = SharedCommits(_engine)
    else:
        # Every SELECT of a look sees the same moment, as it does in SQLite. One alone does anyway,
        # and need not be told where that moment begins and ends.
        _reading_engine = _engine.execution_options(isolation_level="REPEATABLE READ")
        _asking_engine = _engine.execution_options(isolation_level="AUTOCOMMIT")
    return _engine


async def close_database() -> None:
    """Give the connections back."""
    global _engine, _reading_engine, _asking_engine, _shared_commits
    if _engine is not None:
        await _engine.dispose()
        _engine = _reading_engine = _asking_engine = _shared_commits = None


@asynccontextmanager
async def transaction(*, keep: bool = True) -> AsyncIterator[AsyncSession]:
    """A unit of work that writes: everything in it is committed together, or nothing is.

    Nothing is either where it is not to be kept, but only made to see what it would do.
    """
    async with _writing() as db, db.begin() as begun:
        yield db
        if not keep:
            await begun.rollback()
    if keep:
        for do in db.info.get(_AFTER_COMMIT, ()):
            do()


def after_commit(db: Session | AsyncSession, do: Callable[[], None]) -> None:
    """Do something as soon as a transaction is committed, and only then."""
    db.info.setdefault(_AFTER_COMMIT, []).append(do)


@asynccontextmanager
async def reading() -> AsyncIterator[AsyncSession]:
    """A consistent look that writes nothing."""
    async with AsyncSession(_opened(_reading_engine), expire_on_commit=False) as db:
        yield db


async def read(
    f: Callable[[Session], Found],
    *,
    timeout: float | None = None,  # noqa: ASYNC109 - of a statement
) -> Found:
    """Run a plain function on a session that sees one moment of the database and writes nothing."""
    async with reading() as db:
        return await db.run_sync(f)  # type: ignore[arg-type]


async def write(
    f: Callable[[Session], Found],
    *,
    dry_run: bool = False,
    timeout: float | None = None,  # noqa: ASYNC109 - of a statement
) -> Found:
    """Run a plain function on a session; all that it wrote is committed before this returns.

    Nothing is kept where it raises, or in a dry run.
    """
    async with transaction(keep=not dry_run) as db:
        return await db.run_sync(f)  # type: ignore[arg-type]


async def look(at: Callable[[sa.Connection], Found]) -> Found:
    """What a function finds in one consistent look that writes nothing.

    For what is asked at every event: without a session, and without a change between the loop and
    SQLAlchemy for each statement, as `reading` has, it costs a fifth.
    """
    return await _at_once(_reading_engine, at)


async def ask(at: Callable[[sa.Connection], Found]) -> Found:
    """The same for a single statement."""
    return await _at_once(_asking_engine, at)


async def change(at: Callable[[sa.Connection], Found]) -> Found:
    """What a function answers that writes: all of it is committed before, or nothing is.

    For what is asked at every tap, as `look` is for what is asked at every event.
    """
    if _shared_commits is not None:
        return await _shared_commits.change(at)
    return await greenlet_spawn(_change, at)


async def within(db: AsyncSession, at: Callable[[sa.Connection], Found]) -> Found:
    """The same as a part of a unit of work."""
    return await db.run_sync(lambda session: at(session.connection()))


async def _at_once(engine: AsyncEngine | None, at: Callable[[sa.Connection], Found]) -> Found:
    if _shared_commits is not None:
        return _connected(engine, at)  # reading SQLite waits for nobody
    return await greenlet_spawn(_connected, engine, at)


def _connected(engine: AsyncEngine | None, at: Callable[[sa.Connection], Found]) -> Found:
    with _opened(engine).sync_engine.connect() as connection:
        return at(connection)


def _change(at: Callable[[sa.Connection], Found]) -> Found:
    with _opened(_engine).sync_engine.begin() as connection:
        return at(connection)


def _writing() -> AbstractAsyncContextManager[AsyncSession]:
    if _shared_commits is not None:
        return _shared_commits.writing()
    return AsyncSession(_opened(_engine), expire_on_commit=False)


def _opened(engine: AsyncEngine | None) -> AsyncEngine:
    if engine is None:
        raise DatabaseNotOpen
    return engine


def create_engine(url: str) -> AsyncEngine:
    """An engine for either kind of database. Its errors do not repeat a statement's values.

    Raises ArgumentError for another kind.
    """
    parsed = sa.make_url(url)
    match parsed.get_backend_name():
        case "sqlite":
            return create_sqlite_engine(parsed)
        case "postgresql":
            return create_postgresql_engine(parsed)
    raise sa.exc.ArgumentError("only SQLite and PostgreSQL are supported")
