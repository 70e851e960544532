"""The seed's ten steps by keyboard alone, with the focus in sight at every stop."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.support.e2e.attendee import SEED

FAR = 150  # stops of the Tab key within which everything must be reached


class Keyboard:
    """Somebody without a mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def reaches(self, target: Locator, key: str = "Tab") -> None:
        """Tab until this has the focus; at every stop the focus can be seen."""
        expect(target).to_be_visible()
        for _ in range(FAR):
            if target.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press(key)
            assert_seen(self.page)
        raise AssertionError(f"not reached by keyboard: {target}")

    def goes_back(self, target: Locator) -> None:
        """The same towards the beginning of the page."""
        self.reaches(target, "Shift+Tab")

    def presses(self, target: Locator, key: str = "Enter") -> None:
        """Reach it and press a key."""
        self.reaches(target)
        self.page.keyboard.press(key)

    def types(self, label: str, text: str) -> None:
        """Reach a field and type into it."""
        self.reaches(self.page.get_by_label(label, exact=True))
        self.page.keyboard.type(text)

    def add_session(self, title: str) -> None:
        """Find a session and add it."""
        self.goes_back(self.page.get_by_label("Search Sessions"))
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(title)
        row = self.page.get_by_role("list", name="Sessions").get_by_role("listitem")
        row = row.filter(has=self.page.get_by_role("heading", name=title, exact=True))
        expect(row).to_have_count(1)
        self.presses(row.get_by_role("button"))
        # The button is another one now, and the focus is still on it.
        expect(row.get_by_role("button", name="Added")).to_be_focused()


def assert_seen(page: Page) -> None:
    """The focused element is in sight and outlined, not under the header or the bar."""
    seen = page.evaluate(
        """() => {
            const element = document.activeElement;
            if (!element || element === document.body) return "";
            const of = element.matches("input[type=radio], .scale-point input")
                ? element.closest("label") ?? element : element;
            const { outlineStyle, outlineWidth } = getComputedStyle(of);
            const own = getComputedStyle(element);
            const outlined = [[outlineStyle, outlineWidth], [own.outlineStyle, own.outlineWidth]]
                .some(([style, width]) => style !== "none" && parseFloat(width) >= 2);
            const box = of.getBoundingClientRect();
            const within = box.bottom > 0 && box.top < innerHeight && box.width > 0;
            const [middle, centre] = [box.left + box.width / 2, box.top + box.height / 2];
            const free = [box.top + 2, centre, box.bottom - 2].some((height) => {
                const hit = document.elementFromPoint(middle, height);
                return hit && (of.contains(hit) || hit.contains(of));
            });
            return outlined && within && free ? "" : of.outerHTML.slice(0, 200);
        }"""
    )
    assert seen == "", f"no focus to be seen on {seen}"


@pytest.fixture
def keyboard(screen_context: BrowserContext) -> Keyboard:
    return Keyboard(screen_context.new_page())


def test_the_ten_steps_without_a_mouse(
    keyboard: Keyboard, people: Iterator[tuple[str, str]]
) -> None:
    page = keyboard.page
    last_name, badge = next(people)
    page.goto("/")
    keyboard.types("Last Name", last_name)
    keyboard.types("Badge/Confirmation Number", badge)
    page.keyboard.press("Enter")
    page.wait_for_url("**/claim")
    keyboard.presses(page.get_by_role("region").get_by_role("link", name="Add Sessions"))
    page.wait_for_url("**/sessions")
    keyboard.reaches(page.get_by_label("Search Sessions"))
    for title in (SEED[1], SEED[4]):
        keyboard.add_session(title)
    keyboard.presses(page.get_by_role("link", name="Return to Sessions"))
    page.wait_for_url("**/claim")
    line = page.locator("#lines li").filter(has=page.get_by_role("heading", name=SEED[4]))
    evaluation = line.get_by_role("link", name="Evaluation")
    keyboard.presses(evaluation)
    page.wait_for_url("**/evaluation?session=*")
    first = page.get_by_role("group").first
    keyboard.presses(first.get_by_role("radio").first, "Space")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("1 of ")).to_be_visible()
    keyboard.presses(page.get_by_role("link", name="Done"))
    page.wait_for_url("**/claim*")
    # Back where one came from: the focus is on that session's line.
    expect(evaluation).to_be_focused()
    keyboard.presses(page.get_by_role("link", name="Overall Eval / Submit CME"))
    page.wait_for_url("**/submit")
    keyboard.presses(page.get_by_role("button", name="Submit", exact=True))
    summary = page.locator("#error-summary")
    expect(summary).to_be_focused()
    while summary.get_by_role("link").filter(has_text="Answer:").count():
        before = summary.get_by_role("link").count()
        keyboard.presses(summary.get_by_role("link").first)
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        expect(summary.get_by_role("link")).to_have_count(before - 1)
        keyboard.goes_back(summary.get_by_role("link").first)
    keyboard.presses(page.get_by_role("button", name="Claim all that my sessions support"))
    expect(page.get_by_label("Claimed Category 1 Hours")).not_to_have_value("")
    keyboard.presses(page.locator("#attestation"), "Space")
    keyboard.presses(page.get_by_role("button", name="Submit", exact=True))
    page.wait_for_url("**/claim")
    expect(page.locator("#receipt")).to_contain_text("Category 1 hours claimed")
