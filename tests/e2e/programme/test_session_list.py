"""The session list: filters, search and sort order in the address, and bytes on the wire."""

import re
from itertools import pairwise

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.support.e2e.attendee import SEED, Attendee
from tests.support.e2e.scrolling import scroll_by, scroll_to_end
from tests.support.e2e.session_list import ADD, KEYSTROKE, PAUSE, SCROLL, WINDOW, Wire, add_row
from tests.support.e2e.traffic import HeldScripts


def test_filters_search_and_order_are_in_the_address_and_survive_reload_and_back(
    attendee: Attendee, page: Page
) -> None:
    attendee.open_sessions()
    page.get_by_role("radiogroup", name="Day").get_by_text("Fri, Sep 27").click()
    page.get_by_label("Session", exact=True).select_option("panel")
    page.get_by_label("Sort").select_option("title")
    attendee.search("fat")
    page.wait_for_url(re.compile(r"/sessions\?day=2024-09-27&kind=panel&q=fat&sort=title$"))
    titles = attendee.rows.get_by_role("heading", level=3).all_inner_texts()
    assert SEED[4] in titles
    assert titles == sorted(titles, key=str.casefold)

    def expect_filters() -> None:
        expect(page.get_by_label("Search Sessions")).to_have_value("fat")
        expect(page.get_by_label("Sort")).to_have_value("title")
        expect(page.get_by_label("Session", exact=True)).to_have_value("panel")
        expect(page.get_by_role("radio", name="Fri, Sep 27")).to_be_checked()
        expect(attendee.rows.get_by_role("heading", level=3)).to_have_text(titles)

    page.reload()
    expect_filters()
    attendee.return_to_claim()
    page.go_back()
    expect_filters()


def test_the_save_status_survives_a_reload(attendee: Attendee, page: Page) -> None:
    attendee.open_sessions()
    saved = page.get_by_text("Saved", exact=True)
    expect(saved).to_be_hidden()
    attendee.add_session(SEED[0])
    expect(saved).to_be_visible()
    page.reload()
    expect(attendee.rows.first).to_be_visible()
    expect(saved).to_be_visible()


def test_unknown_filter_values_are_ignored(attendee: Attendee, page: Page) -> None:
    attendee.open_sessions()
    page.goto("/sessions?day=never&kind=nothing&sort=upside-down&show=hidden")
    expect(attendee.rows.first).to_be_visible()
    for group in ("Day", "Show"):
        shown = page.get_by_role("radiogroup", name=group).get_by_role("radio", name="All")
        expect(shown.first).to_be_checked()
    expect(page.get_by_label("Session", exact=True)).to_have_value("")
    expect(page.get_by_label("Sort")).to_have_value("date")
    page.wait_for_url(re.compile("/sessions$"))


def test_the_search_ignores_case_accents_and_one_typo(attendee: Attendee) -> None:
    attendee.open_sessions()
    for typed in ("ULTRASOUND glutéal", "ultrasuond gluteal", "ultrasund gluteal"):
        attendee.search(typed)
        expect(attendee.row(SEED[4])).to_be_visible()


def test_an_empty_result_suggests_which_filter_to_clear(attendee: Attendee, page: Page) -> None:
    attendee.open_sessions()
    attendee.search("xyzzy")
    expect(page.get_by_text("No sessions match your search and filters.")).to_be_visible()
    page.get_by_role("button", name="Show all sessions").click()
    expect(attendee.rows.first).to_be_visible()
    expect(page.get_by_label("Search Sessions")).to_have_value("")


def test_added_and_fits_my_claim(attendee: Attendee, page: Page) -> None:
    attendee.open_sessions()
    attendee.add_session(SEED[0])
    attendee.search("")
    show = page.get_by_role("radiogroup", name="Show")
    show.get_by_text("Added", exact=True).click()
    expect(attendee.rows.get_by_role("heading", level=3)).to_have_text([SEED[0]])
    show.get_by_text("Fits my claim").click()
    attendee.search("Facelift Cadaver Lab")
    expect(page.get_by_text("No sessions match your search and filters.")).to_be_visible()
    show.get_by_text("All", exact=True).click()
    expect(attendee.row("Facelift Cadaver Lab")).to_be_visible()


def test_committee_meetings_are_not_in_the_list(attendee: Attendee, page: Page) -> None:
    attendee.open_sessions()
    attendee.search("committee")
    expect(page.get_by_text("No sessions match your search and filters.")).to_be_visible()


def test_a_keystroke_and_add_cost_little_on_the_wire(
    page: Page, wire: Wire, attendee: Attendee
) -> None:
    attendee.open_sessions()
    search = page.get_by_label("Search Sessions")
    found = page.get_by_text(re.compile(r"^\d+ sessions? found$")).first
    replies, typed = [], ""
    for letter in "breast r":
        before = found.inner_text()
        wire.clear()
        search.press_sequentially(letter)
        typed += letter
        attendee.wait_for_search(typed)
        page.wait_for_timeout(PAUSE)
        replies.append(sum(wire.received))
        assert wire.sent, f"{letter!r} was not sent; {before}"
    assert max(replies) <= KEYSTROKE, replies
    additions = []
    for title in (*SEED, "Facelift Cadaver Lab"):
        attendee.search(title)
        attendee.wait_for_search(title)
        page.wait_for_timeout(PAUSE)
        wire.clear()
        add_row(attendee.row(title))
        page.wait_for_timeout(PAUSE)
        additions.append(sum(wire.received))
    assert min(additions) > 0
    assert max(additions) <= ADD, additions


def test_scrolling_sends_every_row_about_once_and_keeps_the_page_small(
    page: Page, wire: Wire, attendee: Attendee
) -> None:
    attendee.open_sessions()
    found = page.get_by_text(re.compile(r"^\d+ sessions found$")).first.inner_text()
    total = int(found.split()[0])
    wire.clear()
    seen: set[str] = set()
    most = 0
    for _ in scroll_to_end(page, 600):
        titles = attendee.rows.locator(".session-row h3").all_inner_texts()
        most = max(most, len(titles))
        seen.update(
            f"{row}"
            for row in attendee.rows.locator("[data-row]").evaluate_all(
                "rows => rows.map(row => row.dataset.row)"
            )
        )
    assert len(seen) == total
    assert most <= WINDOW
    cost = sum(wire.received) + sum(wire.sent)
    assert cost * 300 / total <= SCROLL, (cost, total)


def test_the_list_keeps_its_place_after_add(attendee: Attendee, page: Page) -> None:
    attendee.open_sessions()
    scroll_by(page, 3000)
    row = attendee.rows.filter(has=page.locator("[data-row='30']"))
    row.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    assert before > 2000
    add_row(row)
    assert page.evaluate("scrollY") == before


@pytest.mark.parametrize("width", [320, 360, 390, 430])
def test_on_a_phone_the_bar_shows_all_of_the_hours_and_keeps_its_height(
    attendee: Attendee, page: Page, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    attendee.open_sessions()
    bar = page.get_by_role("region", name="Your claim so far")
    before = bar.bounding_box()
    attendee.rows.first.get_by_role("button", name=re.compile("^Add ")).click()
    expect(bar).to_contain_text("Saved")
    assert bar.bounding_box() == before
    hours = page.locator("summary", has_text="of 60.75 hours").bounding_box()
    back = page.get_by_role("link", name="Return to Sessions").bounding_box()
    assert hours is not None
    assert back is not None
    assert hours["y"] + hours["height"] <= back["y"]


def test_a_list_restored_in_its_middle_before_hydration_shows_its_rows(
    attendee: Attendee, page: Page
) -> None:
    attendee.open_sessions()
    scroll_by(page, 5000)
    in_the_middle = page.locator("[data-row='48']")
    expect(in_the_middle).to_be_in_viewport()
    held = HeldScripts(page, "**/assets/*.js")
    with page.expect_request("**/assets/*.js"):
        page.reload(wait_until="commit")
    # The scroll position is restored, and no script runs yet.
    page.wait_for_function("() => scrollY === 5000")
    assert held.routes
    held.release()
    expect(in_the_middle).to_be_in_viewport()


def test_rows_are_requested_again_if_the_request_is_lost(attendee: Attendee, page: Page) -> None:
    lost: list[str | bytes] = []

    def lose_the_first_request(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def forward(message: str | bytes) -> None:
            if not lost and "scroll_to" in str(message):
                lost.append(message)
            else:
                server.send(message)

        socket.on_message(forward)

    page.route_web_socket(re.compile("/_event"), lose_the_first_request)
    page.goto("/sessions")
    expect(attendee.rows.first).to_be_visible()
    scroll_by(page, 5000)
    expect(page.locator("[data-row='48']")).to_be_in_viewport()
    assert lost


def test_requests_that_never_fill_the_screen_become_rarer(attendee: Attendee, page: Page) -> None:
    def lose_requests(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def forward(message: str | bytes) -> None:
            if "scroll_to" not in str(message):
                server.send(message)

        socket.on_message(forward)

    page.route_web_socket(re.compile("/_event"), lose_requests)
    page.goto("/sessions")
    expect(attendee.rows.first).to_be_visible()
    page.evaluate(
        """() => {
            window.requestedAt = [];
            const field = document.querySelector("[data-cme-top-row]");
            field.addEventListener("input", () => window.requestedAt.push(performance.now()));
        }"""
    )
    page.mouse.wheel(0, 5000)
    page.wait_for_function("() => window.requestedAt.length === 3")
    times = page.evaluate("window.requestedAt")
    gaps = [later - earlier for earlier, later in pairwise(times)]
    # Timers may be late, never early; 5 ms are for the rounding of the two clocks.
    assert [gap > least - 5 for gap, least in zip(gaps, (2_000, 4_000), strict=True)] == [True] * 2
