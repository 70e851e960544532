"""A keyboard user in the browser."""

from playwright.sync_api import Locator, Page, expect


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
            assert_visible(self.page)
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


FAR = 150  # stops of the Tab key within which everything must be reached


def assert_visible(page: Page) -> None:
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
