"""A tap means one thing: second taps, Undo, refusals, and what other tabs learn of them."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.support.e2e.attendee import SEED, Attendee
from tests.support.e2e.cme_server import CmeServer
from tests.support.e2e.devices import DESKTOP
from tests.support.e2e.faults.network_proxy import NetworkProxy, run_network_proxy
from tests.support.e2e.reloadable_meeting import serve_reloadable_meeting

GAPS = (0, 120, 180, 350)  # milliseconds between the taps of a double tap


def center(element: Locator) -> tuple[float, float]:
    """The center of an element, in the window."""
    element.scroll_into_view_if_needed()
    box = element.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def double_tap(page: Page, element: Locator, gap: int) -> None:
    """Tap twice at the same point of the screen."""
    point = center(element)
    page.mouse.click(*point)
    page.wait_for_timeout(gap)
    page.mouse.click(*point)


def double_enter(page: Page, element: Locator, gap: int) -> None:
    """Press Enter twice, wherever the focus is by then."""
    element.focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(gap)
    page.keyboard.press("Enter")


def hold_enter(page: Page, element: Locator, gap: int) -> None:
    """Hold Enter for longer than a second tap is ignored."""
    element.focus()
    for _ in range(12):
        page.keyboard.down("Enter")
        page.wait_for_timeout(60)
    page.keyboard.up("Enter")


def row_button(attendee: Attendee, title: str, name: str) -> Locator:
    """The button of a session in the list with a name that begins so."""
    return attendee.row(title).get_by_role("button", name=re.compile(f"^{name}"))


@pytest.mark.parametrize(
    ("twice", "gap"), [*((double_tap, gap) for gap in GAPS), (double_enter, 120), (hold_enter, 0)]
)
def test_a_second_tap_on_add_does_not_remove(
    attendee: Attendee, twice: Callable[[Page, Locator, int], None], gap: int
) -> None:
    attendee.open_sessions()
    attendee.search(SEED[1])
    twice(attendee.page, row_button(attendee, SEED[1], "Add "), gap)
    expect(row_button(attendee, SEED[1], "Added")).to_be_visible()
    attendee.wait_after_tap()
    expect(row_button(attendee, SEED[1], "Added")).to_be_visible()
    # A tap that comes later means the opposite.
    row_button(attendee, SEED[1], "Added").click()
    expect(row_button(attendee, SEED[1], "Add ")).to_be_visible()


@pytest.mark.parametrize("gap", GAPS)
def test_a_second_tap_does_not_reach_the_line_that_moves_under_the_finger(
    attendee: Attendee, gap: int
) -> None:
    page = attendee.page
    attendee.claim_sessions(*SEED[:3])  # of one day, so that one takes the place of the other
    lines = page.locator("#lines h4")
    expect(lines).to_have_count(3)
    remove = page.get_by_role("button", name=re.compile("^Remove")).nth(1)
    point = center(remove)
    double_tap(page, remove, gap)
    expect(lines).to_have_count(2)
    attendee.wait_after_tap()
    expect(lines).to_have_count(2)
    # Another line's Remove is there now.
    under_finger = "point => document.elementFromPoint(...point).closest('button').innerText"
    assert page.evaluate(under_finger, point).startswith("Remove")


def test_a_second_enter_does_not_undo_the_removal(attendee: Attendee) -> None:
    page = attendee.page
    attendee.claim_sessions(SEED[1])
    double_enter(page, page.get_by_role("button", name=re.compile("^Remove")), 200)
    expect(page.get_by_role("button", name=re.compile("^Undo"))).to_be_focused()
    attendee.wait_after_tap()
    expect(page.locator("#lines h4")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.locator("#lines h4")).to_have_count(1)


def test_quick_taps_on_different_rows_all_count(attendee: Attendee) -> None:
    page = attendee.page
    attendee.open_sessions()
    buttons = page.get_by_role("button", name=re.compile("^Add "))
    points = [center(buttons.nth(at)) for at in range(3)]
    for point in points:
        page.mouse.click(*point)
    expect(page.get_by_role("button", name=re.compile("^Added"))).to_have_count(3)


def test_quick_choices_of_a_question_all_count(attendee: Attendee) -> None:
    page = attendee.page
    attendee.claim_sessions(SEED[1])
    attendee.line(SEED[1]).get_by_role("link").first.click()
    points = page.locator(".scale-points").first.locator(".scale-point")
    for at in (0, 1, 2):
        page.mouse.click(*center(points.nth(at)))
    chosen = points.nth(2).locator("input")
    expect(chosen).to_be_checked()
    attendee.wait_after_tap()
    page.reload()
    expect(chosen).to_be_checked()


def test_removals_are_undone_one_after_the_other_with_the_total_they_cleared(
    attendee: Attendee,
) -> None:
    page = attendee.page
    attendee.prepare_claim(SEED[1], SEED[4], SEED[0])
    total = page.get_by_label("Claimed Category 1 Hours").input_value()
    page.get_by_role("link", name="Save & Go Back").click()
    attendee.open_sessions()
    undo = page.get_by_role("button", name=re.compile("^Undo"))
    for title in (SEED[1], SEED[4]):
        attendee.search(title)
        row_button(attendee, title, "Added").click()
        expect(undo).to_have_accessible_name(re.compile(re.escape(title)))
    expect(page.get_by_text("and 1 more")).to_be_visible()
    for title in (SEED[4], SEED[1]):
        expect(undo).to_have_accessible_name(re.compile(re.escape(title)))
        undo.click()
    expect(undo).to_have_count(0)
    attendee.return_to_claim()
    expect(page.locator("#lines h4")).to_have_count(3)
    attendee.open_submit()
    expect(page.get_by_label("Claimed Category 1 Hours")).to_have_value(total)


def test_a_visible_tab_shows_what_another_has_changed(
    context: BrowserContext, attendee: Attendee
) -> None:
    attendee.open_sessions()
    attendee.add_session(SEED[1])
    other = context.new_page()
    other.goto("/claim")
    expect(other.locator("#lines h4")).to_have_count(1)
    attendee.add_session(SEED[4])
    expect(other.locator("#lines h4")).to_have_count(2)
    other.get_by_role("button", name=re.compile("^Remove")).first.click()
    expect(other.locator("#lines h4")).to_have_count(1)
    removed = SEED[1] if other.get_by_text(f"Removed: {SEED[1]}").count() else SEED[4]
    attendee.search(removed)
    expect(row_button(attendee, removed, "Add ")).to_be_visible()


def test_a_session_that_another_tab_removed_can_be_added_on_its_evaluation(
    context: BrowserContext, attendee: Attendee
) -> None:
    page = attendee.page
    attendee.claim_sessions(SEED[1])
    evaluation = context.new_page()
    address = attendee.line(SEED[1]).get_by_role("link").first.get_attribute("href")
    evaluation.goto(str(address))
    page.get_by_role("button", name=re.compile("^Remove")).click()
    evaluation.get_by_role("button", name=re.compile("^Add")).click()
    expect(evaluation.locator(".scale-point").first.locator("input")).to_be_enabled()
    expect(page.locator("#lines h4")).to_have_count(1)


@pytest.fixture
def closing(
    built: None, demo_database: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[CmeServer, Callable[[], None], NetworkProxy]]:
    """A meeting whose claim period a test ends, behind a network that can fail."""
    folder = tmp_path_factory.mktemp("closing")
    with (
        serve_reloadable_meeting(demo_database, folder) as (server, meeting),
        run_network_proxy(server.port) as network,
    ):
        yield server, lambda: meeting.load(closes_at="2024-10-05T00:00:00-07:00"), network


def test_what_arrives_after_the_claim_period_is_refused_and_named_until_dismissed(
    closing: tuple[CmeServer, Callable[[], None], NetworkProxy],
    browser: Browser,
    people: Iterator[tuple[str, str]],
) -> None:
    _, end_claim_period, network = closing
    context = browser.new_context(base_url=network.url, **DESKTOP)  # type: ignore[arg-type]
    attendee = Attendee(context.new_page())
    attendee.sign_in_by_request(*next(people))
    attendee.open_sessions()
    attendee.search(SEED[1])
    button = row_button(attendee, SEED[1], "Add ")
    expect(button).to_be_visible()
    network.cut()
    button.click()
    waiting = attendee.page.locator(".queue-waiting")
    waiting.locator("summary").click()
    expect(waiting).to_contain_text("1 change waiting")
    expect(waiting.get_by_role("listitem")).to_have_text(f"{SEED[1]}Add")
    end_claim_period()
    network.restore()
    refused = attendee.page.locator(".queue-refused").filter(has_text="This was not saved:")
    expect(refused).to_contain_text(SEED[1])
    expect(refused).to_contain_text("Claims closed on")
    expect(waiting).to_have_count(0)
    expect(attendee.page.locator("[data-save-message=saved]:visible")).to_have_count(0)
    attendee.page.reload()
    expect(refused).to_contain_text(SEED[1])
    refused.get_by_role("button", name="Dismiss").click()
    expect(refused).to_have_count(0)
    attendee.page.reload()
    expect(button).to_be_visible()
    expect(refused).to_have_count(0)
    context.close()
