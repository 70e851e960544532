"""The account in a browser: totals, claims and downloads."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.support.e2e.attendee import SEED, Attendee
from tests.support.e2e.cme_server import CmeServer, add_earlier_claims
from tests.support.e2e.keyboard import Keyboard
from tests.support.e2e.reloadable_meeting import serve_reloadable_meeting
from tests.support.files.pdfs import page_texts


@dataclass
class Site:
    """The demo meeting, with earlier claims of a member."""

    server: CmeServer
    submitted: bool = False


@pytest.fixture(scope="module")
def site(
    built: None, demo_database: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """A server of this database."""
    with serve_reloadable_meeting(demo_database, tmp_path_factory.mktemp("account")) as (
        server,
        terms,
    ):
        add_earlier_claims(terms.database_url, "cokafor")
        yield Site(server)


@pytest.fixture
def member(browser: Browser, site: Site, screen: dict[str, object]) -> Iterator[Attendee]:
    """A member who submitted claims in 2022, 2023 and 2024."""
    context = browser.new_context(base_url=site.server.url, **screen)  # type: ignore[arg-type]
    attendee = Attendee(context.new_page())
    attendee.sign_in_as_member_by_request("cokafor", "face-lift-2024")
    if not site.submitted:
        attendee.submit_claim(SEED[4])
        site.submitted = True
    yield attendee
    context.close()


def year(page: Page, of: int) -> Locator:
    """The section of a year."""
    return page.locator(f"#year-{of}")


def download(page: Page, link: Locator, folder: Path) -> bytes:
    """The file behind a link."""
    with page.expect_download() as waiting:
        link.click()
    file = folder / waiting.value.suggested_filename
    waiting.value.save_as(file)
    return file.read_bytes()


def test_a_member_sees_the_totals_and_downloads_the_transcript(
    member: Attendee, tmp_path: Path
) -> None:
    page = member.page
    page.get_by_role("link", name="See your receipt").first.click()
    expect(page.get_by_role("main")).to_contain_text("reflects on your account")
    page.get_by_role("banner").get_by_role("link", name="Account").click()
    page.wait_for_url("**/account")
    headings = page.get_by_role("heading", level=2)
    expect(headings).to_have_text(["2024", "2023", "2022", "Where you are signed in"])
    expect(year(page, 2023)).to_contain_text("1.00 hours")
    expect(year(page, 2022)).to_contain_text("1.25 hours")
    expect(year(page, 2023)).to_contain_text("1 earlier version")
    label = year(page, 2024).get_by_role("link", name="Certificate").inner_text()
    number = label.removeprefix("Certificate ")
    bar = page.get_by_role("region", name="Your claim so far")
    expect(bar).to_contain_text("3 claims")
    total = bar.locator(".animated-number").inner_text()
    table = download(page, bar.get_by_role("link", name="Transcript CSV"), tmp_path)
    rows = list(csv.DictReader(table.decode("utf-8-sig").splitlines()))
    primary = [row for row in rows if row["credit_type"] == "category1"]
    assert [row["year"] for row in primary] == ["2024", "2023", "2022"]
    assert primary[0]["receipt"] == number
    assert f"{sum(float(row['claimed']) for row in primary):.2f}" == total
    pdf = download(page, bar.get_by_role("link", name="Transcript PDF"), tmp_path)
    (text,) = page_texts(pdf)
    assert text.startswith("Transcript of CME Credit Chidi Okafor")
    assert f"Total of all years Category 1 {total}" in text
    # The member can also download certificates of other meetings.
    certificate = year(page, 2022).get_by_role("link", name="Certificate")
    pdf = download(page, certificate, tmp_path)
    assert "The Test Meeting 2022" in page_texts(pdf)[0]


def test_the_account_can_be_used_by_keyboard(member: Attendee) -> None:
    page, keyboard = member.page, Keyboard(member.page)
    keyboard.press_on(page.get_by_role("banner").get_by_role("link", name="Account"))
    page.wait_for_url("**/account")
    expect(year(page, 2023)).to_be_visible()
    keyboard.move_to(year(page, 2024).get_by_role("link", name="Certificate"))
    replaced = year(page, 2023).locator("summary")
    keyboard.press_on(replaced)
    keyboard.move_to(year(page, 2023).get_by_role("link", name="replaced"))
    for name in ("Transcript CSV", "Transcript PDF"):
        keyboard.move_to(page.get_by_role("link", name=name))
    page.locator("#main").focus()
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="Save & Log Out")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/claim")


def test_without_a_submitted_claim_the_account_links_to_the_claim(
    screen_context: BrowserContext, people: Iterator[tuple[str, str]]
) -> None:
    page = screen_context.new_page()
    Attendee(page).sign_in_by_request(*next(people))
    page.get_by_role("banner").get_by_role("link", name="Account").click()
    expect(page.get_by_role("heading", name="Nothing submitted yet")).to_be_visible()
    expect(page.get_by_role("link", name="Transcript PDF")).to_have_count(0)
    page.get_by_role("link", name="Go to your claim").click()
    page.wait_for_url("**/claim")


def test_the_account_opens_after_signing_in(
    screen_context: BrowserContext, people: Iterator[tuple[str, str]]
) -> None:
    page = screen_context.new_page()
    page.goto("/account")
    last_name, badge = next(people)
    page.get_by_label("Last Name").fill(last_name)
    page.get_by_label("Badge/Confirmation Number").fill(badge)
    page.get_by_role("button", name="Log in").first.click()
    page.wait_for_url("**/account")
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
