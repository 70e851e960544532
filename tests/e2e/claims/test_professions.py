"""Four professions claim one meeting on a phone, each the credit that it is offered.

The figures beside each claim were computed by hand from the programme.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.e2e.attendee import Attendee
from tests.support.e2e.cme_server import CmeServer, run_cme, run_server
from tests.support.e2e.devices import PHONE
from tests.support.files.pdfs import page_texts

CHECKLISTS = "Safer Spine Surgery: What Checklists Change"  # Thursday, 7:00–8:00
DECOMPRESS = "Degenerative Spondylolisthesis: Decompress, Fuse or Wait"  # 8:00–9:30
LUMBAR_FUSION = "Nursing the Patient after Lumbar Fusion: First 48 Hours"  # 8:00–9:30
STEWARDSHIP = "Opioid Stewardship after Spine Surgery"  # 10:00–12:00
GUIDELINE = "Reading the Paper Behind the Guideline"  # 11:00–12:30
EVIDENCE = "Thromboprophylaxis in Joint Replacement: 100 Minutes of Evidence"  # 13:30–15:10
CONSENT = "Informed Consent across Languages"  # 13:30–14:20
INFECTION = "Infection after Arthroplasty: One Protocol, Many Hands"  # 15:30–17:00
CASES = "Case Conference: Ask the Whole Team"  # 17:00–18:30


@pytest.fixture(scope="module")
def spine_server(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CmeServer]:
    """A server of the second demo meeting, with the pages that the first was built with."""
    folder = tmp_path_factory.mktemp("spine30")
    url = f"sqlite:///{folder / 'cme.db'}"
    run_cme("db", "upgrade", CME_DATABASE_URL=url)
    run_cme("meeting", "load", "meetings/spine30", CME_DATABASE_URL=url)
    with run_server(url, folder / "server.log", CME_MEETING="spine30") as server:
        yield server


@pytest.fixture
def context(browser: Browser, spine_server: CmeServer) -> Iterator[BrowserContext]:
    """A phone."""
    context = browser.new_context(base_url=spine_server.url, **PHONE)  # type: ignore[arg-type]
    yield context
    context.close()


def signed_in(page: Page, last_name: str, badge: str, *titles: str) -> Attendee:
    """Sign in, add these sessions, and return to the claim."""
    attendee = Attendee(page)
    attendee.sign_in_by_request(last_name, badge)
    attendee.open_sessions()
    for title in titles:
        attendee.add_session(title)
    attendee.return_to_claim()
    return attendee


def submit(attendee: Attendee) -> None:
    """Attest and submit."""
    page = attendee.page
    saved = page.locator("[data-save-message]:visible").filter(has_text=re.compile("^Saved$"))
    expect(saved).to_be_visible()  # a choice that is saved later would take the tick away
    page.locator("#attestation").check()
    attendee.submit()
    page.wait_for_url("**/claim")


def certificate(page: Page) -> str:
    """The text of the only certificate."""
    page.goto("/receipt")
    expect(page.get_by_role("heading", name="Your receipt")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download certificate").click()
    return " ".join(page_texts(Path(download.value.path()).read_bytes()))


def test_a_nurse_claims_contact_hours_and_pharmacology(page: Page) -> None:
    # 10:00–12:30 counts once: 2.50 of 2.00 and 1.50; with 1.50 before it 4.00.
    # Of it 0.50 and 2.00 are pharmacology.
    attendee = signed_in(page, "Jackson", "30003", LUMBAR_FUSION, STEWARDSHIP, GUIDELINE)
    expect(page.get_by_text("2.50 hours possible, 3.50 claimed")).to_be_visible()
    attendee.open_submit()
    attendee.answer_required_questions()
    page.get_by_label("Claimed Nursing Hours").select_option("4.00")
    page.get_by_label("Claimed Pharmacology Hours").select_option("2.50")
    submit(attendee)
    text = certificate(page)
    assert "awarded 4.00 nursing contact hours of which 2.50 credits are Pharmacology" in text
    assert "Certificate of Credit" in text
    assert "Provider number P0030" in text
    assert "American Nurses Credentialing Center" in text


def test_a_pharmacist_claims_the_sessions_that_are_evaluated(page: Page) -> None:
    # 2.00 and 1.75 contact hours are 0.375 CEU; the session that is not evaluated adds nothing.
    attendee = signed_in(page, "Patel", "30004", STEWARDSHIP, EVIDENCE, CONSENT)
    for title in (STEWARDSHIP, EVIDENCE):
        attendee.line(title).get_by_role("link").first.click()
        page.locator(".scale-point").first.click()
        page.get_by_role("link", name="Done").click()
        expect(page.get_by_role("heading", name="Session Evaluations")).to_be_visible()
    attendee.open_submit()
    attendee.answer_required_questions()
    page.get_by_role("button", name="Claim all that my sessions support").first.click()
    submit(attendee)
    text = certificate(page)
    assert "awarded 0.375 CEUs" in text
    assert f"{STEWARDSHIP} UAN 0730-0000-24-002-L01-P" in text
    assert CONSENT not in text


def test_an_american_surgeon_claims_category_1_with_its_subsets(page: Page) -> None:
    # 1.00, 2.00 and 0.75; Patient Safety 1.00 and 1.00, Ethics 0.75, Opioid Prescribing 2.00.
    attendee = signed_in(page, "Abernathy", "30001", CHECKLISTS, STEWARDSHIP, CONSENT)
    attendee.open_submit()
    attendee.answer_required_questions()
    page.get_by_label("Claimed AMA PRA Category 1 Hours").select_option("3.75")
    page.get_by_label("Claimed Patient Safety Hours").select_option("2.00")
    page.get_by_label("Claimed Ethics Hours").select_option("0.75")
    page.get_by_label("Claimed Opioid Prescribing Hours").select_option("2.00")
    submit(attendee)
    text = certificate(page)
    assert (
        "awarded 3.75 AMA PRA Category 1 Credits™ of which 2.00 credits are Patient Safety, "
        "0.75 credits are Ethics and 2.00 credits are Opioid Prescribing" in text
    )
    assert "European" not in text


def test_a_european_surgeon_claims_eight_credits_of_a_long_day(page: Page) -> None:
    # 1.0, 1.5, 2.0, 1.5 (of 100 minutes), 1.5 and 1.5 are 9.0, of which a day gives 8.0.
    attendee = signed_in(
        page, "Weber", "30002", CHECKLISTS, DECOMPRESS, STEWARDSHIP, EVIDENCE, INFECTION, CASES
    )
    attendee.open_submit()
    attendee.answer_required_questions()
    page.get_by_label("Claimed European CME").select_option("8.0")
    submit(attendee)
    text = certificate(page)
    assert "awarded 8.0 European CME credits (ECMEC®s)" in text
    assert "AMA PRA" not in text
