"""A bad network between the phone and the server: nothing tapped is lost, nothing comes twice."""

import contextlib
import os
import re
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.e2e.attendee import SEED, Attendee
from tests.e2e.conftest import PATIENCE, PHONE
from tests.e2e.proxy import Network, network
from tests.e2e.serving import Server, another_build, serving

RETURNS = 3_000  # milliseconds after the network's return in which all is as it was
OFFLINE = "You are offline: what you tap is kept here and sent when you are back."


@pytest.fixture
def between(server: Server) -> Iterator[Network]:
    """The network to the server."""
    with network(server.port) as between:
        yield between


@pytest.fixture
def phone(browser: Browser, between: Network) -> Iterator[BrowserContext]:
    """A phone on that network."""
    context = browser.new_context(base_url=between.url, **PHONE)  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.fixture
def somebody(phone: BrowserContext, people: Iterator[tuple[str, str]]) -> Attendee:
    """Somebody who has just signed in on it."""
    attendee = Attendee(phone.new_page())
    attendee.signs_in(*next(people))
    return attendee


def taps(attendee: Attendee, title: str) -> None:
    """Tap Add, or take it back, and see within the frame that it was taken."""
    button = attendee.row(title).get_by_role("button")
    button.click()
    expect(button).to_have_attribute("data-kept", "", timeout=500)


def claims(attendee: Attendee, *titles: str) -> None:
    """These and no others are on the claim."""
    lines = attendee.page.locator("#lines h4")
    expect(lines).to_have_count(len(titles))
    assert sorted(lines.all_inner_texts()) == sorted(titles)


def said(page: Page, words: str) -> Locator:
    """The line of what the page says of the network and of what is saved, where it is this one."""
    return page.locator("[data-shown]:visible").filter(has_text=re.compile(f"^({words})$"))


def visible_titles(page: Page, count: int) -> list[str]:
    """The titles of the first sessions in the list that can be added."""
    rows = page.get_by_role("list", name="Sessions").get_by_role("listitem")
    addable = rows.filter(has=page.get_by_role("button", name=re.compile("^Add ")))
    return [addable.nth(at).get_by_role("heading", level=3).inner_text() for at in range(count)]


def test_what_is_tapped_while_the_network_is_cut_arrives_in_its_order(
    somebody: Attendee, between: Network
) -> None:
    page = somebody.page
    somebody.opens_sessions()
    first, second, third = visible_titles(page, 3)
    somebody.row(first).get_by_role("button").click()
    expect(said(page, "Saved")).to_be_visible()
    between.cut()
    for title in (second, third, first):
        taps(somebody, title)
    expect(said(page, OFFLINE)).to_be_visible()
    expect(said(page, "Saved")).to_be_hidden()
    between.restore()
    expect(said(page, "Saved")).to_be_visible(timeout=RETURNS)
    expect(said(page, OFFLINE)).to_be_hidden()
    somebody.returns()
    claims(somebody, second, third)


def test_place_filter_and_half_written_answer_are_there_after_a_cut(
    somebody: Attendee, between: Network
) -> None:
    page = somebody.page
    somebody.opens_sessions()
    somebody.adds(SEED[1])
    somebody.returns()
    somebody.line(SEED[1]).get_by_role("link", name="Evaluation").click()
    text = page.get_by_role("textbox").last
    text.fill("Written before")
    between.cut()
    text.press_sequentially(" and after")
    between.restore()
    expect(said(page, "Saved")).to_be_visible(timeout=RETURNS + 600)
    expect(text).to_be_focused()
    expect(text).to_have_value("Written before and after")
    page.reload()
    expect(page.get_by_role("textbox").last).to_have_value("Written before and after")


def test_the_list_keeps_its_place_and_its_filter(somebody: Attendee, between: Network) -> None:
    page = somebody.page
    somebody.opens_sessions()
    page.get_by_label("Search Sessions").fill("breast")
    expect(page).to_have_url(re.compile("q=breast"))
    expect(somebody.rows.first).to_contain_text(re.compile("breast", re.I))
    page.mouse.wheel(0, 1500)
    page.wait_for_timeout(500)
    before = page.evaluate("scrollY"), somebody.rows.first.inner_text()
    between.cut()
    page.wait_for_timeout(700)
    between.restore()
    page.wait_for_timeout(RETURNS)
    assert (page.evaluate("scrollY"), somebody.rows.first.inner_text()) == before
    expect(page.get_by_label("Search Sessions")).to_have_value("breast")


@pytest.mark.parametrize(
    "seconds",
    [5, pytest.param(60, marks=pytest.mark.slow), pytest.param(200, marks=pytest.mark.slow)],
)
def test_a_frozen_network_thaws(somebody: Attendee, between: Network, seconds: int) -> None:
    page = somebody.page
    somebody.opens_sessions()
    first, second = visible_titles(page, 2)
    between.freeze()
    taps(somebody, first)
    taps(somebody, second)
    page.wait_for_timeout(seconds * 1000)
    expect(said(page, f"Reconnecting…|{OFFLINE}")).to_be_visible()
    between.restore()
    expect(said(page, "Saved")).to_be_visible(timeout=RETURNS)
    somebody.returns()
    claims(somebody, first, second)


def test_a_reload_while_away_loses_nothing(somebody: Attendee, between: Network) -> None:
    page = somebody.page
    somebody.opens_sessions()
    first, second = visible_titles(page, 2)
    between.freeze()
    taps(somebody, first)
    taps(somebody, second)
    page.evaluate("location.reload()")
    between.restore()
    expect(said(page, "Saved")).to_be_visible()
    somebody.returns()
    claims(somebody, first, second)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_the_server_ends_and_starts_again_under_the_page(
    somebody: Attendee, between: Network, server: Server, tmp_path: Path, how: signal.Signals
) -> None:
    """The first server here is one of two that share a database, so the others' tests go on."""
    page = somebody.page
    with serving(server.database_url, tmp_path / "first.log") as first:
        moves(between, first)
        somebody.opens_sessions()
        page.get_by_label("Search Sessions").fill("aesthetic")
        expect(page).to_have_url(re.compile("q=aesthetic"))
        before, during = visible_titles(page, 2)
        somebody.row(before).get_by_role("button").click()
        os.killpg(first.group, how)
        taps(somebody, during)
    between.cut()
    expect(said(page, OFFLINE)).to_be_visible()
    with serving(server.database_url, tmp_path / "second.log") as second:
        between.port = second.port
        between.restore()
        expect(said(page, "Saved")).to_be_visible(timeout=RETURNS)
        expect(page.get_by_label("Search Sessions")).to_have_value("aesthetic")
        for title in (before, during):
            added = somebody.row(title).get_by_role("button", name=re.compile("^Added"))
            expect(added).to_be_visible(timeout=RETURNS)
        moves(between, server)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_new_version_is_deployed_under_the_page(
    somebody: Attendee, between: Network, server: Server, tmp_path: Path
) -> None:
    page = somebody.page

    def news(state: str) -> str:
        address = '    address: str = ""\n'
        return state.replace(address, f'{address}    news: str = "of this version"\n')

    with another_build(tmp_path, "cme_reflex/state/sessions.py", news) as root:
        somebody.opens_sessions()
        old = build_of(page)
        page.get_by_label("Search Sessions").fill("aesthetic")
        expect(page).to_have_url(re.compile("q=aesthetic"))
        first, second = visible_titles(page, 2)
        between.freeze()
        taps(somebody, first)
        taps(somebody, second)
        between.cut()
        with serving(server.database_url, tmp_path / "new.log", root=root) as deployed:
            between.port = deployed.port
            between.restore()
            expect(said(page, "Saved")).to_be_visible(timeout=PATIENCE)
            expect(page.get_by_label("Search Sessions")).to_have_value("aesthetic")
            for title in (first, second):
                added = somebody.row(title).get_by_role("button", name=re.compile("^Added"))
                expect(added).to_be_visible()
            page.goto("/sessions")
            assert build_of(page) != old
            moves(between, server)


def build_of(page: Page) -> list[str]:
    """The scripts that the page has from its build, whose names tell what is in them."""
    scripts = page.locator("link[rel=modulepreload]").all()
    return sorted(str(script.get_attribute("href")) for script in scripts)


def test_submit_comes_after_the_last_answer_and_log_out_after_the_last_tap(
    somebody: Attendee, between: Network, server: Server
) -> None:
    page = somebody.page
    somebody.opens_sessions()
    somebody.adds(SEED[1])
    somebody.returns()
    somebody.opens_submit()
    somebody.answers_required_questions()
    page.get_by_role("button", name=re.compile("^Claim all")).click()
    page.locator("#attestation").check()
    between.delay = 0.3
    text = page.get_by_role("textbox", disabled=False).first
    text.press_sequentially("The very last word")
    somebody.submits()
    page.wait_for_url("**/claim")
    expect(page.locator("#receipt")).to_contain_text("2.00 Category 1 hours claimed")
    between.delay = 0
    with contextlib.closing(sqlite3.connect(server.database_url.removeprefix("sqlite:///"))) as db:
        kept = db.execute("SELECT value FROM answer WHERE value LIKE '%very last word%'").fetchall()
    assert len(kept) == 1


def moves(between: Network, server: Server) -> None:
    """Let the browser find another server behind the same address."""
    between.cut()
    between.port = server.port
    between.restore()
