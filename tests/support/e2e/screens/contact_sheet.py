"""`make screens`: a picture of every screen and case, for people to look at.

Each picture shows one screen on a phone and on a desk, in light and in dark, then as narrow
as a desk at 400 %, and on a phone that lies on its side.
"""

import argparse
import io
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.support.e2e.browser import launch_browser
from tests.support.e2e.cme_server import load_demo, run_cme
from tests.support.e2e.screens.screen_captions import CAPTIONS, index
from tests.support.e2e.screens.screens import Variant, scene, screens

VARIANTS = [
    *(Variant(width, scheme) for width in (390, 1440) for scheme in ("light", "dark")),
    Variant(320, "light"),
    Variant(844, "dark", height=390),  # a phone in landscape
]
HEIGHT = 480  # pixels of each screenshot on the sheet; longer pages are cut off
QUALITY = 70
IN_README = "sessions"  # the screen whose full-size phone screenshot is in README.md
GAP = 12
BACKGROUND = (128, 136, 136)


def main(folder: Path) -> None:
    """Take the screenshots, and write the index page."""
    run_cme("build")
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.webp"):
        old.unlink()
    names = []
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as database:
        browser = launch_browser(playwright.chromium)
        demo_database = Path(database) / "demo.db"
        load_demo(demo_database)
        with scene(browser, demo_database, Path(database)) as played:
            for name, page in screens(played):
                _sheet(page).save(folder / f"{name}.webp", quality=QUALITY)
                names.append(name)
                if name == IN_README:
                    VARIANTS[0].put_on(page)
                    page.screenshot(path=folder / f"{name}-phone.png")
        browser.close()
    if names != list(CAPTIONS):
        sys.exit(f"Correct the captions; the pictures are: {', '.join(names)}")
    (folder / "README.md").write_text(index(), "utf-8")


def _sheet(page: Page) -> Image.Image:
    pictures = [_screenshot(page, variant) for variant in VARIANTS]
    width = sum(picture.width + GAP for picture in pictures) + GAP
    sheet = Image.new("RGB", (width, HEIGHT + 2 * GAP), BACKGROUND)
    left = GAP
    for picture in pictures:
        sheet.paste(picture, (left, GAP))
        left += picture.width + GAP
    return sheet


def _screenshot(page: Page, variant: Variant) -> Image.Image:
    variant.put_on(page)
    page.wait_for_timeout(150)
    screenshot = Image.open(io.BytesIO(page.screenshot()))
    return screenshot.resize(
        (round(screenshot.width * HEIGHT / screenshot.height), HEIGHT), Image.Resampling.LANCZOS
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Take a screenshot of every screen and case.")
    parser.add_argument(
        "folder", type=Path, help="output folder; older screenshots in it are deleted"
    )
    main(parser.parse_args().folder)
