"""A browser, and the demo meeting served to it."""

import asyncio
import csv
import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
from tests.support.e2e.browser import find_browser, launch_arguments
from tests.support.e2e.cme_server import CmeServer, load_demo, run_cme, run_server
from tests.support.e2e.devices import DEMO, DESKTOP, PHONE, TIMEOUT_MS
from tests.support.e2e.network_proxy import NetworkProxy, run_network_proxy

_violations: list[str] = []  # of the content security policy, by any page of any context


@contextmanager
def _first(done: Path) -> Iterator[bool]:
    """Whether this process is the first of the run to come here; the others wait for it."""
    with done.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield not done.exists()


@pytest.fixture(scope="session")
def started_browser(
    shared_folder: Path,
) -> Iterator[tuple[Browser, asyncio.AbstractEventLoop]]:
    """The browser of this process, and the event loop that Playwright runs for it."""
    expect.set_options(timeout=TIMEOUT_MS)
    with _first(shared_folder / "browser"):  # which may install one
        program = find_browser()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=launch_arguments())
        _prepare(browser)
        loop = asyncio.get_running_loop()
        asyncio._set_running_loop(None)
        yield browser, loop
        asyncio._set_running_loop(loop)
        browser.close()


@pytest.fixture
def browser(started_browser: tuple[Browser, asyncio.AbstractEventLoop]) -> Iterator[Browser]:
    """The browser.

    Its loop counts as running only as long as a test uses it, so that others in between can run
    loops of their own.
    """
    browser, loop = started_browser
    asyncio._set_running_loop(loop)
    yield browser
    asyncio._set_running_loop(None)


@pytest.fixture(autouse=True)
def violations() -> Iterator[list[str]]:
    """What the content security policy stopped; after a test it must be nothing."""
    _violations.clear()
    yield _violations
    assert _violations == []


@pytest.fixture(scope="session")
def built(shared_folder: Path) -> None:
    """The frontend, built once for all processes of the run."""
    done = shared_folder / "built"
    with _first(done) as first:
        if first:
            run_cme("build")
            done.touch()


@pytest.fixture(scope="session")
def demo_database(shared_folder: Path) -> Path:
    """The demo meeting with its 500 attendees in a database, to copy."""
    file = shared_folder / "demo.db"
    with _first(file) as first:
        if first:
            load_demo(file.with_suffix(".new"))
            file.with_suffix(".new").rename(file)
    return file


@pytest.fixture(scope="session")
def server(
    built: None, demo_database: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CmeServer]:
    """The demo meeting, served. Each test is somebody else."""
    folder = tmp_path_factory.mktemp("served")
    file = shutil.copy(demo_database, folder / "cme.db")
    with run_server(f"sqlite:///{file}", folder / "server.log") as server:
        yield server


@pytest.fixture(params=["phone", "desktop"])
def screen(request: pytest.FixtureRequest) -> dict[str, object]:
    """A phone and a wide screen in turn."""
    return PHONE if request.param == "phone" else DESKTOP


@pytest.fixture
def context(browser: Browser, server: CmeServer) -> Iterator[BrowserContext]:
    """A browser that nobody has used yet, on a wide screen."""
    yield from _context(browser, server, DESKTOP)


@pytest.fixture
def screen_context(
    browser: Browser, server: CmeServer, screen: dict[str, object]
) -> Iterator[BrowserContext]:
    """The same on each screen in turn."""
    yield from _context(browser, server, screen)


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """Its first tab."""
    return context.new_page()


@pytest.fixture
def attendee(page: Page, people: Iterator[tuple[str, str]]) -> Attendee:
    """Somebody who has just signed in."""
    attendee = Attendee(page)
    attendee.enters(*next(people))
    return attendee


@pytest.fixture(scope="session")
def all_people() -> list[tuple[str, str]]:
    """Last name and badge of everybody, for a test with a server of its own."""
    return [(row["last_name"], row["badge"]) for row in _rows("attendees.csv")]


@pytest.fixture(scope="session")
def people() -> Iterator[tuple[str, str]]:
    """Last name and badge of attendees that no other test is."""
    presenting = {
        badge.strip() for row in _rows("sessions.csv") for badge in row["faculty_badges"].split(";")
    }
    # The first three are the ready sign-ins of the demo.
    others = [row for row in _rows("attendees.csv")[3:] if row["badge"] not in presenting]
    # Physicians may claim the meeting's whole credit, but for those of one day, and are awarded it.
    return iter(
        (row["last_name"], row["badge"])
        for row in others
        if row["profession"] == "physician" and row["registration_type"] != "one-day"
    )


def _rows(file: str) -> list[dict[str, str]]:
    with (DEMO / file).open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def _prepare(browser: Browser) -> None:
    """Be patient in every context of it, and note what a page's console says about the policy."""
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
def between(server: CmeServer) -> Iterator[NetworkProxy]:
    """The network to the server."""
    with run_network_proxy(server.port) as between:
        yield between


@pytest.fixture
def phone(browser: Browser, between: NetworkProxy) -> Iterator[BrowserContext]:
    """A phone on that network."""
    context = browser.new_context(base_url=between.url, **PHONE)  # type: ignore[arg-type]
    yield context
    context.close()
