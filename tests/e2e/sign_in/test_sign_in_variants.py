"""Sign-in with several registrations, with single sign-on, and by many people at once."""

import shutil
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import islice
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, build_opener

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from cme_reflex import text
from tests.support.e2e.cme_server import CmeServer, run_cme, run_server
from tests.support.e2e.devices import DEMO, DESKTOP
from tests.support.servers.oidc_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    OidcProvider,
    run_oidc_provider,
)

TWICE = "Okafor,Chidi,,249901,PSTM24ZZ,,physician,full,cokafor\n"
SIGNED_IN = {"cme_sign_in.pstm24", "cme_meeting", "cme_known_browser"}


# Reading registrations takes for ever, so that each attempt is interrupted; and no more.
SLOW = """
ALTER TABLE attendee RENAME TO elsewhere;
CREATE VIEW attendee AS WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number)
SELECT elsewhere.* FROM elsewhere WHERE (SELECT count(*) FROM number) > 0;
"""
QUICK = "DROP VIEW attendee; ALTER TABLE elsewhere RENAME TO attendee;"


@pytest.fixture
def provider() -> Iterator[OidcProvider]:
    with run_oidc_provider() as provider:
        provider.username = "cokafor"
        yield provider


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the demo meeting's folder."""
    return Path(shutil.copytree(DEMO, tmp_path / "pstm24"))


@pytest.fixture
def twice_registered(folder: Path) -> None:
    """Give the demo's member a second registration."""
    with (folder / "attendees.csv").open("a", encoding="utf-8") as table:
        table.write(TWICE)


@pytest.fixture
def with_provider(folder: Path, provider: OidcProvider) -> None:
    """Configure single sign-on for the demo's members."""
    with (folder / "meeting.toml").open("a", encoding="utf-8") as table:
        table.write(
            f"\n[single_sign_on]\nissuer = {provider.issuer!r}\nclient_id = {CLIENT_ID!r}\n"
            "label = 'Sign in with PlasticSurgery.org'\n"
        )


@pytest.fixture
def site(built: None, demo_database: Path, folder: Path, tmp_path: Path) -> Iterator[CmeServer]:
    """A server of the changed meeting."""
    url = f"sqlite:///{shutil.copy(demo_database, tmp_path / 'cme.db')}"
    run_cme("meeting", "load", str(folder), CME_DATABASE_URL=url)
    secret = {"CME_OIDC_CLIENT_SECRET": CLIENT_SECRET}
    with run_server(url, tmp_path / "server.log", **secret) as server:
        yield server


@pytest.fixture
def visitor(browser: Browser, site: CmeServer) -> Iterator[BrowserContext]:
    """A new browser context."""
    # Under the host of the callback URL; the provider is another site, as a society's is.
    url = site.url.replace("127.0.0.1", "localhost")
    context = browser.new_context(base_url=url, **DESKTOP)  # type: ignore[arg-type]
    yield context
    context.close()


@pytest.mark.usefixtures("twice_registered")
def test_a_member_with_two_registrations_chooses_one(visitor: BrowserContext) -> None:
    page = visitor.new_page()
    page.goto("/")
    page.get_by_role("heading", name="PlasticSurgery.org").click()
    page.get_by_label("Username").fill("cokafor")
    page.get_by_label("Password").fill("face-lift-2024")
    page.get_by_role("button", name="Log in").last.click()
    expect(page.get_by_role("heading", name="Which registration?")).to_be_visible()
    expect(page.get_by_role("listitem")).to_have_count(2)
    second = page.get_by_role("listitem").filter(has_text="Badge 249901, confirmation PSTM24ZZ")
    second.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/claim")
    expect(page.get_by_role("main")).to_contain_text("Chidi Okafor")
    assert {cookie.get("name") for cookie in visitor.cookies()} == SIGNED_IN


@pytest.mark.usefixtures("twice_registered")
def test_the_registrations_are_shown_as_soon_as_the_database_can_be_read(
    visitor: BrowserContext, site: CmeServer
) -> None:
    page = visitor.new_page()
    form = {"way": "member", "username": "cokafor", "password": "face-lift-2024"}
    page.request.post("/sign-in", form=form, max_redirects=0)
    with closing(sqlite3.connect(site.database_url.removeprefix("sqlite:///"))) as database:
        database.executescript(SLOW)
        page.goto("/registrations")
        expect(page.get_by_text(text.registrations.UNAVAILABLE)).to_be_visible()
        database.executescript(QUICK)
    expect(page.get_by_role("listitem")).to_have_count(2)
    expect(page.get_by_text(text.registrations.UNAVAILABLE)).to_be_hidden()


def test_without_a_pending_sign_in_there_is_no_choice_of_registrations(
    visitor: BrowserContext,
) -> None:
    page = visitor.new_page()
    page.goto("/registrations")
    page.wait_for_url("**/pstm24#choice-expired")
    expect(page.get_by_text("That took too long.")).to_be_visible()


@pytest.mark.usefixtures("with_provider")
def test_the_single_sign_on_leads_to_the_provider_and_back(
    visitor: BrowserContext, provider: OidcProvider
) -> None:
    page = visitor.new_page()
    page.goto("/sessions?q=ultrasound")
    page.goto("/sign-in/sso")
    page.wait_for_url("**/sessions?q=ultrasound")
    expect(page.get_by_label("Search Sessions")).to_have_value("ultrasound")
    assert provider.requests.count("/authorize") == 1
    names = {cookie.get("name") for cookie in visitor.cookies()}
    assert names == SIGNED_IN


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *args: object) -> None:
        """Do not follow the redirect."""


def _post_sign_in(url: str, last_name: str, number: str) -> str:
    form = urlencode({"way": "badge", "last_name": last_name, "number": number})
    try:
        build_opener(_NoRedirects).open(f"{url}/sign-in", form.encode())
    except HTTPError as answer:
        with answer:
            return str(answer.headers["location"])
    raise AssertionError("a sign-in answers with a redirect")


def test_three_hundred_sign_in_from_one_address_and_every_fourth_mistypes_first(
    site: CmeServer, all_people: list[tuple[str, str]]
) -> None:
    def signs_in(person: tuple[int, tuple[str, str]]) -> str:
        place, (last_name, number) = person
        if place % 4 == 0:
            assert (
                _post_sign_in(site.url, last_name, f"no such {number}") == "/pstm24#not-recognised"
            )
        return _post_sign_in(site.url, last_name, number)

    crowd = list(enumerate(islice(all_people, 300)))
    assert len(crowd) == 300
    with ThreadPoolExecutor(20) as hall:
        assert set(hall.map(signs_in, crowd)) == {"/pstm24/claim"}
