"""Page object: an attendee who uses only the keyboard."""

from playwright.sync_api import Locator, Page, expect


class Keyboard:
    """A page used by keyboard only."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def move_to(self, target: Locator, key: str = "Tab") -> None:
        """Press Tab until this has the focus; asserts a visible focus at every stop."""
        expect(target).to_be_visible()
        for _ in range(MAX_STOPS):
            if target.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press(key)
            assert_visible(self.page)
        raise AssertionError(f"not reached by keyboard: {target}")

    def move_back_to(self, target: Locator) -> None:
        """Press Shift+Tab until this has the focus."""
        self.move_to(target, "Shift+Tab")

    def press_on(self, target: Locator, key: str = "Enter") -> None:
        """Move to this and press a key."""
        self.move_to(target)
        self.page.keyboard.press(key)

    def type_into(self, label: str, text: str) -> None:
        """Move to the field with this label and type into it."""
        self.move_to(self.page.get_by_label(label, exact=True))
        self.page.keyboard.type(text)

    def add_session(self, title: str) -> None:
        """Search for a session and add it."""
        self.move_back_to(self.page.get_by_label("Search Sessions"))
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(title)
        row = self.page.get_by_role("list", name="Sessions").get_by_role("listitem")
        row = row.filter(has=self.page.get_by_role("heading", name=title, exact=True))
        expect(row).to_have_count(1)
        self.press_on(row.get_by_role("button"))
        # The button has been replaced, and still has the focus.
        expect(row.get_by_role("button", name="Added")).to_be_focused()


MAX_STOPS = 150  # presses of the Tab key within which every target must be reached


def assert_visible(page: Page) -> None:
    """Assert that the focused element is visible and outlined, and not covered."""
    hidden = page.evaluate(
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
    assert hidden == "", f"the focus is not visible on {hidden}"
