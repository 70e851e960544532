"""E-mail links in a browser, with the server's mail worker and a real mail server."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.e2e.attendee import Attendee
from tests.support.e2e.cme_server import CmeServer, run_cme, run_server
from tests.support.e2e.devices import PHONE
from tests.support.servers.smtp_server import LocalSmtpServer, ReceivedMessage, run_smtp_server

RIVERA = "elena.rivera@example.org"


@pytest.fixture(scope="module")
def smtp_server() -> Iterator[LocalSmtpServer]:
    """The mail server of this module."""
    with run_smtp_server() as smtp_server:
        yield smtp_server


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The server's log file."""
    return tmp_path_factory.mktemp("mail") / "server.log"


@pytest.fixture(scope="module")
def site(
    built: None, demo_database: Path, smtp_server: LocalSmtpServer, log: Path
) -> Iterator[CmeServer]:
    """The demo meeting, with a mail server in its settings."""
    file = shutil.copy(demo_database, log.parent / "cme.db")
    mail = {"CME_SMTP_URL": smtp_server.url, "CME_MAIL_FROM": "cme@example.org"}
    with run_server(f"sqlite:///{file}", log, **mail) as site:
        yield site


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def visitor(browser: Browser, site: CmeServer, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A phone, with scripts and without."""
    context = browser.new_context(base_url=site.url, java_script_enabled=request.param, **PHONE)  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


def request_link(page: Page, smtp_server: LocalSmtpServer, address: str) -> ReceivedMessage:
    """Request a link on the sign-in page, and return the message that the server sends."""
    before = len(smtp_server.received)
    page.goto("/")
    page.get_by_role("link", name="I do not have my number: send me a link").click()
    page.get_by_label("E-mail address").fill(address)
    page.get_by_role("button", name="Send me a link").click()
    expect(page.get_by_role("status").filter(has_text="we have sent a link to it")).to_be_visible()
    expect(page.get_by_role("alert").filter(visible=True)).to_have_count(0)
    while len(smtp_server.received) == before:
        page.wait_for_timeout(50)
    return smtp_server.received[-1]


def open_link(page: Page, site: CmeServer, link: str) -> None:
    """Open a link from a message; it leads to the site's public address."""
    path, _, token = link.partition("#")
    assert path.rpartition(":")[2] == f"{site.url.rpartition(':')[2]}/pstm24/link"
    assert path.startswith("http://localhost:")
    page.goto("about:blank")  # a change of the fragment alone would not load the page again
    page.goto(f"/pstm24/link#{token}")
    if not runs_scripts(page):
        page.get_by_label("Link").fill(link)
    else:
        expect(page.get_by_label("Link")).to_be_hidden()
    page.get_by_role("button", name="Continue").click()


def runs_scripts(page: Page) -> bool:
    """Whether this browser runs scripts, as shown by the attribute that they set."""
    return page.locator(":root[data-cme-link]").count() > 0


def test_a_link_signs_in_once_and_its_token_is_in_no_log(
    visitor: Page, site: CmeServer, smtp_server: LocalSmtpServer, log: Path
) -> None:
    link = request_link(visitor, smtp_server, RIVERA).link()
    open_link(visitor, site, link)
    visitor.wait_for_url("**/claim")
    open_link(visitor, site, link)
    expect(visitor.get_by_role("alert").filter(visible=True)).to_contain_text("already been used")
    expect(visitor.get_by_role("button", name="Send me a link")).to_be_visible()
    assert link.partition("#")[2] not in log.read_text()
    # The rate limit of an address covers all sign-in methods; the next test uses another attendee.


def test_a_member_sets_a_password_and_signs_in_with_it(
    visitor: Page, site: CmeServer, smtp_server: LocalSmtpServer
) -> None:
    environment = {
        "CME_DATABASE_URL": site.database_url,
        "CME_SMTP_URL": smtp_server.url,
        "CME_MAIL_FROM": "cme@example.org",
        "CME_PUBLIC_URL": site.url.replace("127.0.0.1", "localhost"),
    }
    run_cme("members", "invite", "cokafor", **environment)
    run_cme("mail", "send", **environment)
    invitation = [
        x for x in smtp_server.received if "Set your password" in str(x.message["Subject"])
    ][-1]
    open_link(visitor, site, invitation.link())
    expect(visitor.get_by_role("heading", name="Set your password")).to_be_visible()
    visitor.get_by_label("New password", exact=True).fill("short")
    visitor.get_by_label("New password again").fill("short")
    visitor.get_by_role("button", name="Set password").click()
    expect(visitor.get_by_role("alert").filter(visible=True)).to_contain_text("at least 12")
    visitor.get_by_label("New password", exact=True).fill("correct horse battery")
    visitor.get_by_label("New password again").fill("correct horse battery")
    visitor.get_by_role("button", name="Set password").click()
    expect(visitor.get_by_text("Your password is set.")).to_be_visible()
    visitor.get_by_role("heading", name="PlasticSurgery.org").click()
    visitor.get_by_label("Username").fill("cokafor")
    visitor.get_by_label("Password", exact=True).fill("correct horse battery")
    visitor.get_by_role("button", name="Log in").last.click()
    visitor.wait_for_url("**/claim")


def test_a_link_that_is_not_complete_can_be_pasted(
    context: BrowserContext,
) -> None:
    page = context.new_page()
    page.goto("/pstm24/link#half-of-it")
    page.get_by_label("Link").fill("https://cme.example.org/pstm24/link#half-of-it")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert").filter(visible=True)).to_contain_text("incomplete")


def test_a_link_steps_up_and_leads_back_to_the_page(
    browser: Browser, site: CmeServer, smtp_server: LocalSmtpServer
) -> None:
    context = browser.new_context(base_url=site.url)
    page = context.new_page()
    Attendee(page).sign_in_by_request("O’Brien-Nunez", "240002")
    page.goto("/reporting")
    page.get_by_label("Month of birth").select_option("2")
    page.get_by_role("textbox", name="Day of birth").fill("28")
    page.get_by_label("State of licensure").select_option("Texas")
    page.get_by_label("License ID").fill("TX-4711")
    page.get_by_label("I consent").check()
    page.get_by_role("button", name="Opt in").click()
    expect(page.get_by_text("••••11")).to_be_visible()
    expect(page.get_by_label("License ID")).to_have_count(0)
    before = len(smtp_server.received)
    page.get_by_role("link", name="E-mail me a link").click()
    page.get_by_label("E-mail address").fill("kathleen.obriennunez@example.com")
    page.get_by_role("button", name="Send me a link").click()
    while len(smtp_server.received) == before:
        page.wait_for_timeout(50)
    open_link(page, site, smtp_server.received[-1].link())
    page.wait_for_url("**/reporting")
    expect(page.get_by_label("License ID")).to_have_value("TX-4711")
    page.goto("/account")
    expect(page.get_by_text("This browser")).to_be_visible()
    expect(page.get_by_text("by an e-mail link")).to_be_visible()
    context.close()
