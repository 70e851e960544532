"""Bringing a database to a revision of the tables, by the same doors as the application."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlmodel import Session

from cme_reflex.store.database import NO_LIMIT, Database, create_database

MIGRATIONS = Path(__file__).parent / "migrations"
# Any number will do, as long as all processes of this application agree on it.
_LOCK = 7_264_190


class DatabaseOutOfReach(Exception):
    """There is no database at this URL that answers; the message says why."""


async def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at this URL to the revision; all of it or nothing.

    An SQLite file and its folder are made where there is none. Several
    processes may ask at once: one does it, the others wait and find it done.
    Raises DatabaseOutOfReach, and alembic's CommandError for an unknown revision.
    """
    await _migrate(url, lambda config: command.upgrade(config, revision))


async def downgrade(url: str, revision: str) -> None:
    """Take the database back to an older revision, or to "base": no tables at all."""
    await _migrate(url, lambda config: command.downgrade(config, revision))


async def current(url: str) -> str | None:
    """The revision of the database at this URL; None where it was never upgraded.

    Raises DatabaseOutOfReach.
    """
    async with _database(url) as database:
        return await database.read(
            lambda db: MigrationContext.configure(db.connection()).get_current_revision(),
            timeout=NO_LIMIT,
        )


async def _migrate(url: str, run: Callable[[Config], None]) -> None:
    async with _database(url) as database:
        await database.write(
            lambda db: _run_on(db.connection(), run), dry_run=False, timeout=NO_LIMIT
        )


@asynccontextmanager
async def _database(url: str) -> AsyncIterator[Database]:
    try:
        database = _created(url)
    except ArgumentError:
        raise DatabaseOutOfReach(
            "CME_DATABASE_URL is no database URL. Write sqlite:///… or postgresql://…."
        ) from None
    try:
        await _connect(database)
        yield database
    finally:
        await database.close()


async def _connect(database: Database) -> None:
    try:
        await database.read(Session.connection, timeout=NO_LIMIT)
    except (DBAPIError, OSError) as error:
        reason = error.orig if isinstance(error, DBAPIError) else error
        raise DatabaseOutOfReach(f"The database cannot be reached: {reason}.") from error


def _run_on(connection: sa.Connection, run: Callable[[Config], None]) -> None:
    sqlite = connection.dialect.name == "sqlite"
    if not sqlite:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    run(config)
    if sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise RuntimeError("the migration left rows that point nowhere; nothing was changed")


def _created(url: str) -> Database:
    database = create_database(url)
    if database.engine.dialect.name == "sqlite":
        if file := database.engine.url.database:
            Path(file).parent.mkdir(parents=True, exist_ok=True)

        # SQLite changes a table by making it anew. With foreign keys on, dropping
        # the old one would delete what points at it; they are checked at the end.
        @sa.event.listens_for(database.engine, "connect")
        def connect(connection: Any, record: object) -> None:
            connection.execute("PRAGMA foreign_keys=OFF")

    return database
