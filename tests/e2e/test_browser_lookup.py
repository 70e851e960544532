"""Search order for the tests' browser."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.e2e import browser

Finder = Callable[[], Path | None]


def program(folder: Path, name: str) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text("#!/bin/sh\n")
    file.chmod(0o755)
    return file


@pytest.fixture(autouse=True)
def no_browser_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CME_BROWSER", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    for source in ("_playwrights_own", "_from_debian"):
        monkeypatch.setattr(browser, source, lambda: None)


def test_the_configured_browser_comes_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program(tmp_path / "bin", "chromium")
    chosen = program(tmp_path, "mine")
    monkeypatch.setenv("CME_BROWSER", str(chosen))
    assert browser.find_browser() == chosen


def test_a_missing_configured_browser_is_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program(tmp_path / "bin", "chromium")
    monkeypatch.setenv("CME_BROWSER", "/nowhere/chromium")
    with pytest.raises(browser.BrowserNotFound, match="/nowhere/chromium"):
        browser.find_browser()


def test_path_comes_before_playwright_and_playwright_before_debian(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(browser, "_from_debian", lambda: Path("/debian"))
    assert browser.find_browser() == Path("/debian")
    monkeypatch.setattr(browser, "_playwrights_own", lambda: Path("/playwright"))
    assert browser.find_browser() == Path("/playwright")
    on_path = program(tmp_path / "bin", "google-chrome")
    assert browser.find_browser() == on_path


def test_without_a_browser_the_error_says_what_to_install() -> None:
    with pytest.raises(browser.BrowserNotFound, match="apt-get install chromium"):
        browser.find_browser()


@pytest.mark.parametrize(("user", "expected"), [(0, True), (1000, False)])
def test_only_root_runs_without_the_sandbox(
    monkeypatch: pytest.MonkeyPatch, user: int, expected: bool
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    assert ("--no-sandbox" in browser.launch_arguments()) is expected
