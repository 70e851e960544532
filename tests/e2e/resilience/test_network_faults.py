"""A bad network between the phone and the server: nothing tapped is lost, nothing comes twice."""

import contextlib
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.support.e2e import network_faults
from tests.support.e2e.attendee import SEED, Attendee
from tests.support.e2e.cme_server import CmeServer
from tests.support.e2e.network_faults import FaultSetup, NetworkFault
from tests.support.e2e.network_proxy import NetworkProxy
from tests.support.e2e.scrolling import scroll_by

RETURNS = 3_000  # milliseconds after the network's return in which all is as it was
# Of one attendee, by the badge: the titles, the commands, and the texts.
MINE = (
    "SELECT title FROM claim_line JOIN session ON session.id = session_id "
    "JOIN claim ON claim.id = claim_id JOIN attendee ON attendee.id = attendee_id "
    "WHERE badge = ? AND NOT removed ORDER BY title",
    "SELECT command.id FROM command JOIN claim ON claim.id = claim_id "
    "JOIN attendee ON attendee.id = attendee_id WHERE badge = ? ORDER BY command.rowid",
    "SELECT json_extract(value, '$') FROM answer JOIN claim ON claim.id = claim_id "
    "JOIN attendee ON attendee.id = attendee_id WHERE badge = ?",
)
OFFLINE = "You are offline: changes are kept here and sent when you are back online."


@pytest.fixture
def place(between: NetworkProxy, server: CmeServer, tmp_path: Path) -> Iterator[FaultSetup]:
    """Where trouble comes; after it the network leads to the first server again."""
    place = FaultSetup(between, server, tmp_path)
    yield place
    place.point_browser_at(server)


@pytest.fixture
def somebody(phone: BrowserContext, people: Iterator[tuple[str, str]]) -> Attendee:
    """Somebody who has just signed in on it."""
    attendee = Attendee(phone.new_page())
    attendee.enters(*next(people))
    return attendee


def taps(attendee: Attendee, title: str) -> None:
    """Tap Add, or take it back, and see within the frame that it was taken."""
    button = attendee.row(title).get_by_role("button")
    button.click()
    expect(button).to_have_attribute("data-unsaved", "", timeout=500)


def claims(attendee: Attendee, *titles: str) -> None:
    """These and no others are on the claim."""
    lines = attendee.page.locator("#lines h4")
    expect(lines).to_have_count(len(titles))
    assert sorted(lines.all_inner_texts()) == sorted(titles)


def said(page: Page, words: str) -> Locator:
    """The line of what the page says of the network and of what is saved, where it is this one."""
    return page.locator("[data-sync-message]:visible").filter(has_text=re.compile(f"^({words})$"))


def visible_titles(page: Page, count: int) -> list[str]:
    """The titles of the first sessions in the list that can be added."""
    rows = page.get_by_role("list", name="Sessions").get_by_role("listitem")
    addable = rows.filter(has=page.get_by_role("button", name=re.compile("^Add ")))
    return [addable.nth(at).get_by_role("heading", level=3).inner_text() for at in range(count)]


@dataclass
class Windows:
    """Somebody's two windows: the list at a place of a filter, and an evaluation half written."""

    listed: Page
    evaluation: Page
    badge: str

    @property
    def place(self) -> tuple[str, str, object, object]:
        """The page, its filter, how far it is scrolled, and what is at the top of the screen."""
        search = self.listed.get_by_label("Search Sessions").input_value()
        return self.listed.url, search, self.listed.evaluate("scrollY"), self.in_sight[0]

    @property
    def in_sight(self) -> list[str]:
        """The titles of the rows that can be tapped without any scrolling."""
        rows = """rows => rows.filter((row) => {
            const { top, bottom } = row.getBoundingClientRect();
            return top > 60 && bottom < innerHeight - 120;
        }).map((row) => row.querySelector("h3").innerText)"""
        return list(self.listed.locator("[data-row]").evaluate_all(rows))

    @property
    def text(self) -> Locator:
        """The answer that is being written."""
        return self.evaluation.get_by_role("textbox").last

    def in_database(self, url: str) -> tuple[list[str], list[str], list[str]]:
        """What is on this attendee's claim, the commands as they arrived, and the answers."""
        with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
            titles, commands, answers = (
                [row[0] for row in database.execute(query, (self.badge,))] for query in MINE
            )
        return titles, commands, answers


@pytest.fixture
def windows(phone: BrowserContext, people: Iterator[tuple[str, str]]) -> Windows:
    """The windows of somebody who has just signed in, with one session on the claim."""
    last_name, badge = next(people)
    attendee = Attendee(phone.new_page())
    attendee.enters(last_name, badge)
    attendee.open_sessions()
    attendee.add_session(SEED[4])
    return Windows(attendee.page, phone.new_page(), badge)


def settles(windows: Windows) -> None:
    """Bring the windows to where the trouble shall find them."""
    listed, evaluation = windows.listed, windows.evaluation
    evaluation.goto("/claim")
    Attendee(evaluation).line(SEED[4]).get_by_role("link", name="Evaluation").click()
    windows.text.fill("Written before")
    expect(said(evaluation, "Saved")).to_be_visible()
    listed.get_by_label("Search Sessions").fill("breast")
    expect(listed).to_have_url(re.compile("q=breast"))
    expect(Attendee(listed).rows.first).to_contain_text(re.compile("breast", re.I))
    scroll_by(listed, 1_500)
    for page in (listed, evaluation):
        page.evaluate("window.never = 'loaded anew'")


def kept(page: Page) -> list[str]:
    """The ids of the commands that wait, in the order of the taps."""
    line = page.evaluate("JSON.parse(sessionStorage.getItem('cme_command_queue') ?? '[]')")
    return [each["event"]["payload"]["command"] for each in line]


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("trouble", "seconds"),
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
def test_soon_after_trouble_all_is_as_it_was_and_what_was_tapped_is_written(
    windows: Windows, place: FaultSetup, trouble: NetworkFault, seconds: int
) -> None:
    listed, evaluation = windows.listed, windows.evaluation
    rows = Attendee(listed)
    story = trouble(place)
    next(story)
    settles(windows)
    first, second, third = windows.in_sight[:3]
    rows.row(first).get_by_role("button").click()
    expect(said(listed, "Saved")).to_be_visible()
    before = windows.place
    next(story)
    for title in (second, third, first):  # the first one is taken off again
        taps(rows, title)
    windows.text.press_sequentially(" and after")
    tapped = kept(listed)
    listed.wait_for_timeout(seconds * 1_000)
    for page in (listed, evaluation):
        expect(said(page, f"Saving…|Reconnecting…|{OFFLINE}")).to_be_visible()
        expect(said(page, "Saved")).to_be_hidden()
    next(story)
    with within(RETURNS) as left:
        for page in (listed, evaluation):
            expect(said(page, "Saved")).to_be_visible(timeout=left())
        for title, name in ((first, "Add "), (second, "Added"), (third, "Added")):
            button = rows.row(title).get_by_role("button", name=re.compile(f"^{name}"))
            expect(button).to_be_visible(timeout=left())
        assert windows.place == before
        expect(windows.text).to_have_value("Written before and after", timeout=left())
        expect(windows.text).to_be_focused(timeout=left())
    titles, commands, answers = windows.in_database(place.server.database_url)
    assert titles == sorted([SEED[4], second, third])
    assert [command for command in commands if command in tapped] == tapped
    assert answers == ["Written before and after"]
    if trouble is not network_faults.deployed:
        for page in (listed, evaluation):
            assert page.evaluate("window.never") == "loaded anew"
    story.close()


def test_a_phone_that_slept_is_back_as_soon_as_it_wakes(
    windows: Windows, place: FaultSetup
) -> None:
    listed = windows.listed
    settles(windows)
    first, second = windows.in_sight[:2]
    before = windows.place
    place.between.freeze()
    for title in (first, second):
        taps(Attendee(listed), title)
    phone = listed.context.new_cdp_session(listed)
    phone.send("Page.setWebLifecycleState", {"state": "frozen"})
    windows.evaluation.wait_for_timeout(6_000)
    place.between.cut()  # nobody tells a page that sleeps
    place.between.restore()
    phone.send("Page.setWebLifecycleState", {"state": "active"})
    with within(RETURNS) as left:
        expect(said(listed, "Saved")).to_be_visible(timeout=left())
        assert windows.place == before
    titles, _, _ = windows.in_database(place.server.database_url)
    assert titles == sorted([SEED[4], first, second])


@contextlib.contextmanager
def within(milliseconds: int) -> Iterator[Callable[[], float]]:
    """What is left of this time, for one expectation after the other; it is never used up."""
    ends = time.monotonic() + milliseconds / 1_000
    yield lambda: max(1.0, (ends - time.monotonic()) * 1_000)


def test_a_reload_while_away_loses_nothing(somebody: Attendee, between: NetworkProxy) -> None:
    page = somebody.page
    somebody.open_sessions()
    first, second = visible_titles(page, 2)
    between.freeze()
    taps(somebody, first)
    taps(somebody, second)
    page.evaluate("location.reload()")
    between.restore()
    expect(said(page, "Saved")).to_be_visible()
    somebody.return_to_claim()
    claims(somebody, first, second)


def test_submit_comes_after_the_last_answer_and_log_out_after_the_last_tap(
    somebody: Attendee, between: NetworkProxy, server: CmeServer
) -> None:
    page = somebody.page
    somebody.open_sessions()
    somebody.add_session(SEED[1])
    somebody.return_to_claim()
    somebody.open_submit()
    somebody.answer_required_questions()
    page.get_by_role("button", name=re.compile("^Claim all")).click()
    page.locator("#attestation").check()
    between.delay = 0.3
    text = page.get_by_role("textbox", disabled=False).first
    text.press_sequentially("The very last word")
    somebody.submit()
    page.wait_for_url("**/claim")
    expect(page.locator("#receipt")).to_contain_text("2.00 Category 1 hours claimed")
    between.delay = 0
    with contextlib.closing(sqlite3.connect(server.database_url.removeprefix("sqlite:///"))) as db:
        kept = db.execute("SELECT value FROM answer WHERE value LIKE '%very last word%'").fetchall()
    assert len(kept) == 1
