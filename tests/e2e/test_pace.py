"""The pace of taps, on a page that has only the guard against double taps."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from cme_reflex.settings import ROOT
from tests.support.e2e import pace

# The first button makes way for the second. `taps` are those that count.
PAGE = """
<!doctype html>
<style>button { display: block; height: 50px; width: 200px; margin-bottom: 150px }</style>
<button id="first" onclick="taps.push('first'); this.replaceWith(second); second.hidden = false">
    First</button>
<button id="beside" onclick="taps.push('beside')" style="margin-left: 300px">Beside</button>
<button id="above" onclick="taps.push('above')">Above</button>
<button id="second" onclick="taps.push('second')" hidden>Second</button>
<label><input type="checkbox" onchange="taps.push(this.checked)"> Box</label>
<div style="height: 3000px"></div>
<button id="below" onclick="taps.push('below')">Below</button>
<script>window.taps = []</script>
"""


@pytest.fixture
def guarded(browser: Browser) -> Iterator[Page]:
    """That page."""
    context = browser.new_context()
    page = context.new_page()
    page.set_content(PAGE)
    page.add_script_tag(path=ROOT / "assets" / "page_hooks" / "tap_guard.js")
    yield page
    context.close()


def taps(page: Page) -> list[object]:
    """The taps that counted, in their order."""
    return list(page.evaluate("taps"))


def test_a_tap_on_what_appears_under_the_finger_counts(guarded: Page) -> None:
    guarded.locator("#first").click()
    guarded.locator("#second").click()
    assert taps(guarded) == ["first", "second"]


def test_taps_on_the_same_control_all_count(guarded: Page) -> None:
    box = guarded.get_by_label("Box")
    box.check()
    box.uncheck()
    guarded.get_by_text("Box").click()
    assert taps(guarded) == [True, False, True]


def test_a_tap_on_what_is_scrolled_under_the_finger_counts(guarded: Page) -> None:
    guarded.locator("#below").click()
    for _ in range(2):
        guarded.locator("#above").click()
        guarded.locator("#below").click()
    assert taps(guarded) == ["below", *["above", "below"] * 2]


def test_only_a_tap_that_the_page_may_ignore_waits(guarded: Page) -> None:
    second, beside = guarded.locator("#second"), guarded.locator("#beside")
    assert pace.remaining(second) == 0
    guarded.clock.set_fixed_time(time.time())
    guarded.locator("#first").click()
    assert (pace.remaining(second) > 0, pace.remaining(beside)) == (True, 0)


def test_two_taps_of_the_mouse_are_a_double_tap(guarded: Page) -> None:
    for _ in range(2):
        guarded.mouse.click(100, 30)
    assert taps(guarded) == ["first"]
