"""First screen of the session list: rendered by the server, and equal to the live one."""

import difflib
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from cme_reflex.domain.folding import fold
from tests.support.e2e.attendee import SEED, Attendee
from tests.support.e2e.devices import DESKTOP, PHONE
from tests.support.e2e.pace import SECOND_TAP_IGNORED
from tests.support.e2e.session_list import WINDOW
from tests.support.e2e.traffic import HeldScripts

SCRIPTS = re.compile(r"/assets/.*\.js$")
SLOWER = 6  # CPU slowdown factor, so that the browser paints a partial page
# The page without announcements, properties of fields that React sets, and what only the live list
# has: labels of queued commands, and the field for its position. In the served page, parts have an
# element around them, empty comments separate texts that React joins, and styles have no spaces.
PAGE = """
() => {
    const OWN = ["checked", "name", "selected", "type", "value"];
    const serialize = (element) => {
        if (element.matches("[aria-live]")) return "announced";
        const attributes = [...element.attributes].filter(({ name }) => !OWN.includes(name));
        const pairs = attributes.map(({ name, value }) => `${name}=${value}`).sort();
        return [element.tagName, ...pairs, ...[...element.childNodes].map(
            (node) => node.nodeType === Node.TEXT_NODE ? node.data : serialize(node),
        )];
    };
    const page = document.querySelector("main").parentElement.cloneNode(true);
    for (const live of page.querySelectorAll("[data-cme-top-row], .pending-label")) live.remove();
    for (const part of page.querySelectorAll("[data-cme-first-screen]"))
        part.replaceWith(...part.childNodes);
    const comments = document.createTreeWalker(page, NodeFilter.SHOW_COMMENT);
    const empty = [];
    while (comments.nextNode()) empty.push(comments.currentNode);
    empty.forEach((comment) => comment.remove());
    page.normalize();
    for (const element of page.querySelectorAll("[style]"))
        element.setAttribute("style", element.style.cssText);
    return serialize(page);
}
"""

# The served elements that React renders, and all layout shifts with amount, time and positions.
WATCH = """
addEventListener("DOMContentLoaded", () => {
    window.came = [...document.querySelectorAll("main *, section *")]
        .filter((element) => !element.closest("[data-cme-first-screen]"));
});
window.moved = [];
new PerformanceObserver((list) => {
    for (const { value, sources, startTime } of list.getEntries())
        moved.push([value, startTime, ...sources.map(({ node, previousRect, currentRect }) => [
            node?.outerHTML?.slice(0, 200) ?? node?.data, previousRect, currentRect,
        ])]);
}).observe({ type: "layout-shift", buffered: true });
"""
# The position and size of each visible element, with its own text. The first screen lays out its
# rows when they are scrolled to.
BOXES = """
() => {
    for (const row of document.querySelectorAll(".session-row"))
        row.style.contentVisibility = "visible";
    return [...document.querySelectorAll("main *, section *")].flatMap((element) => {
        const { x, y, width, height } = element.getBoundingClientRect();
        const text = [...element.childNodes].map((node) => node.data ?? "").join("");
        return width > 1 ? [[element.tagName, x, y, width, height, text].join(" ")] : [];
    });
}
"""
GONE = "() => came.filter((element) => !element.isConnected).map((element) => element.outerHTML)"


class Held(HeldScripts):
    """A page whose scripts are held back until they are released."""

    def __init__(self, page: Page) -> None:
        super().__init__(page, SCRIPTS)
        self.page = page

    def slow_down(self, times: int) -> None:
        """Slow down the page's CPU by this factor."""
        session = self.page.context.new_cdp_session(self.page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": times})


@pytest.fixture
def held(context: BrowserContext, attendee: Attendee) -> Iterator[Held]:
    """Another tab of a signed-in attendee, with its scripts held back."""
    page = context.new_page()
    page.add_init_script(WATCH)
    held = Held(page)
    yield held
    held.release()
    page.close()


@pytest.fixture
def console(held: Held) -> list[str]:
    """Console messages and errors of the page."""
    console: list[str] = []
    held.page.on("console", lambda message: message.type != "log" and console.append(message.text))
    held.page.on("pageerror", lambda error: console.append(str(error)))
    return console


def titles(page: Page) -> Locator:
    """Titles of the sessions in the list."""
    return page.get_by_role("list", name="Sessions").get_by_role("heading", level=3)


def claim(page: Page) -> Locator:
    """The totals in the action bar."""
    return page.get_by_role("region", name="Your claim so far")


def live(page: Page) -> None:
    """Wait for the server's first reply, whose announcement is not in the served page."""
    expect(page.get_by_role("status").filter(has_text="found")).to_have_count(1)


def rendered(page: Page) -> list[str]:
    """The page's elements, a line each, once two readings in a row agree."""
    lines: list[str] = []
    for _ in range(20):
        former, lines = lines, json.dumps(page.evaluate(PAGE), indent=0).splitlines()
        if lines == former:
            break
        page.wait_for_timeout(100)
    return lines


def difference(made: list[str], served: list[str]) -> list[str]:
    return list(difflib.unified_diff(made, served, "rendered", "served", lineterm=""))


def unchanged(attendee: Attendee) -> None:
    attendee.open_sessions()


def with_an_overlap(attendee: Attendee) -> None:
    attendee.open_sessions()
    early = attendee.rows.filter(has_text="Sunrise Session")
    for at in range(2):
        early.nth(at).get_by_role("button").click()
        expect(early.nth(at).get_by_role("button", name=re.compile("^Added"))).to_be_visible()
    expect(early.filter(has_text="Overlaps")).to_have_count(2)
    attendee.return_to_claim()
    attendee.open_sessions()


def with_a_removal(attendee: Attendee) -> None:
    with_an_overlap(attendee)
    row = attendee.rows.filter(has_text="Sunrise Session").first
    row.get_by_role("button").click()
    expect(row.get_by_role("button", name=re.compile("^Add "))).to_be_visible()
    expect(attendee.page.get_by_role("button", name=re.compile("^Undo"))).to_be_visible()


def submitted(attendee: Attendee) -> None:
    attendee.submit_claim(SEED[0])


def test_without_scripts_the_first_titles_are_visible(
    attendee: Attendee, page: Page, held: Held
) -> None:
    attendee.open_sessions()
    first = titles(page).all_text_contents()[:WINDOW]
    held.page.goto("/sessions", wait_until="commit")
    expect(titles(held.page)).to_have_text(first)
    expect(titles(held.page).first).to_be_in_viewport()
    expect(held.page.get_by_text(re.compile(r"^\d+ sessions found$"))).to_be_visible()
    assert held.routes


@pytest.mark.parametrize(
    "path", ["/claim", "/sessions", "/submit", "/receipt", "/account", "/reporting"]
)
def test_no_link_can_be_tapped_before_its_address_is_known(held: Held, path: str) -> None:
    held.page.goto(path, wait_until="domcontentloaded")
    expect(held.page.get_by_role("main")).to_be_visible()
    assert held.page.locator("a:not([href^='/'], [href^='#'], [href^='mailto:'])").count() == 0
    assert held.routes


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("prepare", [unchanged, with_an_overlap, with_a_removal, submitted])
def test_the_live_page_equals_the_first_screen_and_nothing_moves(
    attendee: Attendee,
    page: Page,
    held: Held,
    console: list[str],
    prepare: Callable[[Attendee], None],
    size: dict[str, Any],
) -> None:
    prepare(attendee)
    # With a filter the list is served without a first screen. Rows beyond the window are requested
    # after any scroll event, such as one left over from the page before: a new tab has none.
    fresh = page.context.new_page()
    fresh.goto("/sessions?sort=date")
    live(fresh)
    made = rendered(fresh)
    held.page.set_viewport_size(size["viewport"])
    held.slow_down(SLOWER)
    held.page.goto("/sessions", wait_until="domcontentloaded")
    expect(titles(held.page)).to_have_count(WINDOW)
    held.slow_down(1)
    assert difference(made, rendered(held.page)) == []
    boxes = held.page.evaluate(BOXES)
    held.release()
    live(held.page)
    assert difference(made, rendered(held.page)) == []
    assert difference(boxes, held.page.evaluate(BOXES)) == []
    assert held.page.evaluate(GONE) == []
    assert held.page.evaluate("moved") == []
    assert console == []


@pytest.mark.parametrize("early", [True, False])
def test_a_session_can_be_added_before_hydration(
    attendee: Attendee, held: Held, console: list[str], early: bool
) -> None:
    page = held.page
    page.goto("/sessions", wait_until="domcontentloaded")
    row = page.get_by_role("list", name="Sessions").get_by_role("listitem").first
    if not early:
        held.release()
        live(page)
    row.get_by_role("button", name=re.compile("^Add ")).click()
    held.release()
    expect(row.get_by_role("button", name=re.compile("^Added"))).to_be_visible()
    expect(claim(page)).to_contain_text("1 session")
    assert console == []


def test_what_is_tapped_before_hydration_is_done_as_it_was_meant(
    attendee: Attendee, held: Held, console: list[str]
) -> None:
    with_a_removal(attendee)
    page = held.page
    page.goto("/sessions", wait_until="domcontentloaded")
    rows = page.get_by_role("list", name="Sessions").get_by_role("listitem")
    early = rows.filter(has_text="Sunrise Session")
    early.nth(1).get_by_role("button", name=re.compile("^Added")).click()
    page.get_by_role("button", name=re.compile("^Undo")).click()
    early.nth(2).get_by_role("button", name=re.compile("^Add ")).click()
    held.release()
    for at, name in enumerate(("^Added", "^Add ", "^Added")):
        button = early.nth(at).get_by_role("button", name=re.compile(name))
        expect(button).to_be_visible()
        expect(button).not_to_have_attribute("data-unsaved", "")
    expect(claim(page)).to_contain_text("2 sessions")
    assert console == []


def test_a_session_is_added_once_however_often_it_is_tapped(attendee: Attendee, held: Held) -> None:
    held.page.goto("/sessions", wait_until="domcontentloaded")
    row = held.page.get_by_role("list", name="Sessions").get_by_role("listitem").first
    for _ in range(2):
        row.get_by_role("button", name=re.compile("^Add ")).click()
        held.page.wait_for_timeout(SECOND_TAP_IGNORED)
    held.release()
    expect(row.get_by_role("button", name=re.compile("^Added"))).to_be_visible()
    expect(claim(held.page)).to_contain_text("1 session")


def test_what_is_tapped_is_stored_although_the_server_never_answers(
    attendee: Attendee, held: Held
) -> None:
    held.page.route_web_socket(re.compile("/_event"), lambda socket: None)
    held.page.goto("/sessions", wait_until="domcontentloaded")
    row = held.page.get_by_role("list", name="Sessions").get_by_role("listitem").first
    row.get_by_role("button", name=re.compile("^Add ")).click()
    held.release()
    expect(row.get_by_role("button", name=re.compile("^Added"))).to_have_attribute(
        "data-unsaved", ""
    )
    held.page.close()
    attendee.open_sessions()
    expect(attendee.rows.first.get_by_role("button", name=re.compile("^Added"))).to_be_visible()


@pytest.mark.parametrize("control", ["#kind", "[name=day][value='']", "[data-row='2'] button"])
def test_the_focus_stays_where_it_is(attendee: Attendee, held: Held, control: str) -> None:
    held.page.goto("/sessions", wait_until="domcontentloaded")
    held.page.locator(control).focus()
    held.release()
    live(held.page)
    expect(held.page.locator(control)).to_be_focused()


def test_a_day_chosen_before_hydration_is_applied(
    attendee: Attendee, held: Held, console: list[str]
) -> None:
    held.page.goto("/sessions", wait_until="domcontentloaded")
    held.page.get_by_role("radiogroup", name="Day").get_by_text("Fri, Sep 27").click()
    held.page.get_by_role("radiogroup", name="Show").get_by_text("Fits my claim").click()
    held.release()
    held.page.wait_for_url("**/sessions?day=2024-09-27&show=fits")
    # Wait while the headings of other days are still there.
    expect(held.page.get_by_role("heading", level=2)).to_have_text(["Friday, September 27"])
    expect(held.page.get_by_role("radio", name="Fri, Sep 27")).to_be_checked()
    expect(held.page.get_by_role("radio", name="Fits my claim")).to_be_checked()
    assert console == []


def test_a_menu_choice_before_hydration_is_applied(
    attendee: Attendee, held: Held, console: list[str]
) -> None:
    held.page.goto("/sessions", wait_until="domcontentloaded")
    held.page.locator("#sort").select_option("title")
    kind = held.page.locator("#kind").locator("option").nth(1).inner_text()
    held.page.locator("#kind").select_option(kind)
    held.release()
    held.page.wait_for_url(re.compile(r"/sessions\?kind=[^&]+&sort=title$"))
    live(held.page)
    expect(held.page.locator("#sort")).to_have_value("title")
    expect(held.page.locator("#kind")).to_have_value(re.compile(kind, re.IGNORECASE))
    shown = titles(held.page).all_inner_texts()
    assert shown == sorted(shown, key=fold)
    assert console == []


def test_changes_since_the_page_was_served_are_shown(
    attendee: Attendee, page: Page, held: Held
) -> None:
    attendee.open_sessions()
    first = attendee.rows.first
    first.get_by_role("button", name=re.compile("^Add ")).click()
    expect(claim(page)).to_contain_text("1 session")
    held.page.goto("/sessions", wait_until="commit")
    row = held.page.get_by_role("list", name="Sessions").get_by_role("listitem").first
    expect(row.get_by_role("button", name=re.compile("^Added"))).to_be_visible()
    expect(claim(held.page)).to_contain_text("1 session")
    # The claim is now in the state that the server assumes as default.
    first.get_by_role("button", name=re.compile("^Added")).click()
    expect(claim(page)).to_contain_text("0 sessions")
    held.release()
    expect(claim(held.page)).to_contain_text("0 sessions")
    expect(row.get_by_role("button", name=re.compile("^Add "))).to_be_visible()


def test_a_search_typed_before_hydration_is_applied(
    attendee: Attendee, held: Held, console: list[str]
) -> None:
    held.page.goto("/sessions", wait_until="domcontentloaded")
    search = held.page.get_by_label("Search Sessions")
    search.press_sequentially("ultrasound glut")
    held.release()
    expect(titles(held.page)).to_have_text([SEED[4]])
    search.press_sequentially("eal")
    held.page.wait_for_url("**/sessions?q=ultrasound+gluteal")
    expect(titles(held.page)).to_have_text([SEED[4]])
    expect(search).to_have_value("ultrasound gluteal")
    assert console == []
