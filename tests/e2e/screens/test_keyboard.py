"""The seed's ten steps by keyboard alone, with a visible focus at every stop."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.support.e2e.attendee import SEED
from tests.support.e2e.keyboard import Keyboard


@pytest.fixture
def keyboard(screen_context: BrowserContext) -> Keyboard:
    return Keyboard(screen_context.new_page())


def test_the_ten_steps_by_keyboard(keyboard: Keyboard, people: Iterator[tuple[str, str]]) -> None:
    page = keyboard.page
    last_name, badge = next(people)
    page.goto("/")
    keyboard.type_into("Last Name", last_name)
    keyboard.type_into("Badge/Confirmation Number", badge)
    page.keyboard.press("Enter")
    page.wait_for_url("**/claim")
    keyboard.press_on(page.get_by_role("region").get_by_role("link", name="Add Sessions"))
    page.wait_for_url("**/sessions")
    keyboard.move_to(page.get_by_label("Search Sessions"))
    for title in (SEED[1], SEED[4]):
        keyboard.add_session(title)
    keyboard.press_on(page.get_by_role("link", name="Return to Sessions"))
    page.wait_for_url("**/claim")
    line = page.locator("#lines li").filter(has=page.get_by_role("heading", name=SEED[4]))
    evaluation = line.get_by_role("link", name="Evaluation")
    keyboard.press_on(evaluation)
    page.wait_for_url("**/evaluation?session=*")
    first = page.locator("fieldset").first
    keyboard.press_on(first.get_by_role("radio").first, "Space")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("1 of ")).to_be_visible()
    keyboard.press_on(page.get_by_role("link", name="Done"))
    page.wait_for_url("**/claim*")
    # After returning, the focus is on that session's line.
    expect(evaluation).to_be_focused()
    keyboard.press_on(page.get_by_role("link", name="Overall Eval / Submit CME"))
    page.wait_for_url("**/submit")
    keyboard.press_on(page.get_by_role("button", name="Submit", exact=True))
    summary = page.locator("#error-summary")
    expect(summary).to_be_focused()
    while summary.get_by_role("link").filter(has_text="Answer:").count():
        before = summary.get_by_role("link").count()
        keyboard.press_on(summary.get_by_role("link").first)
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        expect(summary.get_by_role("link")).to_have_count(before - 1)
        keyboard.move_back_to(summary.get_by_role("link").first)
    keyboard.press_on(page.get_by_role("button", name="Claim all that my sessions support"))
    expect(page.get_by_label("Claimed Category 1 Hours")).not_to_have_value("")
    keyboard.press_on(page.locator("#attestation"), "Space")
    keyboard.press_on(page.get_by_role("button", name="Submit", exact=True))
    page.wait_for_url("**/claim")
    expect(page.locator("#receipt")).to_contain_text("Category 1 hours claimed")
