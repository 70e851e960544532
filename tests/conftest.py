"""Fixtures for everybody: an empty database of each kind, and an instant in the claim period."""

import fcntl
import functools
import gc
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from sqlalchemy import Engine, event
from sqlmodel import Session

from cme_reflex.cli.operations import fonts
from cme_reflex.store.database import read
from cme_reflex.store.engines import close_database, open_database
from tests.support.database import databases
from tests.support.files.folder_files import FolderFiles

# The same examples at every run, so that a change is judged by what it changes; `make test-slow`
# searches on. No example has a time limit: the machine is not what is tested.
settings.register_profile("same", derandomize=True, database=None, deadline=None)
settings.register_profile("search", settings.get_profile("same"), derandomize=False)
settings.load_profile("same")

# Folders of tests whose files take long; the short files of the others fill the end of a run.
_LONG = ("e2e", "cli", "services", "access")

_SHARED_FOLDER = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder that all processes of this run share."""
    config.stash[_SHARED_FOLDER] = Path(
        getattr(config, "workerinput", {}).get("shared_folder")
        # Not pytest's temporary folder: the path of PostgreSQL's socket has to be short.
        or tempfile.mkdtemp(prefix="cme-tests-")
    )


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Name it to a process that pytest-xdist starts."""
    node.workerinput["shared_folder"] = str(node.config.stash[_SHARED_FOLDER])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove it after the last process that uses it."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(config.stash[_SHARED_FOLDER])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes long first, so that no process waits for one at the end, and alone last."""
    items.sort(key=_when)


def _when(item: pytest.Item) -> tuple[bool, float, int]:
    timeout = item.get_closest_marker("timeout")
    return (
        item.get_closest_marker("alone") is not None,
        -timeout.args[0] if timeout else 0,
        next((at for at, name in enumerate(_LONG) if name in item.path.parts), len(_LONG)),
    )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Let a test that measures time run while no other process runs one."""
    folder = item.config.stash[_SHARED_FOLDER]
    alone = item.get_closest_marker("alone") is not None
    with (folder / "entrance").open("w") as entrance, (folder / "room").open("w") as room:
        # Whoever waits for an empty room holds the entrance, or the others would keep it busy.
        fcntl.flock(entrance, fcntl.LOCK_EX)
        fcntl.flock(room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(entrance, fcntl.LOCK_UN)
        return (yield)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Install the fonts of certificates, which no test of the rules needs.

    And spare the garbage collector the modules: what is there now stays until the end.
    """
    if any("domain" not in item.path.parts for item in session.items):
        fonts.install()
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def shared_folder(pytestconfig: pytest.Config) -> Path:
    """The folder that all processes of this run share."""
    return pytestconfig.stash[_SHARED_FOLDER]


@pytest.fixture(scope="session")
def worker(pytestconfig: pytest.Config) -> str:
    """The name of this process among those of the run."""
    return str(getattr(pytestconfig, "workerinput", {}).get("workerid", "main"))


@pytest.fixture
def now() -> datetime:
    """An instant after the meeting, within its claim period."""
    return datetime(2024, 11, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def postgresql(shared_folder: Path, worker: str) -> Iterator[databases.PostgreSQL]:
    """The PostgreSQL of this run; started when the first test asks for it."""
    with databases.postgresql(shared_folder / "pg", worker) as server:
        yield server


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> databases.SQLite:
    """A migrated SQLite file, made once for this process."""
    return databases.SQLite(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def sqlite_template(sqlite: databases.SQLite) -> Path:
    """The file itself, to copy."""
    return sqlite.migrated


@pytest.fixture(scope="session")
def first_migrations(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the first SQLite file that this process migrated to each revision."""
    return tmp_path_factory.mktemp("migrations")


@pytest.fixture(scope="module")
def remembered_migrations(first_migrations: Path) -> Iterator[None]:
    """`migrate.upgrade`, which copies a new SQLite file from the first one."""
    with databases.remembered_migrations(first_migrations):
        yield


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Each kind of database in turn."""
    return str(request.param)


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty, migrated database; a test that asks for it runs on both kinds."""
    if database_kind == "postgresql":
        server: databases.PostgreSQL = request.getfixturevalue("postgresql")
        return server.empty()
    sqlite: databases.SQLite = request.getfixturevalue("sqlite")
    return sqlite.empty(tmp_path)


@pytest.fixture
def unmigrated_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database of the same kind that has no table yet."""
    if database_kind == "postgresql":
        server: databases.PostgreSQL = request.getfixturevalue("postgresql")
        return server.unmigrated()
    return f"sqlite:///{tmp_path / 'unmigrated.db'}"


@pytest.fixture
def statement_timeout() -> str | None:
    """PostgreSQL's time limit of a statement for a test; None for the application's own.

    Any statement may take longer than a page's two seconds where many processes share a core.
    """
    return "60s"


@pytest.fixture
async def database(database_url: str, statement_timeout: str | None) -> AsyncIterator[Engine]:
    """An empty database, open for `read` and `write`; on both kinds."""
    # Ids begin at 1 again, so what a test before this one has read must go.
    if services := sys.modules.get("cme_reflex.services.programme.programme_cache"):
        services.clear()
    engine = open_database(database_url)
    if statement_timeout and engine.dialect.name == "postgresql":
        limit = functools.partial(_limit_statements, statement_timeout)
        event.listen(engine, "connect", limit)
    await read(_connect)  # so that a test that counts statements finds a connection
    yield engine
    await close_database()


@pytest.fixture
def fill(database_kind: str, database_url: str, request: pytest.FixtureRequest) -> databases.Fill:
    """Fill the empty database: by this function the first time, then from a snapshot of it."""
    kind: databases.SQLite | databases.PostgreSQL = request.getfixturevalue(database_kind)
    return functools.partial(kind.fill, database_url)


@pytest.fixture
def files(tmp_path: Path) -> FolderFiles:
    """The files of a small meeting, to change and write."""
    return FolderFiles(tmp_path / "meeting")


def _limit_statements(timeout: str, connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute(f"SET statement_timeout = '{timeout}'")
    cursor.close()
    connection.commit()


def _connect(db: Session) -> None:
    db.connection()
