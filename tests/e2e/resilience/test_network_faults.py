"""Network faults between the phone and the server: no command is lost or applied twice."""

import contextlib
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.support.e2e.attendee import SEED, Attendee
from tests.support.e2e.cme_server import CmeServer
from tests.support.e2e.faults import network_faults
from tests.support.e2e.faults.network_faults import FaultSetup, NetworkFault
from tests.support.e2e.faults.network_proxy import NetworkProxy
from tests.support.e2e.scrolling import scroll_by

RECOVERY = 3_000  # milliseconds after the network's return until the page has recovered
# Titles, command ids and text answers of one attendee, by badge.
MINE = (
    "SELECT title FROM claim_line JOIN session ON session.id = session_id "
    "JOIN claim ON claim.id = claim_id JOIN attendee ON attendee.id = attendee_id "
    "WHERE badge = ? AND removed_at IS NULL ORDER BY title",
    "SELECT command.id FROM command JOIN claim ON claim.id = claim_id "
    "JOIN attendee ON attendee.id = attendee_id WHERE badge = ? ORDER BY command.rowid",
    "SELECT json_extract(value, '$') FROM answer JOIN claim ON claim.id = claim_id "
    "JOIN attendee ON attendee.id = attendee_id WHERE badge = ?",
)
OFFLINE = "You are offline: changes are kept here and sent when you are back online."


@pytest.fixture
def faults(network: NetworkProxy, server: CmeServer, tmp_path: Path) -> Iterator[FaultSetup]:
    """The setup for faults; afterwards the network leads to the first server again."""
    faults = FaultSetup(network, server, tmp_path)
    yield faults
    faults.point_browser_at(server)


@pytest.fixture
def somebody(phone: BrowserContext, people: Iterator[tuple[str, str]]) -> Attendee:
    """A newly signed-in attendee on the phone."""
    attendee = Attendee(phone.new_page())
    attendee.sign_in_by_request(*next(people))
    return attendee


def tap(attendee: Attendee, title: str) -> None:
    """Tap Add or Added, and expect the button to be marked at once."""
    button = attendee.row(title).get_by_role("button")
    button.click()
    expect(button).to_have_attribute("data-unsaved", "", timeout=500)


def expect_claimed(attendee: Attendee, *titles: str) -> None:
    """Expect exactly these sessions on the claim."""
    lines = attendee.page.locator("#lines h4")
    expect(lines).to_have_count(len(titles))
    assert sorted(lines.all_inner_texts()) == sorted(titles)


def status_line(page: Page, words: str) -> Locator:
    """The visible status line, if its text matches."""
    return page.locator("[data-save-message]:visible").filter(has_text=re.compile(f"^({words})$"))


def visible_titles(page: Page, count: int) -> list[str]:
    """Titles of the first sessions in the list that can be added."""
    rows = page.get_by_role("list", name="Sessions").get_by_role("listitem")
    addable = rows.filter(has=page.get_by_role("button", name=re.compile("^Add ")))
    return [addable.nth(at).get_by_role("heading", level=3).inner_text() for at in range(count)]


@dataclass
class Windows:
    """Two windows of an attendee: a filtered and scrolled list, and an unfinished evaluation."""

    session_list: Page
    evaluation: Page
    badge: str

    @property
    def view(self) -> tuple[str, str, object, object]:
        """Address, search text, scroll position and the first visible row of the list."""
        search = self.session_list.get_by_label("Search Sessions").input_value()
        return (
            self.session_list.url,
            search,
            self.session_list.evaluate("scrollY"),
            self.visible_rows[0],
        )

    @property
    def visible_rows(self) -> list[str]:
        """Titles of the rows that are fully visible."""
        rows = """rows => rows.filter((row) => {
            const { top, bottom } = row.getBoundingClientRect();
            return top > 60 && bottom < innerHeight - 120;
        }).map((row) => row.querySelector("h3").innerText)"""
        return list(self.session_list.locator("[data-row]").evaluate_all(rows))

    @property
    def text(self) -> Locator:
        """The text field of the unfinished answer."""
        return self.evaluation.get_by_role("textbox").last

    def in_database(self, url: str) -> tuple[list[str], list[str], list[str]]:
        """Sessions on the attendee's claim, commands in order of arrival, and answers."""
        with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
            titles, commands, answers = (
                [row[0] for row in database.execute(query, (self.badge,))] for query in MINE
            )
        return titles, commands, answers


@pytest.fixture
def windows(phone: BrowserContext, people: Iterator[tuple[str, str]]) -> Windows:
    """The windows of a newly signed-in attendee with one session on the claim."""
    last_name, badge = next(people)
    attendee = Attendee(phone.new_page())
    attendee.sign_in_by_request(last_name, badge)
    attendee.open_sessions()
    attendee.add_session(SEED[4])
    return Windows(attendee.page, phone.new_page(), badge)


def prepare(windows: Windows) -> None:
    """Prepare both windows before the fault."""
    session_list, evaluation = windows.session_list, windows.evaluation
    evaluation.goto("/claim")
    Attendee(evaluation).open_evaluation(SEED[4])
    windows.text.fill("Written before")
    expect(status_line(evaluation, "Saved")).to_be_visible()
    session_list.get_by_label("Search Sessions").fill("breast")
    expect(session_list).to_have_url(re.compile("q=breast"))
    expect(Attendee(session_list).rows.first).to_contain_text(re.compile("breast", re.I))
    scroll_by(session_list, 1_500)
    for page in (session_list, evaluation):
        page.evaluate("window.never = 'loaded anew'")


def queued_commands(page: Page) -> list[str]:
    """The ids of the commands that the list of sessions has queued, in order."""
    stored = page.evaluate("Object.entries(localStorage)")
    commands = [(key, value) for key, value in stored if key.startswith("cme_queue/")]
    return [key.rsplit("/", 1)[1] for key, value in sorted(commands) if "sessions." in value]


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        (network_faults.cut, 4),
        (network_faults.delayed, 0),
        (network_faults.frozen, 5),
        (network_faults.killed, 0),
        (network_faults.stopped, 0),
        pytest.param(network_faults.frozen, 60, marks=pytest.mark.slow),
        pytest.param(network_faults.frozen, 200, marks=pytest.mark.slow),
        pytest.param(network_faults.deployed, 4, marks=pytest.mark.slow),
    ],
)
def test_after_a_network_fault_the_view_is_unchanged_and_every_tap_is_saved(
    windows: Windows, faults: FaultSetup, fault: NetworkFault, seconds: int
) -> None:
    session_list, evaluation = windows.session_list, windows.evaluation
    rows = Attendee(session_list)
    steps = fault(faults)
    next(steps)
    prepare(windows)
    first, second, third = windows.visible_rows[:3]
    rows.row(first).get_by_role("button").click()
    expect(status_line(session_list, "Saved")).to_be_visible()
    view_before = windows.view
    next(steps)
    for title in (second, third, first):  # which removes the first one again
        tap(rows, title)
    windows.text.press_sequentially(" and after")
    command_ids = queued_commands(session_list)
    session_list.wait_for_timeout(seconds * 1_000)
    for page in (session_list, evaluation):
        expect(status_line(page, f"Saving…|Reconnecting…|{OFFLINE}")).to_be_visible()
        expect(status_line(page, "Saved")).to_be_hidden()
    next(steps)
    with time_limit(RECOVERY) as left:
        for page in (session_list, evaluation):
            expect(status_line(page, "Saved")).to_be_visible(timeout=left())
        for title, name in ((first, "Add "), (second, "Added"), (third, "Added")):
            button = rows.row(title).get_by_role("button", name=re.compile(f"^{name}"))
            expect(button).to_be_visible(timeout=left())
        assert windows.view == view_before
        expect(windows.text).to_have_value("Written before and after", timeout=left())
        expect(windows.text).to_be_focused(timeout=left())
    titles, commands, answers = windows.in_database(faults.server.database_url)
    assert titles == sorted([SEED[4], second, third])
    assert [command for command in commands if command in command_ids] == command_ids
    assert answers == ["Written before and after"]
    if fault is not network_faults.deployed:
        for page in (session_list, evaluation):
            assert page.evaluate("window.never") == "loaded anew"
    steps.close()


def test_a_sleeping_phone_reconnects_as_soon_as_it_wakes(
    windows: Windows, faults: FaultSetup
) -> None:
    session_list = windows.session_list
    prepare(windows)
    first, second = windows.visible_rows[:2]
    view_before = windows.view
    faults.network.freeze()
    for title in (first, second):
        tap(Attendee(session_list), title)
    phone = session_list.context.new_cdp_session(session_list)
    phone.send("Page.setWebLifecycleState", {"state": "frozen"})
    windows.evaluation.wait_for_timeout(6_000)
    faults.network.cut()  # a sleeping page is not notified
    faults.network.restore()
    phone.send("Page.setWebLifecycleState", {"state": "active"})
    with time_limit(RECOVERY) as left:
        expect(status_line(session_list, "Saved")).to_be_visible(timeout=left())
        assert windows.view == view_before
    titles, _, _ = windows.in_database(faults.server.database_url)
    assert titles == sorted([SEED[4], first, second])


@contextlib.contextmanager
def time_limit(milliseconds: int) -> Iterator[Callable[[], float]]:
    """Yields a function that returns the remaining milliseconds, at least 1."""
    ends = time.monotonic() + milliseconds / 1_000
    yield lambda: max(1.0, (ends - time.monotonic()) * 1_000)


def test_a_reload_while_offline_loses_nothing(somebody: Attendee, network: NetworkProxy) -> None:
    page = somebody.page
    somebody.open_sessions()
    first, second = visible_titles(page, 2)
    network.freeze()
    tap(somebody, first)
    tap(somebody, second)
    page.evaluate("location.reload()")
    network.restore()
    expect(status_line(page, "Saved")).to_be_visible()
    somebody.return_to_claim()
    expect_claimed(somebody, first, second)


def test_submit_waits_for_the_last_answer(
    somebody: Attendee, network: NetworkProxy, server: CmeServer
) -> None:
    page = somebody.page
    somebody.claim_sessions(SEED[1])
    somebody.open_submit()
    somebody.answer_required_questions()
    page.get_by_role("button", name=re.compile("^Claim all")).click()
    page.locator("#attestation").check()
    network.delay = 0.3
    text = page.get_by_role("textbox", disabled=False).first
    text.press_sequentially("The very last word")
    somebody.submit()
    page.wait_for_url("**/claim")
    expect(page.locator("#receipt")).to_contain_text("2.00 Category 1 hours claimed")
    network.delay = 0
    with contextlib.closing(sqlite3.connect(server.database_url.removeprefix("sqlite:///"))) as db:
        queued_commands = db.execute(
            "SELECT value FROM answer WHERE value LIKE '%very last word%'"
        ).fetchall()
    assert len(queued_commands) == 1
