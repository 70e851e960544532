"""axe-core finds nothing on any screen, however wide, light or dark."""

from itertools import cycle, product
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.e2e.screens import Variant, scene, screens

VARIANTS = [
    Variant(width, scheme) for width, scheme in product((390, 1440, 320), ("light", "dark"))
]


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "every", [pytest.param(False, id="one"), pytest.param(True, id="all", marks=pytest.mark.slow)]
)
def test_axe_finds_nothing_on_any_screen(
    browser: Browser, built: None, tmp_path: Path, every: bool
) -> None:
    turn = cycle(VARIANTS)
    found: dict[str, list[str]] = {}
    with scene(browser, tmp_path) as played:
        for name, page in screens(played):
            for variant in VARIANTS if every else [next(turn)]:
                variant.put_on(page)
                if violations := faults(page):
                    found[f"{name} {variant}"] = violations
    assert found == {}


def faults(page: Page) -> list[str]:
    """What is wrong on the page: axe's rules, and anything wider than the screen."""
    violations = Axe().run(page).response["violations"]
    told = [
        f"{violation['id']}: {node['html'][:160]}"
        for violation in violations
        for node in violation["nodes"]
    ]
    wide = page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
    return [*told, f"{wide} px wider than the screen"] if wide > 0 else told
