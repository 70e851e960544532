"""A browser, and the demo meeting served to it."""

import csv
from collections.abc import Iterator

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

from cme_reflex.settings import ROOT
from tests.browser import find_browser, launch_arguments
from tests.e2e.attendee import Attendee
from tests.e2e.proxy import Network, network
from tests.e2e.serving import Server, cme, serving

DEMO = ROOT / "meetings" / "pstm24"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESKTOP = {"viewport": {"width": 1440, "height": 900}}
PATIENCE = 15_000  # milliseconds for what the page has to show; two cores are also the server's

_violations: list[str] = []  # of the content security policy, by any page of any context


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser of this run."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(), args=launch_arguments()
        )
        _prepare(browser)
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def violations() -> Iterator[list[str]]:
    """What the content security policy stopped; after a test it must be nothing."""
    _violations.clear()
    yield _violations
    assert _violations == []


@pytest.fixture(scope="session")
def built() -> None:
    """The frontend, built once."""
    cme("build")


@pytest.fixture(scope="session")
def server(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demo meeting with its 500 attendees. Each test is somebody else."""
    folder = tmp_path_factory.mktemp("served")
    url = f"sqlite:///{folder / 'cme.db'}"
    cme("db", "upgrade", CME_DATABASE_URL=url)
    cme("meeting", "load", "meetings/pstm24", CME_DATABASE_URL=url)
    with serving(url, folder / "server.log") as server:
        yield server


@pytest.fixture(params=["phone", "desktop"])
def screen(request: pytest.FixtureRequest) -> dict[str, object]:
    """A phone and a wide screen in turn."""
    return PHONE if request.param == "phone" else DESKTOP


@pytest.fixture
def context(browser: Browser, server: Server) -> Iterator[BrowserContext]:
    """A browser that nobody has used yet, on a wide screen."""
    yield from _context(browser, server, DESKTOP)


@pytest.fixture
def screen_context(
    browser: Browser, server: Server, screen: dict[str, object]
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
    attendee.signs_in(*next(people))
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
        context.set_default_timeout(PATIENCE)
        context.on("console", note)
        return context

    browser.new_context = prepared  # type: ignore[method-assign]


def _context(
    browser: Browser, server: Server, screen: dict[str, object]
) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=server.url, **screen)  # type: ignore[arg-type]
    yield context
    context.close()


@pytest.fixture
def between(server: Server) -> Iterator[Network]:
    """The network to the server."""
    with network(server.port) as between:
        yield between


@pytest.fixture
def phone(browser: Browser, between: Network) -> Iterator[BrowserContext]:
    """A phone on that network."""
    context = browser.new_context(base_url=between.url, **PHONE)  # type: ignore[arg-type]
    yield context
    context.close()
