"""Database migrations: upgrade and downgrade between revisions of the tables."""

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

from cme_reflex.store.database import NO_LIMIT, Database
from cme_reflex.store.engines import create_database

MIGRATIONS = Path(__file__).parent / "migrations"
# PostgreSQL advisory lock; any number that all processes of this application agree on.
_LOCK = 7_264_190


class DatabaseOutOfReach(Exception):
    """The database cannot be reached; the message states the reason."""


async def upgrade(url: str, revision: str = "head") -> None:
    """Upgrade the database at this URL to a revision, in one transaction.

    An SQLite file and its folder are created if missing. Several processes may call this at
    once: one migrates, the others wait and have nothing to do. Raises DatabaseOutOfReach, and
    Alembic's CommandError for an unknown revision.
    """
    await _migrate(url, lambda config: command.upgrade(config, revision))


async def downgrade(url: str, revision: str) -> None:
    """Downgrade the database to an older revision, or to "base": no tables at all."""
    await _migrate(url, lambda config: command.downgrade(config, revision))


async def current(url: str) -> str | None:
    """The revision of the database at this URL; None if it was never upgraded.

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
        database = _create_database(url)
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
        raise RuntimeError("the migration broke a foreign key and was rolled back")


def _create_database(url: str) -> Database:
    database = create_database(url)
    if database.engine.dialect.name == "sqlite":
        if file := database.engine.url.database:
            Path(file).parent.mkdir(parents=True, exist_ok=True)

        # In SQLite a table is changed by copying it. With foreign keys on, dropping
        # the old one would delete rows that refer to it. They are checked at the end.
        @sa.event.listens_for(database.engine, "connect")
        def connect(connection: Any, record: object) -> None:
            connection.execute("PRAGMA foreign_keys=OFF")

    return database
