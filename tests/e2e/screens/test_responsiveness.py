"""Responsiveness: feedback within a frame, no lost input, newest reply wins, stable focus."""

import contextlib
import re
import sqlite3
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.e2e.attendee import SEED, Attendee
from tests.support.e2e.cme_server import CmeServer
from tests.support.e2e.devices import TIMEOUT_MS
from tests.support.e2e.faults.network_proxy import NetworkProxy

LAB = "Facelift Cadaver Lab"

# Tap, and inspect the page in the next frame, before it is painted.
TAP = """async (button) => {
    const label = ({ innerText }) => innerText.trim().replace(/\\s+/g, " ");
    const [row, before] = [button.closest("li"), label(button)];
    button.click();
    await new Promise(requestAnimationFrame);
    const title = row.querySelector(".session-title, .claim-line h4");
    const struck = getComputedStyle(title).textDecorationLine;
    return [before, label(button), document.querySelectorAll("[data-unsaved]").length, struck];
}"""

# Records announcements: each new text of a live region, in order.
LISTEN = """() => {
    window.announced = [];
    const live = "[role=status], [role=alert], [aria-live=polite]";
    const previous = new Map();
    const record = () => {
        for (const region of document.querySelectorAll(live)) {
            const text = region.innerText.trim().replace(/\\s+/g, " ");
            if (text && text !== previous.get(region)) window.announced.push(text);
            previous.set(region, text);
        }
    };
    record();
    window.announced = [];
    new MutationObserver(record).observe(document.documentElement,
        { subtree: true, childList: true, characterData: true, attributes: true });
}"""


@pytest.fixture
def badge(people: Iterator[tuple[str, str]]) -> tuple[str, str]:
    """Last name and badge of the attendee."""
    return next(people)


@pytest.fixture
def somebody(phone: BrowserContext, badge: tuple[str, str]) -> Attendee:
    """A newly signed-in attendee with one session on the claim."""
    attendee = Attendee(phone.new_page())
    attendee.sign_in_by_request(*badge)
    attendee.open_sessions()
    attendee.add_session(SEED[4])
    return attendee


def wait_until_saved(page: Page) -> None:
    """Wait for the save status Saved."""
    expect(page.locator("[data-save-message=saved]")).to_be_visible()


def open_evaluation(attendee: Attendee) -> Page:
    attendee.open_evaluation(SEED[4])
    return attendee.page


def test_add_and_remove_respond_within_a_frame_without_the_server(
    somebody: Attendee, network: NetworkProxy
) -> None:
    somebody.search("")
    row = somebody.rows.filter(has=somebody.page.get_by_role("button", name=re.compile("^Add ")))
    first = row.first.get_by_role("button").element_handle()
    network.freeze()
    before, after, queued, _ = first.evaluate(TAP)
    assert before.startswith("Add ")
    assert after.startswith("Added")
    assert queued == 1
    network.restore()
    wait_until_saved(somebody.page)
    expect(row.first).to_be_visible()
    network.freeze()
    before, after, queued, _ = first.evaluate(TAP)
    assert before.startswith("Added")
    assert after.startswith("Add ")
    assert queued == 1
    network.restore()


def test_a_removed_line_is_struck_through_within_a_frame(
    somebody: Attendee, network: NetworkProxy
) -> None:
    somebody.return_to_claim()
    remove = somebody.line(SEED[4]).get_by_role("button", name="Remove")
    expect(remove).to_be_visible()
    network.freeze()
    *_, queued, struck = remove.evaluate(TAP)
    assert (queued, struck) == (1, "line-through")
    network.restore()
    expect(somebody.line(SEED[4])).to_have_count(0)


@pytest.mark.parametrize("pause", [0, 40, 200])
def test_no_letter_of_a_search_is_lost_at_any_speed(
    somebody: Attendee, network: NetworkProxy, pause: int
) -> None:
    page = somebody.page
    search = page.get_by_label("Search Sessions")
    somebody.search("")
    network.delay = 0.2
    search.press_sequentially("breast", delay=pause)
    search.press_sequentially(" reconstruction", delay=pause)
    expect(page).to_have_url(re.compile(r"q=breast\+reconstruction$"))
    expect(search).to_have_value("breast reconstruction")
    expect(search).to_be_focused()
    shown = somebody.rows.get_by_role("heading", level=3)
    expect(shown.first).to_contain_text(re.compile("breast|reconstruct", re.I))
    network.delay = 0
    titles = shown.all_inner_texts()
    page.reload()
    expect(shown).to_have_text(titles)


@pytest.mark.parametrize("pause", [0, 40, 200])
def test_no_letter_of_an_answer_is_lost_at_any_speed(
    somebody: Attendee, network: NetworkProxy, pause: int
) -> None:
    somebody.return_to_claim()
    page = open_evaluation(somebody)
    text = page.get_by_role("textbox").last
    words = "Clear, useful, and on time — très bien!"
    network.delay = 0.2
    text.click()
    page.keyboard.type(words, delay=pause)
    assert text.input_value() == words
    wait_until_saved(page)
    expect(text).to_have_value(words)
    network.delay = 0
    page.reload()
    expect(text).to_have_value(words)


def test_the_newest_answer_wins(
    somebody: Attendee, network: NetworkProxy, badge: tuple[str, str], server: CmeServer
) -> None:
    somebody.return_to_claim()
    page = open_evaluation(somebody)
    points = somebody.questions.first.get_by_role("radio")
    network.delay = 0.2
    for at in (4, 0, 2, 1, 3):
        points.nth(at).check(force=True)
    wait_until_saved(page)
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
    somebody.wait_after_tap()
    page.keyboard.press("Enter")
    expect(somebody.line(SEED[4]).get_by_role("link", name="Evaluation")).to_be_focused()


def expect_announced(page: Page, *texts: str) -> None:
    """Expect these announcements since the last call, in this order, possibly among others."""

    def missing() -> list[str]:
        left = list(texts)
        for text in page.evaluate("announced"):
            if left and left[0] in text:
                left.pop(0)
        return left

    for _ in range(TIMEOUT_MS // 50):
        if not missing():
            break
        page.wait_for_timeout(50)
    assert missing() == [], page.evaluate("announced")
    page.evaluate("() => { announced.length = 0; }")


def test_changes_without_a_page_load_are_announced(
    somebody: Attendee, network: NetworkProxy
) -> None:
    page = somebody.page
    page.evaluate(LISTEN)
    somebody.add_session(SEED[0])
    expect_announced(page, f"Added: {SEED[0]}")
    somebody.add_session(LAB)
    expect_announced(page, f"Added: {LAB}. It overlaps with another session.")
    somebody.row(LAB).get_by_role("button", name=re.compile("^Added")).click()
    expect_announced(page, f"Removed: {LAB}")
    somebody.add_session(LAB)
    network.cut()
    expect_announced(page, "Reconnecting…", "You are offline")
    network.restore()
    wait_until_saved(page)
    somebody.return_to_claim()
    page.evaluate(LISTEN)
    line = somebody.line(SEED[4])
    line.get_by_role("combobox").first.select_option(index=1)
    expect_announced(page, "Saved")
    line.get_by_role("button", name="Remove").click()
    expect_announced(page, f"Removed: {SEED[4]}")
    page.get_by_role("button", name="Undo").click()
    expect_announced(page, "Restored")
    somebody.line(LAB).get_by_role("button", name="Remove").click()
    expect(page.locator("#conflicts")).to_be_empty()
    page.get_by_role("button", name="Undo").click()
    expect_announced(page, "These overlap")
    somebody.open_submit()
    page.evaluate(LISTEN)
    somebody.submit()
    expect_announced(page, "Resolve the overlapping sessions")
