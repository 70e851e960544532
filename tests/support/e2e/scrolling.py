"""Scrolling, which the wheel only begins, in a list whose rows come when they are needed."""

from collections.abc import Iterator

from playwright.sync_api import Page

# Where the page rests: so far on, or at its end. The list has its whole height from the beginning.
PLACE = "by => Math.min(scrollY + by, document.documentElement.scrollHeight - innerHeight)"
# A list that has just changed is laid out, and kept in place by the browser, with the next frames.
AFTER_LAYOUT = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
RESTS = "place => Math.abs(scrollY - place) < 1"
AT_END = "() => scrollY + innerHeight >= document.body.scrollHeight - 2"
# The rows that are here reach as far as the screen or the list, above and below.
FILLED = """() => {
    const list = document.querySelector("[data-cme-virtual-list]");
    const rows = [...list.querySelectorAll("[data-row]")];
    const [first, last] = [rows.at(0), rows.at(-1)];
    return first
        && (list.dataset.rowsBefore === "0" || first.getBoundingClientRect().top <= 0)
        && (list.dataset.rowsAfter === "0" || last.getBoundingClientRect().bottom >= innerHeight);
}"""


def scroll_by(page: Page, by: int) -> None:
    """Turn the wheel, and wait until the page is there and its rows are."""
    page.evaluate(AFTER_LAYOUT)
    place = page.evaluate(PLACE, by)
    page.mouse.wheel(0, by)
    page.wait_for_function(RESTS, arg=place)
    page.wait_for_function(FILLED)


def scroll_to_end(page: Page, by: int) -> Iterator[None]:
    """Turn the wheel to the end of the list; look at the page at every stop."""
    yield
    while not page.evaluate(AT_END):
        scroll_by(page, by)
        yield
