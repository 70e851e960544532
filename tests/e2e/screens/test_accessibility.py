"""axe-core finds no violations on any screen, at any width, light or dark."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import cycle, product
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page

from tests.support.e2e.screens.screens import Variant, scene, screens

WIDTHS = (390, 1440, 320, 768)
VARIANTS = [
    *(Variant(width, scheme) for width, scheme in product(WIDTHS, ("light", "dark"))),
    Variant(844, "light", height=390),  # a phone in landscape
    Variant(320, "dark", height=256),  # a desktop of 1280 by 1024 at 400 % zoom
    Variant(390, "light", text=32),
    Variant(1440, "dark", text=32),
]

# Runs axe-core, and only the rules of these names if there are any. No selectors of the elements
# that are all right are worked out.
AXE = """rules => axe.run({
    resultTypes: ["violations"],
    selectors: false,
    ...(rules.length && { runOnly: { type: "rule", values: rules } }),
})"""
# The rules on colors. In the dark nothing but the colors differs, which tokens.css sets alone; the
# other rules see the same page as in the light.
COLOR_RULES = ["color-contrast", "link-in-text-block"]

# Checks beyond axe: reflow, size of tap targets, reduced motion, and sticky elements that cover
# more than half of the screen.
MEASURED = """() => {
    const faults = [];
    const wider = document.scrollingElement.scrollWidth - innerWidth;
    if (wider > 0) faults.push(`${wider} px wider than the screen`);
    const name = (element) => element.outerHTML.slice(0, 120);
    const tapped = ".button, .chip, .choice, .scale-point, summary";
    for (const element of document.querySelectorAll(tapped)) {
        const { width, height } = element.getBoundingClientRect();
        const small = width && Math.min(width, height) < 43.5;
        if (small) faults.push(`${Math.round(width)} by ${Math.round(height)}: ${name(element)}`);
    }
    for (const element of document.querySelectorAll("*")) {
        const { transitionDuration, animationDuration, animationName } = getComputedStyle(element);
        const moves = [transitionDuration, animationName === "none" ? "0s" : animationDuration];
        if (moves.some((time) => Math.max(...time.split(",").map(parseFloat)) > 0.01))
            faults.push(`moves: ${name(element)}`);
    }
    const stuck = [...document.querySelectorAll("*")].filter((element) =>
        getComputedStyle(element).position === "sticky" && element.offsetWidth > innerWidth / 2);
    const days = stuck.filter((element) => element.matches(".session-day"));
    const once = stuck.filter((element) => !days.includes(element)).concat(days.slice(0, 1));
    const height = once.reduce((sum, { offsetHeight }) => sum + offsetHeight, 0);
    if (height > innerHeight / 2) faults.push(`${height} px of ${innerHeight} are always covered`);
    return [...new Set(faults)].slice(0, 9);
}"""


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "every", [pytest.param(False, id="one"), pytest.param(True, id="all", marks=pytest.mark.slow)]
)
def test_axe_finds_nothing_on_any_screen(
    browser: Browser, built: None, demo_database: Path, tmp_path: Path, every: bool
) -> None:
    turn = cycle((variant,) for variant in VARIANTS)
    found: dict[str, list[str]] = {}
    with scene(browser, demo_database, tmp_path) as played:
        for name, page in screens(played):
            for variant, rules in with_rules(VARIANTS if every else next(turn)):
                variant.put_on(page)
                if violations := faults(page, rules):
                    found[f"{name} {variant}"] = violations
    assert found == {}, "\n".join(f"{place}: {each}" for place, each in found.items())


def test_what_axe_finds_is_found_by_all_rules_and_by_those_on_colors(browser: Browser) -> None:
    context = browser.new_context(color_scheme="dark", reduced_motion="reduce")
    page = context.new_page()
    page.set_content("""<html lang="en"><title>Faults</title><main><h1>Faults</h1>
        <img src="data:,"><p style="color: #777; background: #888">Too faint</p></main></html>""")
    faint = ['color-contrast: <p style="color: #777; background: #888">Too faint</p>']
    assert faults(page, COLOR_RULES) == faint
    assert sorted(faults(page)) == [*faint, 'image-alt: <img src="data:,">']
    context.close()


def with_rules(variants: Sequence[Variant]) -> Iterator[tuple[Variant, Sequence[str]]]:
    """Each variant with the rules to check: in the dark those on colors, after all in the light."""
    for variant in variants:
        checked = variant.scheme == "dark" and replace(variant, scheme="light") in variants
        yield variant, COLOR_RULES if checked else ()


def faults(page: Page, rules: Sequence[str] = ()) -> list[str]:
    """Violations on the page: those of axe, and those of the further checks.

    `rules` are the rules of axe to check; all, if none is named.
    """
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    result: dict[str, Any] = page.evaluate(AXE, list(rules))
    violations = [
        f"{violation['id']}: {node['html'][:160]}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]
    return [*violations, *page.evaluate(MEASURED)]
