"""What a browser shows before Submit is what the receipt and the certificate say afterwards."""

import random
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page, expect

from tests.support.e2e.attendee import SEED, Attendee
from tests.support.e2e.cme_server import CmeServer, run_cme
from tests.support.files.pdfs import page_texts

SEEDS = range(4)
STEPS = 6

# What check-your-answers displays, and its fields: the page's own words, read at once.
SHOWN = """() => {
    const value = (id) => document.getElementById(id).value;
    const pairs = [...document.querySelectorAll("section dl > div")]
        .map((row) => [...row.children].map((cell) => cell.innerText));
    const section = document.getElementById("attestation").closest("section");
    const sessions = [...section.querySelectorAll("li")]
        .filter((row) => row.lastElementChild?.matches(".tabular-nums"))
        .map((row) => [row.querySelector("p").innerText, row.lastElementChild.innerText]);
    return {
        name: value("name-on-certificate"),
        profession: value("profession"),
        category1: value("total-category1"),
        safety: value("total-safety") || "0.00",
        summary: Object.fromEntries(pairs),
        sessions,
    };
}"""

# Submit has led home, or to what has changed or is missing, or the page says that it was not sent,
# because a change was not saved in time.
ANSWERED = """() => location.pathname === "/pstm24/claim"
    || ["changes", "error-summary"].includes(document.activeElement.id)
    || /was not sent|You can tap/.test(document.querySelector(".queue-action").innerText)"""


def totals(page: Page) -> Locator:
    return page.get_by_role("region", name="Your claim so far")


def attestation(page: Page) -> Locator:
    return page.locator("#attestation")


@pytest.fixture
def other_device(
    attendee: Attendee, context: BrowserContext, browser: Browser
) -> Iterator[Attendee]:
    """The same attendee on another device, of which this browser hears only from the server."""
    device = browser.new_context(base_url=attendee.page.url)
    device.add_cookies(context.cookies())  # type: ignore[arg-type]
    yield Attendee(device.new_page())
    device.close()


def saved(page: Page) -> None:
    """Wait until what was tapped is saved."""
    expect(page.locator("[data-save-message=saved]").first).to_be_visible()


def refresh(page: Page) -> None:
    """Return to the tab."""
    page.bring_to_front()
    page.evaluate("document.querySelector('[data-cme-refresh]').click()")


def test_a_lower_total_is_said_beside_submit_and_all_is_one_tap_away(
    attendee: Attendee, page: Page
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    attendee.prepare_claim(SEED[0])
    page.get_by_role("link", name="Save & Go Back").click()
    attendee.claim_sessions(*SEED[1:3])
    supported = "5.00"
    expect(totals(page)).to_contain_text(f"1.50 claimed of {supported} hours supported")
    attendee.open_submit()
    # The list has changed, so it is not attested.
    expect(attestation(page)).not_to_be_checked()
    expect(page.get_by_text("Check it and confirm again.")).to_be_visible()
    less = f"You claim 1.50 of the {supported} hours that your sessions support."
    expect(totals(page)).to_contain_text(f"1.50 claimed of {supported} hours supported")
    expect(totals(page)).to_contain_text(less)
    claim_all = totals(page).get_by_role("button", name=f"Claim all {supported}", exact=True)
    for visible in (claim_all, page.get_by_role("button", name="Submit", exact=True)):
        expect(visible).to_be_in_viewport(ratio=1)
    attestation(page).check()
    claim_all.click()
    expect(claim_all).to_have_count(0)
    expect(totals(page)).not_to_contain_text("You claim")
    expect(attestation(page)).not_to_be_checked()
    attendee.submit()
    expect(page.locator("#error-summary")).to_contain_text("Confirm the attestation")
    attestation(page).check()
    attendee.submit()
    page.wait_for_url("**/claim")
    expect(page.locator("#receipt")).to_contain_text(f"{supported} Category 1 hours claimed")
    expect(page.locator("#receipt")).not_to_contain_text("attended")


def test_a_change_on_another_device_is_shown_before_anything_is_submitted(
    attendee: Attendee, page: Page, other_device: Attendee
) -> None:
    attendee.prepare_claim(SEED[0], SEED[1])
    other = other_device
    other.page.goto("/claim")
    other.line(SEED[1]).get_by_role("button", name="Remove").click()
    expect(other.line(SEED[1])).to_have_count(0)
    # This page has not heard of it.
    attendee.submit()
    changes = page.locator("#changes")
    expect(changes).to_contain_text(f"Removed: {SEED[1]}")
    expect(changes).to_be_focused()
    expect(page.get_by_role("alert").first).to_contain_text("has changed since this page showed it")
    expect(attestation(page)).not_to_be_checked()
    assert "/submit" in page.url
    attestation(page).check()
    expect(changes).to_be_empty()


def test_a_refused_choice_is_not_shown_as_chosen(
    attendee: Attendee, page: Page, other_device: Attendee
) -> None:
    attendee.prepare_claim(SEED[0], SEED[1])
    hours = page.get_by_label("Claimed Category 1 Hours")
    hours.select_option("1.00")
    saved(page)
    other = other_device
    other.page.goto("/claim")
    other.line(SEED[1]).get_by_role("button", name="Remove").click()
    expect(other.line(SEED[1])).to_have_count(0)
    hours.select_option("3.50")
    expect(page.get_by_text("At most")).to_be_visible()
    expect(hours).to_have_value("1.00")


@pytest.mark.parametrize("seed", SEEDS)
def test_the_receipt_and_the_certificate_say_what_was_shown_at_the_tap(
    attendee: Attendee, page: Page, context: BrowserContext, seed: int
) -> None:
    rng = random.Random(seed)  # noqa: S311 - reproducible
    other = Attendee(context.new_page())
    attendee.prepare_claim(*rng.sample(SEED, 3))
    for _ in range(STEPS):
        rng.choice(CHANGES)(page, other, rng)
    for _ in range(9):
        page.bring_to_front()
        if rng.random() < 0.5:
            refresh(page)
        if not attestation(page).is_checked():
            attestation(page).click()  # not check(): unchecked again if something has changed
        if rng.random() < 0.3:
            rng.choice(CHANGES)(page, other, rng)
            page.bring_to_front()
        shown = page.evaluate(SHOWN)
        attendee.submit()
        page.wait_for_function(ANSWERED)
        if page.url.endswith("/claim"):
            break
        if not page.locator("#name-on-certificate").input_value():
            page.locator("#name-on-certificate").fill("Kim Smith")
            saved(page)
        if not page.get_by_label("Claimed Category 1 Hours").input_value():
            page.get_by_role("button", name="Claim all that my sessions support").click()
            saved(page)
    page.wait_for_url("**/claim")
    page.goto("/receipt")
    expect(page.get_by_role("heading", name="Your receipt")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download certificate").click()
    text = " ".join(page_texts(download.value.path().read_bytes()))
    compare(shown, page.get_by_role("main").inner_text(), text)


def compare(shown: dict[str, Any], receipt: str, certificate: str) -> None:
    """Compare what was shown with the receipt and the certificate."""
    supported = re.fullmatch(r"(\S+) of \S+ supported", shown["summary"]["Category 1"])
    assert supported is not None
    assert supported[1] == shown["category1"]
    lines = receipt.splitlines()
    for name, value in (
        ("Name", shown["name"]),
        ("Category 1 hours claimed", shown["category1"]),
        ("Of which Patient Safety", shown["safety"]),
    ):
        assert lines[lines.index(name) + 1] == value
    credit = (
        f"awarded {shown['category1']} AMA PRA Category 1 Credit"
        if shown["profession"] == "physician"
        else f"claimed {shown['category1']} credit"
    )
    for words in (shown["name"], credit, f"of which {shown['safety']}"):
        assert words in certificate
    assert shown["sessions"]
    for title, hours in shown["sessions"]:
        assert title in lines
        assert hours in lines
        assert f"{title} {hours}" in certificate
    printed = re.findall("|".join(map(re.escape, SEED)), certificate)
    assert sorted(printed) == sorted(title for title, _ in shown["sessions"])


def _change_hours(page: Page, other: Attendee, rng: random.Random) -> None:
    other.page.bring_to_front()
    other.page.goto("/claim")
    other.page.get_by_label(re.compile("^Hours of")).first.select_option(rng.choice(["15", "30"]))
    saved(other.page)


def _remove_and_add(page: Page, other: Attendee, rng: random.Random) -> None:
    other.page.bring_to_front()
    other.page.goto("/claim")
    button = other.page.locator("#lines").get_by_role("button", name="Remove").last
    if other.page.locator("#lines li").count() > 1:
        button.click()
        saved(other.page)


def _lower_total(page: Page, other: Attendee, rng: random.Random) -> None:
    page.bring_to_front()
    hours = page.get_by_label("Claimed Category 1 Hours")
    hours.select_option(rng.choice(["0.25", "0.50"]))


def _claim_all(page: Page, other: Attendee, rng: random.Random) -> None:
    page.bring_to_front()
    button = page.get_by_role("button", name="Claim all that my sessions support")
    if button.count():
        with suppress(Error):  # a change on its way claims all, and takes the button away
            button.click(timeout=1_000)


def _name(page: Page, other: Attendee, rng: random.Random) -> None:
    page.bring_to_front()
    page.locator("#name-on-certificate").fill(rng.choice(["Kim Núñez, MD", "Kim Smith", ""]))


def _profession(page: Page, other: Attendee, rng: random.Random) -> None:
    page.bring_to_front()
    page.locator("#profession").select_option(rng.choice(["physician", "other"]))


CHANGES: tuple[Callable[[Page, Attendee, random.Random], None], ...] = (
    _change_hours,
    _remove_and_add,
    _lower_total,
    _claim_all,
    _name,
    _profession,
)


def test_the_attendee_is_told_of_a_withdrawal_on_every_page(
    attendee: Attendee, page: Page, server: CmeServer
) -> None:
    attendee.prepare_claim(SEED[0])
    attendee.submit()
    page.wait_for_url("**/claim")
    number = page.locator("#receipt strong").inner_text()
    staff(server, "withdraw", number, "--reason", "Claimed for somebody else")
    refresh(page)
    notice = page.locator("#withdrawn")
    expect(notice).to_contain_text("Your claim was withdrawn")
    expect(notice).to_contain_text("for this reason: Claimed for somebody else.")
    expect(page.locator("#receipt")).to_have_count(0)
    expect(page.get_by_role("link", name="Overall Eval / Submit CME")).to_have_count(0)
    page.goto("/submit")
    page.wait_for_url("**/claim")
    page.goto("/sessions")
    expect(page.get_by_role("main")).to_contain_text("Your claim was withdrawn")
    page.goto("/receipt")
    expect(page.get_by_role("main")).to_contain_text("This receipt was withdrawn")
    expect(page.get_by_role("main")).not_to_contain_text("Your claim is complete")
    page.goto(f"/verify/{number}")
    expect(page.get_by_role("main")).to_contain_text("This certificate is not valid.")
    page.goto("/account")
    expect(page.get_by_role("main")).to_contain_text("This claim was withdrawn.")
    expect(page.get_by_role("link", name="Transcript PDF")).to_have_count(0)
    # Staff may reopen it, and only a new version is a proof.
    staff(server, "reopen", number, "--reason", "r", "--until", "2031-02-23T13:00")
    page.goto("/claim")
    expect(page.locator("#reopened")).to_contain_text("was withdrawn and is not proof of credit")
    attendee.open_submit()
    attestation(page).check()
    attendee.submit()
    page.wait_for_url("**/claim")
    expect(page.locator("#receipt")).to_contain_text("1.50 Category 1 hours claimed")
    page.goto(f"/verify/{number}")
    expect(page.get_by_role("main")).to_contain_text("This certificate is not valid.")


def staff(server: CmeServer, *command: str) -> None:
    """Run a command of `cme claims` on the server's database."""
    run_cme("claims", *command, CME_DATABASE_URL=server.database_url)
