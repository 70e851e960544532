"""Makes locators tap at a person's pace, so that no tap of a test looks like a double tap.

The page ignores a tap that follows another on the same control, or on what has appeared or moved
under the finger; see assets/page_hooks/tap_guard.js. A person looks at what a tap has done before
the next. Tests of double taps use `page.mouse`, which taps at once.
"""

import functools
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Error, Locator

SECOND_TAP_IGNORED = 510  # milliseconds after a tap; a little longer than the page's
REACH = 30  # pixels beside a tap; a little farther than the page's

# Returns the milliseconds for which the page may still ignore a tap on the element: if it is the
# control of the last tap, or stands above, under or below that tap, because a page scrolls and
# settles vertically. From the first call on, the last tap of the page is recorded.
_REMAINING = """(element, [ignored, reach]) => {
    if (!window.lastTap) {
        window.lastTap = { at: 0 };
        addEventListener("click", ({ isTrusted, target, clientX: x }) => {
            if (isTrusted) window.lastTap = { target, x, at: Date.now() };
        }, true);
    }
    const { target, x, at } = window.lastTap;
    const left = ignored - (Date.now() - at);
    if (left <= 0) return 0;
    const controlOf = (element) => element.closest("label")?.control ?? element;
    const box = element.getBoundingClientRect();
    const mayMoveThere = box.left - reach < x && x < box.right + reach;
    return mayMoveThere || controlOf(element) === controlOf(target) ? left : 0;
}"""


def install() -> None:
    """Let every locator of this process tap at this pace."""
    for name in ("click", "check", "uncheck"):
        tap = getattr(Locator, name)
        if not hasattr(tap, "__wrapped__"):
            setattr(Locator, name, _paced(tap))


def remaining(locator: Locator, timeout: float | None = None) -> int:
    """The milliseconds for which the page may still ignore a tap on this element.

    `timeout` are the milliseconds to wait for the element.
    """
    try:
        return int(locator.evaluate(_REMAINING, [SECOND_TAP_IGNORED, REACH], timeout=timeout))
    except Error as error:
        if "Execution context was destroyed" not in error.message:
            raise
        return 0  # another page has been loaded, where nothing has been tapped yet


def _paced(tap: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(tap)
    def tap_in_time(locator: Locator, **options: Any) -> None:
        if wait := remaining(locator, options.get("timeout")):
            locator.page.wait_for_timeout(wait)
        tap(locator, **options)

    return tap_in_time
