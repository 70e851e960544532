"""Scrolling in the virtual list, with waits for position and rows."""

from collections.abc import Iterator

from playwright.sync_api import Page

# The target position, at most the page's end. The list has its full height from the start.
TARGET = "by => Math.min(scrollY + by, document.documentElement.scrollHeight - innerHeight)"
# A list that has just changed is laid out, and anchored by the browser, in the next frames.
AFTER_LAYOUT = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
AT_TARGET = "place => Math.abs(scrollY - place) < 1"
AT_END = "() => scrollY + innerHeight >= document.body.scrollHeight - 2"
# The rendered rows fill the screen, or reach the ends of the list.
FILLED = """() => {
    const list = document.querySelector("[data-cme-virtual-list]");
    const rows = [...list.querySelectorAll("[data-row]")];
    const [first, last] = [rows.at(0), rows.at(-1)];
    return first
        && (list.dataset.rowsBefore === "0" || first.getBoundingClientRect().top <= 0)
        && (list.dataset.rowsAfter === "0" || last.getBoundingClientRect().bottom >= innerHeight);
}"""


def scroll_by(page: Page, by: int) -> None:
    """Turn the wheel, and wait for the scroll position and the rows."""
    page.evaluate(AFTER_LAYOUT)
    place = page.evaluate(TARGET, by)
    page.mouse.wheel(0, by)
    page.wait_for_function(AT_TARGET, arg=place)
    page.wait_for_function(FILLED)


def scroll_to_end(page: Page, by: int) -> Iterator[None]:
    """Scroll to the end of the list in steps; yields at every stop."""
    yield
    while not page.evaluate(AT_END):
        scroll_by(page, by)
        yield
