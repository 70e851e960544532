"""The browser for the tests, and its arguments."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, BrowserType

from tests.support.e2e import pace

# The headless shell, which Playwright uses by default, takes half the CPU time of Chromium.
HEADLESS = "chromium-headless-shell"
NAMES = (
    HEADLESS,
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)

# No background network traffic, and no GPU, not even a software-emulated one.
ARGUMENTS = (
    "--disable-gpu",
    "--disable-software-rasterizer",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)

_PLAYWRIGHTS_OWN = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""


class BrowserNotFound(Exception):
    """No browser was found; the message says how to install one."""


def find_browser() -> Path:
    """The browser for this run: CME_BROWSER, on PATH, Playwright's, or as root Debian's.

    Raises BrowserNotFound; tests are never skipped for lack of a browser.
    """
    if chosen := os.environ.get("CME_BROWSER"):
        if found := shutil.which(chosen):
            return Path(found)
        raise BrowserNotFound(f"CME_BROWSER is {chosen}, where there is no program.")
    found = _on_path() or _playwrights_own() or _from_debian()
    if found is None:
        raise BrowserNotFound(
            f"The tests need Chromium. Install Debian's (apt-get install {HEADLESS}) or "
            "Playwright's (playwright install chromium), or set CME_BROWSER to one."
        )
    return found


def launch_arguments() -> list[str]:
    """Command-line arguments; Chromium's sandbox does not work for root."""
    return [*ARGUMENTS, "--no-sandbox"] if os.geteuid() == 0 else list(ARGUMENTS)


def launch_browser(chromium: BrowserType, *arguments: str) -> Browser:
    """Start the browser, with these arguments too; its locators tap at a person's pace."""
    pace.install()
    return chromium.launch(executable_path=find_browser(), args=[*launch_arguments(), *arguments])


def _on_path() -> Path | None:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return Path(found) if found else None


def _playwrights_own() -> Path | None:
    # In a separate process, because Playwright may be running in this one.
    result = subprocess.run(
        [sys.executable, "-c", _PLAYWRIGHTS_OWN], capture_output=True, text=True, check=False
    )
    path = Path(result.stdout.strip() or "/nowhere")
    return path if result.returncode == 0 and path.is_file() else None


def _from_debian() -> Path | None:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return None
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "--yes", "--no-install-recommends", HEADLESS]):
        result = subprocess.run(["apt-get", "-qq", *words], env=environment, check=False)
        if result.returncode != 0:
            return None
    return _on_path()
