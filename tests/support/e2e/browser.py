"""The browser for the tests, and how it is started."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

# Without a window, as Playwright's own, Chromium costs half the processor's time.
HEADLESS = "chromium-headless-shell"
NAMES = (
    HEADLESS,
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)

# Quiet: nothing but what the tests ask for goes over the network, and nothing is drawn by a
# graphics card, least of all by one that the processor has to play.
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
    """There is no browser to test with; the message says how to get one."""


def find_browser() -> Path:
    """The browser for this run, from the first of these that has one.

    CME_BROWSER, one on PATH, Playwright's own, and Debian's as root. Raises
    BrowserNotFound; the tests are never skipped for want of one.
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
    """Arguments for starting it; Chromium's sandbox refuses to work for root."""
    return [*ARGUMENTS, "--no-sandbox"] if os.geteuid() == 0 else list(ARGUMENTS)


def _on_path() -> Path | None:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return Path(found) if found else None


def _playwrights_own() -> Path | None:
    # In a process of its own: the tests' Playwright may be running in this one.
    asked = subprocess.run(
        [sys.executable, "-c", _PLAYWRIGHTS_OWN], capture_output=True, text=True, check=False
    )
    path = Path(asked.stdout.strip() or "/nowhere")
    return path if asked.returncode == 0 and path.is_file() else None


def _from_debian() -> Path | None:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return None
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "--yes", "--no-install-recommends", HEADLESS]):
        done = subprocess.run(["apt-get", "-qq", *words], env=environment, check=False)
        if done.returncode != 0:
            return None
    return _on_path()


LAUNCH = launch_arguments()
