"""All of FOSDEM 2025 in the browser: converted, loaded, searched, scrolled through and added.

The pages are those that were built for the demo, with its name and colors: what a page shows
of a programme comes over the socket, from the meeting that the server is configured for.
"""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.e2e.attendee import Attendee
from tests.support.e2e.cme_server import CmeServer, run_cme, run_server
from tests.support.e2e.scrolling import scroll_to_end
from tests.support.e2e.session_list import ADD, KEYSTROKE, PAUSE, SCROLL, WINDOW, Wire, add_row
from tests.support.files.folder_files import ATTENDEES, FolderFiles
from tests.support.files.published_programmes import published_programme

MEETING = "fosdem25"
ELEMENTS = 2_500  # in the page at once, independent of the programme's size


@pytest.fixture(scope="module")
def meetings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A meeting folder with the programme of FOSDEM 2025."""
    programme = published_programme("fosdem2025.xml")
    meetings = tmp_path_factory.mktemp("meetings")
    files = FolderFiles(meetings / MEETING)
    files.replace("meeting.toml", 'code = "test24"', f'code = "{MEETING}"')
    files.replace("meeting.toml", "America/Los_Angeles", "Europe/Brussels")
    files.replace("meeting.toml", "2024-09-26\n", "2025-02-01\n")
    files.replace("meeting.toml", "2024-09-29\n", "2025-02-02\n")
    files.write()
    sessions = meetings / MEETING / "sessions.csv"
    run_cme(
        "programme", "convert", str(programme), "--all-eligible", "--out", str(sessions), "--force"
    )
    return meetings


@pytest.fixture(scope="module")
def server(
    built: None, meetings: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CmeServer]:
    """A server of that meeting."""
    folder = tmp_path_factory.mktemp("served")
    url = f"sqlite:///{folder / 'cme.db'}"
    chosen = {"CME_MEETING": MEETING, "CME_MEETINGS": str(meetings)}
    run_cme("db", "upgrade", CME_DATABASE_URL=url)
    run_cme("meeting", "load", str(meetings / MEETING), CME_DATABASE_URL=url)
    with run_server(url, folder / "server.log", **chosen) as server:
        yield server


@pytest.fixture
def meeting() -> str:
    return MEETING


@pytest.fixture
def people() -> Iterator[tuple[str, str]]:
    """Last names and badges of its attendees."""
    rows = csv.DictReader(ATTENDEES.splitlines())
    return iter([(row["last_name"], row["badge"]) for row in rows])


def elements(page: Page) -> int:
    return int(page.evaluate("document.querySelectorAll('*').length"))


def total(page: Page) -> int:
    found = page.get_by_text(re.compile(r"^\d+ sessions? found$")).first.inner_text()
    return int(found.split()[0])


@pytest.fixture(scope="module")
def eligible(meetings: Path) -> dict[str, str]:
    """Titles by code of the sessions of at least a quarter hour; titles are not unique."""
    with (meetings / MEETING / "sessions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 943
    return {row["code"]: row["title"] for row in rows if row["eligible"] == "yes"}


def test_searching_943_sessions_costs_no_more_on_the_wire_than_searching_the_demo(
    page: Page, wire: Wire, attendee: Attendee, eligible: dict[str, str]
) -> None:
    attendee.open_sessions()
    assert total(page) == len(eligible)
    search = page.get_by_label("Search Sessions")
    replies, sizes, typed = [], [elements(page)], ""
    for letter in "security of l":
        wire.clear()
        search.press_sequentially(letter)
        typed += letter
        attendee.wait_for_search(typed)
        page.wait_for_timeout(PAUSE)
        replies.append(sum(wire.received))
        sizes.append(elements(page))
        assert wire.sent, f"{letter!r} was not sent"
    assert max(replies) <= KEYSTROKE, replies
    assert max(sizes) <= ELEMENTS, sizes


def test_one_of_943_sessions_can_be_found_and_added(
    page: Page, wire: Wire, attendee: Attendee, eligible: dict[str, str]
) -> None:
    title = max(eligible.values(), key=len)
    assert len(title) > 150
    attendee.open_sessions()
    # One letter at a time, as people type: each reply contains the address with the query.
    words = " ".join(title.split()[:4])
    attendee.search(words)
    attendee.wait_for_search(words)
    page.wait_for_timeout(PAUSE)
    wire.clear()
    add_row(attendee.row(title))
    page.wait_for_timeout(PAUSE)
    assert sum(wire.received) <= ADD
    attendee.return_to_claim()
    expect(attendee.line(title)).to_be_visible()


def test_scrolling_through_943_sessions_shows_each_and_keeps_the_page_small(
    page: Page, wire: Wire, attendee: Attendee, eligible: dict[str, str]
) -> None:
    attendee.open_sessions()
    wire.clear()
    seen: set[str] = set()
    most_rows = most_elements = 0
    for _ in scroll_to_end(page, 700):
        rows = attendee.rows.locator("[data-row]").evaluate_all(
            "rows => rows.map(row => row.dataset.row)"
        )
        seen.update(rows)
        most_rows = max(most_rows, len(rows))
        most_elements = max(most_elements, elements(page))
    assert len(seen) == len(eligible)
    assert most_rows <= WINDOW
    assert most_elements <= ELEMENTS, most_elements
    cost = sum(wire.received) + sum(wire.sent)
    assert cost * 300 / len(seen) <= SCROLL, (cost, len(seen))
