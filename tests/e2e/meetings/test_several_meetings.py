"""Two meetings side by side in one browser, and what becomes of a meeting while it is open."""

import os
import re
import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from cme_reflex.settings import ROOT
from tests.support.e2e.attendee import Attendee
from tests.support.e2e.cme_server import CmeServer, run_cme, run_server
from tests.support.e2e.devices import PHONE
from tests.support.e2e.faults.network_proxy import NetworkProxy, run_network_proxy
from tests.support.e2e.reloadable_meeting import ReloadableMeeting

SPINE = ("Jackson", "30003")
SURGERY = ("Rivera", "240001")
MEMBER = "Okafor,Chidi,,39901,SPINE30Z,,physician,member,cokafor\n"
MEMBERS = ROOT / "meetings" / "pstm24" / "members.csv"


@dataclass(frozen=True)
class Site:
    """A server of both demo meetings, of which the second one can be reloaded."""

    server: CmeServer
    second: ReloadableMeeting


@pytest.fixture
def site(built: None, demo_database: Path, tmp_path: Path) -> Iterator[Site]:
    """Both meetings, with a member who is registered for both."""
    folder = tmp_path / "spine30"
    shutil.copytree(ROOT / "meetings" / "spine30", folder)
    with (folder / "attendees.csv").open("a", encoding="utf-8") as table:
        table.write(MEMBER)
    (row,) = [
        line for line in MEMBERS.read_text("utf-8").splitlines() if line.startswith("cokafor")
    ]
    with (folder / "members.csv").open("a", encoding="utf-8") as table:
        table.write(f"{row}\n")
    with (folder / "meeting.toml").open("a", encoding="utf-8") as table:
        table.write('\n[sign_in]\naccounts = "American Society of Plastic Surgeons"\n')
    url = f"sqlite:///{shutil.copy(demo_database, tmp_path / 'cme.db')}"
    second = ReloadableMeeting(folder, url, (folder / "meeting.toml").read_text("utf-8"))
    second.load()
    with run_server(url, tmp_path / "server.log") as server:
        yield Site(server, second)


@pytest.fixture
def network(site: Site) -> Iterator[NetworkProxy]:
    with run_network_proxy(site.server.port) as network:
        yield network


@pytest.fixture
def phone(browser: Browser, network: NetworkProxy) -> Iterator[BrowserContext]:
    """A phone with an empty browser."""
    context = browser.new_context(base_url=network.url, **PHONE)  # type: ignore[arg-type]
    yield context
    context.close()


def sign_in(phone: BrowserContext, code: str, last_name: str, number: str) -> Attendee:
    """A new tab, signed in to this meeting by its form."""
    page = phone.new_page()
    page.goto(f"/{code}")
    page.get_by_label("Last Name").fill(last_name)
    page.get_by_label("Badge/Confirmation Number").fill(number)
    page.get_by_role("button", name="Log in").first.click()
    page.wait_for_url(f"**/{code}/claim")
    return Attendee(page)


def add_first(attendee: Attendee) -> None:
    attendee.rows.first.get_by_role("button", name=re.compile("^Add ")).click()
    expect(added(attendee)).to_be_visible()


def added(attendee: Attendee):  # type: ignore[no-untyped-def]
    return attendee.rows.first.get_by_role("button", name=re.compile("^Added"))


def sessions_of(page: Page, count: int) -> None:
    bar = page.get_by_role("region", name="Your claim so far")
    expect(bar).to_contain_text(f"{count} session")


def test_two_meetings_in_one_browser_never_cross(
    phone: BrowserContext, network: NetworkProxy, site: Site, tmp_path: Path
) -> None:
    one, two = sign_in(phone, "pstm24", *SURGERY), sign_in(phone, "spine30", *SPINE)
    for attendee in (one, two):
        attendee.open_sessions()
        add_first(attendee)
    assert one.page.url.endswith("/pstm24/sessions")
    assert two.page.url.endswith("/spine30/sessions")
    for attendee, title in ((one, "PSTM24"), (two, "SPINE30")):
        attendee.page.reload()
        expect(added(attendee)).to_be_visible()
        sessions_of(attendee.page, 1)
        expect(attendee.page.get_by_text(title, exact=True)).to_be_visible()
    # Both tap without a network; each queue is sent to its own meeting.
    network.cut()
    for attendee in (one, two):
        attendee.rows.nth(1).get_by_role("button", name=re.compile("^Add ")).click()
    network.restore()
    for attendee in (one, two):
        sessions_of(attendee.page, 2)
    # So it is if the server is another one when the network is back, which knows neither tab.
    network.cut()
    for attendee in (one, two):
        attendee.rows.nth(2).get_by_role("button", name=re.compile("^Add ")).click()
    os.killpg(site.server.group, signal.SIGKILL)
    with run_server(site.server.database_url, tmp_path / "another.log") as another:
        network.port = another.port
        network.restore()
        for attendee in (one, two):
            sessions_of(attendee.page, 3)
        # Signing out of one is not signing out of the other.
        one.page.goto("/pstm24/claim")
        one.page.get_by_role("button", name="Save & Log Out").click()
        one.page.wait_for_url("**/pstm24#signed-out")
        two.page.reload()
        sessions_of(two.page, 3)


def test_a_tab_that_goes_to_the_other_meeting_shows_that_one(phone: BrowserContext) -> None:
    one = sign_in(phone, "pstm24", *SURGERY)
    sign_in(phone, "spine30", *SPINE).page.close()
    one.open_sessions()
    add_first(one)
    one.page.goto("/spine30/sessions")
    sessions_of(one.page, 0)
    one.page.go_back()
    sessions_of(one.page, 1)
    expect(one.page.get_by_text("PSTM24", exact=True)).to_be_visible()


def test_a_shared_link_asks_whoever_is_not_signed_in_to_that_meeting(
    phone: BrowserContext,
) -> None:
    page = sign_in(phone, "pstm24", *SURGERY).page
    page.goto("/spine30/sessions?q=disc")
    page.wait_for_url("**/spine30")
    page.get_by_label("Last Name").fill(SPINE[0])
    page.get_by_label("Badge/Confirmation Number").fill(SPINE[1])
    page.get_by_role("button", name="Log in").first.click()
    page.wait_for_url("**/spine30/sessions?q=disc")
    page.goto("/sessions?q=breast")  # an address from before: the latest sign-in
    page.wait_for_url("**/spine30/sessions?q=breast")


def test_a_member_goes_over_with_one_tap(phone: BrowserContext) -> None:
    page = phone.new_page()
    page.goto("/pstm24")
    form = {"way": "member", "username": "cokafor", "password": "face-lift-2024"}
    page.request.post("/pstm24/sign-in", form=form, max_redirects=0)
    page.goto("/pstm24/account")
    page.get_by_role("button", name="Go to SPINE30").click()
    page.wait_for_url("**/spine30/claim")
    expect(page.get_by_text("Chidi Okafor")).to_be_visible()
    page.goto("/spine30/account")
    expect(page.get_by_role("button", name="Go to PSTM24")).to_be_visible()
    page.goto("/pstm24/claim")
    expect(page.get_by_text("Chidi Okafor")).to_be_visible()


def test_a_badge_does_not_lead_to_another_meeting(phone: BrowserContext) -> None:
    page = sign_in(phone, "spine30", "Okafor", "39901").page
    page.goto("/spine30/account")
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    expect(page.get_by_text("SPINE30", exact=True).first).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Go to "))).to_have_count(0)


def test_an_open_page_shows_what_a_load_changes(phone: BrowserContext, site: Site) -> None:
    attendee = sign_in(phone, "spine30", *SPINE)
    page = attendee.page
    attendee.open_sessions()
    site.second.load(short_name='"SPINE XXX"', accent='"#7a1f5c"')
    add_first(attendee)  # the next event brings it
    expect(page.get_by_text("SPINE XXX", exact=True)).to_be_visible()
    expect(page).to_have_title("Add Sessions · SPINE XXX")
    accent = "() => getComputedStyle(document.documentElement).getPropertyValue('--accent-light')"
    assert page.evaluate(accent) == "#7a1f5c"
    page.reload()
    expect(page.get_by_text("SPINE XXX", exact=True)).to_be_visible()
    assert page.evaluate(accent).strip() == "#7a1f5c"


def test_a_third_meeting_is_opened_while_the_server_runs(phone: BrowserContext, site: Site) -> None:
    page = phone.new_page()
    answer = page.goto("/spine31")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", name="There is no such meeting here")).to_be_visible()
    third = site.second.folder.with_name("spine31")
    shutil.copytree(site.second.folder, third)
    file = third / "meeting.toml"
    text = file.read_text("utf-8").replace('"spine30"', '"spine31"')
    file.write_text(text.replace('"SPINE30"', '"SPINE31"'), "utf-8")
    attendees = third / "attendees.csv"
    attendees.write_text(attendees.read_text("utf-8").replace("SPINE30", "SPINE31"), "utf-8")
    run_cme("meeting", "load", str(third), CME_DATABASE_URL=site.server.database_url)
    attendee = sign_in(phone, "spine31", *SPINE)
    attendee.open_sessions()
    add_first(attendee)
    expect(attendee.page.get_by_text("SPINE31", exact=True)).to_be_visible()


def test_an_open_page_shows_each_step_of_a_meetings_life(
    phone: BrowserContext, site: Site, tmp_path: Path
) -> None:
    def cme(*words: str) -> None:
        run_cme("meeting", *words, CME_DATABASE_URL=site.server.database_url)

    def look_again() -> None:
        page.evaluate("() => void dispatchEvent(new Event('visibilitychange'))")

    for logo in site.second.folder.glob("logo*"):
        logo.unlink()
    site.second.load(short_name='"SPINE30"')
    attendee = sign_in(phone, "spine30", *SPINE)
    page = attendee.page
    attendee.open_sessions()
    add_first(attendee)
    # It gets a logo, and another name.
    expect(page.locator("header picture")).to_have_count(0)
    shutil.copy(ROOT / "meetings" / "pstm24" / "logo.svg", site.second.folder)
    site.second.load(short_name='"SPINE XXX"')
    look_again()
    expect(page.locator("header picture img")).to_be_visible()
    expect(page.get_by_text("SPINE XXX", exact=True)).to_be_visible()
    # Its claim period ends.
    deadline = page.get_by_role("contentinfo").locator("strong")
    expect(deadline).to_contain_text("2030")
    cme("close", "spine30")
    look_again()
    expect(deadline).not_to_contain_text("2030")
    page.reload()
    expect(page.get_by_role("main").get_by_text("Claims closed")).to_be_visible()
    expect(added(attendee)).to_be_disabled()
    # It is archived.
    cme("archive", "spine30")
    page.reload()
    page.wait_for_url("**/spine30")
    page.get_by_label("Last Name").fill(SPINE[0])
    page.get_by_label("Badge/Confirmation Number").fill(SPINE[1])
    page.get_by_role("button", name="Log in").first.click()
    page.wait_for_url("**/spine30#archived")
    expect(page.locator("#archived")).to_be_visible()
    # Another one is copied from it.
    cme("new", "spine32", "--from", "spine30", "--starts-on", "2025-10-09", "--into", str(tmp_path))
    cme("load", str(tmp_path / "spine32"))
    page.goto("/spine32")
    expect(page.get_by_role("heading", level=1)).to_have_text("30th Spine & Joint Forum")
    page.goto("/pstm24")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Plastic Surgery")
