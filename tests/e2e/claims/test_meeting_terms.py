"""Other terms of a meeting: overlap policy, claim period, forms, reopening."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.e2e.attendee import SEED, Attendee
from tests.support.e2e.cme_server import CmeServer, run_cme
from tests.support.e2e.devices import DESKTOP
from tests.support.e2e.reloadable_meeting import (
    ReloadableMeeting,
    serve_reloadable_meeting,
)
from tests.support.e2e.scrolling import scroll_by

LAB = "Facelift Cadaver Lab"

Load = Callable[..., None]


@pytest.fixture(scope="module")
def other_server(
    built: None, demo_database: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[CmeServer, ReloadableMeeting]]:
    """A separate server with a reloadable meeting."""
    with serve_reloadable_meeting(demo_database, tmp_path_factory.mktemp("terms")) as served:
        yield served


@pytest.fixture
def terms(other_server: tuple[CmeServer, ReloadableMeeting]) -> Load:
    """Load the meeting with these terms."""
    return other_server[1].load


@pytest.fixture
def page(browser: Browser, other_server: tuple[CmeServer, ReloadableMeeting]) -> Iterator[Page]:
    context = browser.new_context(base_url=other_server[0].url, **DESKTOP)  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


def test_before_the_period_nothing_can_be_added_and_the_page_shows_when_it_opens(
    terms: Load, attendee: Attendee, page: Page
) -> None:
    terms(opens_at="2030-02-23T13:00:00-08:00")
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("Claims open on Feb 23, 2030, 1:00 pm PT.")
    attendee.open_sessions()
    add = attendee.rows.first.get_by_role("button", name=re.compile("^Add "))
    expect(add).to_be_disabled()


def test_after_the_period_the_claim_can_be_read(
    terms: Load, attendee: Attendee, page: Page
) -> None:
    terms()
    attendee.open_sessions()
    attendee.add_session(SEED[0])
    terms(closes_at="2025-02-23T13:00:00-08:00")
    attendee.return_to_claim()
    expect(page.get_by_role("main")).to_contain_text("Claims closed on Feb 23, 2025, 1:00 pm PT.")
    line = attendee.line(SEED[0])
    expect(line).to_contain_text("1.50 hours")
    expect(line.get_by_role("combobox")).to_have_count(0)
    expect(line.get_by_role("button", name="Remove")).to_have_count(0)
    page.get_by_role("link", name="Overall Eval / Submit CME").click()
    expect(page.get_by_role("button", name="Submit", exact=True)).to_be_disabled()


def test_a_change_after_the_deadline_is_reverted_with_a_visible_reason(
    terms: Load, attendee: Attendee, page: Page
) -> None:
    why = "Claims closed on Feb 23, 2025, 1:00 pm PT."
    terms()
    attendee.open_sessions()
    attendee.add_session(SEED[0])
    attendee.search("")
    middle = attendee.rows.filter(has=page.locator("[data-row='12']"))
    expect(middle).to_be_visible()
    scroll_by(page, 800)
    add = middle.get_by_role("button", name=re.compile("^Add"))
    add.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    terms(closes_at="2025-02-23T13:00:00-08:00")
    add.click()
    refusal = page.locator(".queue-refused").filter(has_text=why)
    expect(refusal).to_be_in_viewport(ratio=1)
    expect(page.get_by_text("Saved", exact=True)).to_be_hidden()
    expect(add).to_have_accessible_name(re.compile("^Add "))
    expect(add).not_to_have_attribute("data-unsaved", "")
    assert page.evaluate("scrollY") == before
    terms()
    attendee.return_to_claim()
    line = attendee.line(SEED[0])
    expect(line).to_be_visible()
    terms(closes_at="2025-02-23T13:00:00-08:00")
    line.get_by_role("button", name="Remove").click()
    expect(refusal).to_be_in_viewport(ratio=1)
    expect(line).to_be_visible()


def test_under_cap_overlapping_time_counts_once_and_blocks_nothing(
    terms: Load, attendee: Attendee, page: Page
) -> None:
    terms(overlap_policy='"cap"')
    attendee.prepare_claim(SEED[0], LAB)
    expect(page.locator("#conflicts")).to_contain_text("counted once")
    expect(page.get_by_label("Claimed Category 1 Hours")).to_have_value("4.00")
    attendee.submit()
    expect(page.locator("#receipt")).to_contain_text("4.00 Category 1 hours claimed")


def test_under_allow_both_are_claimed(terms: Load, attendee: Attendee, page: Page) -> None:
    terms(overlap_policy='"allow"')
    attendee.prepare_claim(SEED[0], LAB)
    expect(page.locator("#conflicts")).to_contain_text("lets you claim both")
    attendee.submit()
    expect(page.locator("#receipt")).to_contain_text("5.50 Category 1 hours claimed")


def test_required_session_evaluations_are_listed_and_linked(
    terms: Load, attendee: Attendee, page: Page
) -> None:
    terms(session_evaluations_required="true", required="true")
    attendee.prepare_claim(SEED[0])
    attendee.submit()
    link = page.locator("#error-summary").get_by_role("link", name=f"Evaluate {SEED[0]}")
    link.first.click()
    expect(page.get_by_role("heading", name=SEED[0])).to_be_visible()
    attendee.answer_required_questions()
    page.get_by_role("link", name="Done").click()
    attendee.open_submit()
    page.locator("#attestation").check()
    attendee.submit()
    expect(page.locator("#receipt")).to_contain_text("1.50 Category 1 hours claimed")


def test_an_attendee_reopens_the_claim_and_submits_it_again(
    terms: Load, attendee: Attendee, page: Page
) -> None:
    terms(attendee_may_reopen="true")
    attendee.prepare_claim(SEED[0])
    attendee.submit()
    first = page.locator("#receipt strong").inner_text()
    page.get_by_role("button", name="Reopen my claim").click()
    expect(page.locator("#reopened")).to_contain_text(f"receipt {first} stays valid")
    attendee.prepare_claim(SEED[1])
    attendee.submit()
    expect(page.locator("#receipt")).to_contain_text("3.50 Category 1 hours claimed")
    page.get_by_role("link", name="See your receipt").first.click()
    expect(page.get_by_role("main")).to_contain_text(f"{first}, replaced: 1.50 hours")


def test_staff_reopen_a_claim_with_a_separate_deadline(
    terms: Load, other_server: tuple[CmeServer, ReloadableMeeting], attendee: Attendee, page: Page
) -> None:
    terms()
    attendee.prepare_claim(SEED[0])
    attendee.submit()
    number = page.locator("#receipt strong").inner_text()
    url = other_server[0].database_url
    run_cme(
        "claims", "reopen", number, "--reason", "A session was forgotten",
        "--until", "2031-02-23T13:00", CME_DATABASE_URL=url,
    )  # fmt: skip
    page.reload()
    expect(page.locator("#reopened")).to_contain_text("submit again by Feb 23, 2031, 1:00 pm PT")
    expect(attendee.line(SEED[0]).get_by_role("button", name="Remove")).to_be_visible()


def test_a_window_with_a_stale_claim_refreshes_before_it_submits(
    terms: Load, attendee: Attendee, page: Page, browser: Browser
) -> None:
    terms()
    attendee.prepare_claim(SEED[0])
    # On another device: a tab of the same browser would tell this one.
    device = browser.new_context(
        base_url=str(page.evaluate("location.origin")), storage_state=page.context.storage_state()
    )
    other = Attendee(device.new_page())
    other.page.goto("/claim")
    other.open_sessions()
    other.add_session(SEED[1])
    device.close()
    attendee.submit()
    expect(page.get_by_role("alert").first).to_contain_text("has changed since this page showed it")
    totals = page.get_by_role("region", name="Your claim so far")
    expect(totals).to_contain_text("1.50 claimed of 3.50 hours supported")
    page.locator("#attestation").check()
    attendee.submit()
    expect(page.locator("#receipt")).to_contain_text("1.50 Category 1 hours claimed")
    expect(page.locator("#receipt")).to_contain_text("Of 3.50 hours attended, 1.50 are claimed.")
