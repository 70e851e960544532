"""A record rejected by PARS is shown to the attendee, corrected, and withdrawn."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.support.e2e import pars
from tests.support.e2e.attendee import SEED, Attendee
from tests.support.e2e.cme_server import CmeServer
from tests.support.e2e.sign_ins import strengthen


def test_a_rejected_record_is_shown_corrected_and_withdrawn(
    attendee: Attendee, page: Page, server: CmeServer, tmp_path: Path
) -> None:
    attendee.prepare_claim(SEED[0])
    attendee.submit()
    page.wait_for_url("**/claim")
    page.goto("/reporting")
    page.get_by_label("Month of birth").select_option(label="February")
    page.get_by_role("textbox", name="Day of birth").fill("29")
    page.get_by_label("State of licensure").select_option("California")
    # Fields are validated during input, before anything is saved.
    page.get_by_label("NPI", exact=True).press_sequentially("1234567890")
    expect(page.locator("#npi-error")).to_contain_text("not a valid ten-digit NPI")
    page.get_by_label("NPI", exact=True).fill("")
    expect(page.locator("#npi-error")).to_be_empty()
    page.get_by_label("License ID").fill("=A-77")
    expect(page.locator("#licence-id-error")).to_contain_text("Begin this with")
    page.get_by_label("License ID").fill("A-77")
    expect(page.locator("#licence-id-error")).to_be_empty()
    page.get_by_label("I consent").check()
    page.get_by_role("button", name="Opt in").click()
    expect(page.get_by_text("You are opted in.").first).to_be_visible()

    pars.export(tmp_path, server.database_url)
    row = pars.reject(tmp_path, server.database_url, "License not found")
    assert "\tCalifornia\tA-77\t" in row

    page.reload()
    expect(page.get_by_text("You see the reason after signing in")).to_be_visible()
    expect(page.get_by_text("••••", exact=False).first).to_be_visible()
    strengthen(server.database_url)
    page.reload()
    rejection = page.get_by_text("“License not found”")
    expect(rejection).to_be_visible()
    page.get_by_label("License ID").fill("A-78")
    page.get_by_role("button", name="Save changes").click()
    expect(rejection).to_have_count(0)
    page.reload()
    expect(page.get_by_label("License ID")).to_have_value("A-78")
    expect(rejection).to_have_count(0)
    assert ": 1 Add, 0 Delete" in pars.export(tmp_path, server.database_url)

    page.get_by_role("button", name="Withdraw consent").click()
    expect(page.get_by_text("You have withdrawn your consent.")).to_be_visible()
    assert ": 0 Add, 1 Delete" in pars.export(tmp_path, server.database_url)
