"""How it feels: answers within a frame, no letter lost, the newest answer wins, the focus stays."""

import contextlib
import re
import sqlite3
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import PATIENCE
from tests.support.e2e.attendee import SEED, Attendee
from tests.support.e2e.cme_server import CmeServer
from tests.support.e2e.network_proxy import NetworkProxy

LAB = "Facelift Cadaver Lab"

# Tap, and look at the page in the frame that comes next, before it is painted.
TAP = """async (button) => {
    const said = ({ innerText }) => innerText.trim().replace(/\\s+/g, " ");
    const [row, before] = [button.closest("li"), said(button)];
    button.click();
    await new Promise(requestAnimationFrame);
    const title = row.querySelector(".session-title, .claim-line h4");
    const struck = getComputedStyle(title).textDecorationLine;
    return [before, said(button), document.querySelectorAll("[data-unsaved]").length, struck];
}"""

# What is announced: each text that comes into a live region, in order.
LISTEN = """() => {
    window.heard = [];
    const live = "[role=status], [role=alert], [aria-live=polite]";
    const told = new Map();
    const hear = () => {
        for (const region of document.querySelectorAll(live)) {
            const text = region.innerText.trim().replace(/\\s+/g, " ");
            if (text && text !== told.get(region)) window.heard.push(text);
            told.set(region, text);
        }
    };
    hear();
    window.heard = [];
    new MutationObserver(hear).observe(document.documentElement,
        { subtree: true, childList: true, characterData: true, attributes: true });
}"""


@pytest.fixture
def badge(people: Iterator[tuple[str, str]]) -> tuple[str, str]:
    """Who it is."""
    return next(people)


@pytest.fixture
def somebody(phone: BrowserContext, badge: tuple[str, str]) -> Attendee:
    """Somebody who has just signed in and added a session."""
    attendee = Attendee(phone.new_page())
    attendee.enters(*badge)
    attendee.open_sessions()
    attendee.add_session(SEED[4])
    return attendee


def saved(page: Page) -> None:
    """Wait until the page says that all is saved."""
    expect(page.locator("[data-sync-message=saved]")).to_be_visible()


def opens_evaluation(attendee: Attendee) -> Page:
    attendee.line(SEED[4]).get_by_role("link", name="Evaluation").click()
    expect(attendee.page.get_by_role("heading", name=SEED[4])).to_be_visible()
    return attendee.page


def test_add_and_remove_answer_within_the_frame_while_nothing_comes_from_the_server(
    somebody: Attendee, between: NetworkProxy
) -> None:
    somebody.search("")
    row = somebody.rows.filter(has=somebody.page.get_by_role("button", name=re.compile("^Add ")))
    first = row.first.get_by_role("button").element_handle()
    between.freeze()
    before, after, kept, _ = first.evaluate(TAP)
    assert before.startswith("Add ")
    assert after.startswith("Added")
    assert kept == 1
    between.restore()
    saved(somebody.page)
    expect(row.first).to_be_visible()
    between.freeze()
    before, after, kept, _ = first.evaluate(TAP)
    assert before.startswith("Added")
    assert after.startswith("Add ")
    assert kept == 1
    between.restore()


def test_a_line_that_is_removed_is_struck_through_within_the_frame(
    somebody: Attendee, between: NetworkProxy
) -> None:
    somebody.return_to_claim()
    remove = somebody.line(SEED[4]).get_by_role("button", name="Remove")
    expect(remove).to_be_visible()
    between.freeze()
    *_, kept, struck = remove.evaluate(TAP)
    assert (kept, struck) == (1, "line-through")
    between.restore()
    expect(somebody.line(SEED[4])).to_have_count(0)


@pytest.mark.parametrize("pause", [0, 40, 200])
def test_no_letter_of_a_search_is_lost_at_any_speed(
    somebody: Attendee, between: NetworkProxy, pause: int
) -> None:
    page = somebody.page
    search = page.get_by_label("Search Sessions")
    somebody.search("")
    between.delay = 0.2
    search.press_sequentially("breast", delay=pause)
    search.press_sequentially(" reconstruction", delay=pause)
    expect(page).to_have_url(re.compile(r"q=breast\+reconstruction$"))
    expect(search).to_have_value("breast reconstruction")
    expect(search).to_be_focused()
    shown = somebody.rows.get_by_role("heading", level=3)
    expect(shown.first).to_contain_text(re.compile("breast|reconstruct", re.I))
    between.delay = 0
    titles = shown.all_inner_texts()
    page.reload()
    expect(shown).to_have_text(titles)


@pytest.mark.parametrize("pause", [0, 40, 200])
def test_no_letter_of_an_answer_is_lost_at_any_speed(
    somebody: Attendee, between: NetworkProxy, pause: int
) -> None:
    somebody.return_to_claim()
    page = opens_evaluation(somebody)
    text = page.get_by_role("textbox").last
    words = "Clear, useful, and on time — très bien!"
    between.delay = 0.2
    text.click()
    page.keyboard.type(words, delay=pause)
    assert text.input_value() == words
    saved(page)
    expect(text).to_have_value(words)
    between.delay = 0
    page.reload()
    expect(text).to_have_value(words)


def test_the_newest_answer_wins(
    somebody: Attendee, between: NetworkProxy, badge: tuple[str, str], server: CmeServer
) -> None:
    somebody.return_to_claim()
    page = opens_evaluation(somebody)
    points = page.get_by_role("group").first.get_by_role("radio")
    between.delay = 0.2
    for at in (4, 0, 2, 1, 3):
        points.nth(at).check(force=True)
    saved(page)
    expect(points.nth(3)).to_be_checked()
    database = sqlite3.connect(server.database_url.removeprefix("sqlite:///"))
    with contextlib.closing(database):
        found = database.execute(
            "SELECT value FROM answer JOIN claim ON claim.id = claim_id "
            "JOIN attendee ON attendee.id = attendee_id WHERE badge = ?",
            (badge[1],),
        ).fetchall()
    assert found == [(4,)]


def test_the_focus_goes_from_remove_to_undo_and_from_undo_back_to_the_line(
    somebody: Attendee,
) -> None:
    page = somebody.page
    somebody.return_to_claim()
    somebody.line(SEED[4]).get_by_role("button", name="Remove").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Enter")
    expect(somebody.line(SEED[4]).get_by_role("link", name="Evaluation")).to_be_focused()


def heard(page: Page, *texts: str) -> None:
    """These were announced since the last look, in this order, among the others."""

    def rest() -> list[str]:
        left = list(texts)
        for text in page.evaluate("heard"):
            if left and left[0] in text:
                left.pop(0)
        return left

    for _ in range(PATIENCE // 50):
        if not rest():
            break
        page.wait_for_timeout(50)
    assert rest() == [], page.evaluate("heard")
    page.evaluate("() => { heard.length = 0; }")


def test_what_changes_without_a_load_is_announced(
    somebody: Attendee, between: NetworkProxy
) -> None:
    page = somebody.page
    page.evaluate(LISTEN)
    somebody.add_session(SEED[0])
    heard(page, f"Added: {SEED[0]}")
    somebody.add_session(LAB)
    heard(page, f"Added: {LAB}. It overlaps with another session.")
    somebody.row(LAB).get_by_role("button", name=re.compile("^Added")).click()
    heard(page, f"Removed: {LAB}")
    somebody.add_session(LAB)
    between.cut()
    heard(page, "Reconnecting…", "You are offline")
    between.restore()
    saved(page)
    somebody.return_to_claim()
    page.evaluate(LISTEN)
    line = somebody.line(SEED[4])
    line.get_by_role("combobox").first.select_option(index=1)
    heard(page, "Saved")
    line.get_by_role("button", name="Remove").click()
    heard(page, f"Removed: {SEED[4]}")
    page.get_by_role("button", name="Undo").click()
    heard(page, "Restored")
    somebody.line(LAB).get_by_role("button", name="Remove").click()
    expect(page.locator("#conflicts")).to_be_empty()
    page.get_by_role("button", name="Undo").click()
    heard(page, "These overlap")
    somebody.open_submit()
    page.evaluate(LISTEN)
    somebody.submit()
    heard(page, "Resolve the overlapping sessions")
