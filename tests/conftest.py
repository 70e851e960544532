"""Fixtures for everybody: an empty database of each kind, and an instant in the claim period."""

import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import Engine

from cme_reflex.store.database import close_database, open_database
from tests import databases
from tests.folders import Files

# The same examples at every run, so that a change is judged by what it changes; the slow tests
# search on. No example has a time limit: the machine is not what is tested.
settings.register_profile("same", derandomize=True, database=None, deadline=None)
settings.load_profile("same")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the browser's tests last: Playwright keeps an event loop of its own running."""
    items.sort(key=lambda item: "e2e" in item.path.parts)


@pytest.fixture
def now() -> datetime:
    """An instant after the meeting, within its claim period."""
    return datetime(2024, 11, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[databases.PostgreSQL]:
    """The PostgreSQL of this run; started when the first test asks for it."""
    with databases.postgresql() as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, made once for this run."""
    return databases.sqlite_template(tmp_path_factory.mktemp("sqlite"))


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
    return databases.sqlite_copy(request.getfixturevalue("sqlite_template"), tmp_path)


@pytest.fixture
def unmigrated_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database of the same kind that has no table yet."""
    if database_kind == "postgresql":
        server: databases.PostgreSQL = request.getfixturevalue("postgresql")
        return server.unmigrated("unmigrated")
    return f"sqlite:///{tmp_path / 'unmigrated.db'}"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Engine]:
    """An empty database, open for `read` and `write`; on both kinds."""
    # Ids begin at 1 again, so what a test before this one has read must go.
    if services := sys.modules.get("cme_reflex.services.programme"):
        services.forget()
    yield open_database(database_url)
    await close_database()


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """The files of a small meeting, to change and write."""
    return Files(tmp_path / "meeting")
