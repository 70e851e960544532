"""Sign-in and sign-out, with and without scripts."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.e2e.attendee import Attendee
from tests.support.e2e.cme_server import CmeServer
from tests.support.e2e.traffic import record_sent


@pytest.fixture
def scriptless(browser: Browser, server: CmeServer) -> Iterator[Page]:
    """A page of a browser with scripts disabled."""
    context = browser.new_context(base_url=server.url, java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_the_form_and_its_errors_need_no_script(scriptless: Page) -> None:
    page = scriptless
    page.goto("/")
    expect(page.get_by_role("alert")).to_have_count(0)
    page.get_by_label("Last Name").fill("Nobody")
    page.get_by_label("Badge/Confirmation Number").fill("1")
    page.get_by_role("button", name="Log in").first.click()
    expect(page.get_by_role("alert")).to_contain_text("We could not find that combination")
    assert page.url.endswith("/pstm24#not-recognised")


def test_a_wrong_password_opens_the_member_form_with_its_error(scriptless: Page) -> None:
    page = scriptless
    page.goto("/")
    page.get_by_role("heading", name="PlasticSurgery.org").click()
    page.get_by_label("Username").fill("cokafor")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").last.click()
    expect(page.get_by_role("alert")).to_contain_text("username and password")
    expect(page.get_by_label("Username")).to_be_visible()


def test_after_five_failures_the_page_says_how_long_to_wait(
    scriptless: Page, people: Iterator[tuple[str, str]]
) -> None:
    page = scriptless
    _, number = next(people)
    for _ in range(6):
        page.goto("/")
        page.get_by_label("Last Name").fill("Nobody")
        page.get_by_label("Badge/Confirmation Number").fill(number)
        page.get_by_role("button", name="Log in").first.click()
    expect(page.get_by_role("alert")).to_have_text(
        "Too many attempts. Wait a minute, then try again, or use a sign-in link by e-mail."
    )
    assert page.url.endswith("/pstm24#wait-1")


def test_after_an_error_only_the_last_name_is_still_filled_in(
    page: Page, people: Iterator[tuple[str, str]]
) -> None:
    last_name, number = next(people)
    page.goto("/")
    page.get_by_label("Last Name").fill(last_name)
    page.get_by_label("Badge/Confirmation Number").fill("no such number")
    page.get_by_role("button", name="Log in").first.click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Last Name")).to_have_value(last_name)
    expect(page.get_by_label("Badge/Confirmation Number")).to_have_value("")
    page.get_by_label("Badge/Confirmation Number").fill(number)
    page.get_by_role("button", name="Log in").first.click()
    page.wait_for_url("**/claim")
    page.get_by_role("button", name="Save & Log Out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    expect(page.get_by_label("Last Name")).to_have_value("")


def test_a_shared_computer_forgets_who_was_signed_in(
    page: Page, people: Iterator[tuple[str, str]]
) -> None:
    page.goto("/")
    for _ in range(2):
        last_name, number = next(people)
        page.get_by_label("Last Name").fill(last_name)
        page.get_by_label("Badge/Confirmation Number").fill(number)
        page.get_by_role("button", name="Log in").first.click()
        page.wait_for_url("**/claim")
        page.get_by_role("button", name="Save & Log Out").click()
        expect(page.get_by_text("You are signed out.")).to_be_visible()
    assert "cme_known_browser" in {each["name"] for each in page.context.cookies()}
    page.get_by_role("button", name="Shared computer? Forget me here").click()
    expect(page.get_by_text("it does not recognize you any more")).to_be_visible()
    expect(page.get_by_text("You are signed out. Everything")).to_be_hidden()
    assert page.context.cookies() == []


def test_after_a_wrong_password_only_the_username_is_still_filled_in(page: Page) -> None:
    page.goto("/")
    page.get_by_role("heading", name="PlasticSurgery.org").click()
    page.get_by_label("Username").fill("nobody")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").last.click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Username")).to_have_value("nobody")
    expect(page.get_by_label("Password")).to_have_value("")


def test_a_badges_qr_code_fills_in_the_number_and_sends_nothing(page: Page) -> None:
    sent = record_sent(page)
    number = page.get_by_label("Badge/Confirmation Number")
    page.goto("/pstm24#badge=QR-777%20123")
    expect(number).to_have_value("QR-777 123")
    expect(page.get_by_label("Last Name")).to_have_value("")
    expect(page.get_by_role("alert")).to_have_count(0)
    page.wait_for_load_state("networkidle")
    expect(number).to_have_value("QR-777 123")
    assert page.url.endswith("/pstm24")
    page.goto("/pstm24#badge=QR-777456")
    expect(number).to_have_value("QR-777456")
    page.get_by_role("heading", name="PlasticSurgery.org").click()
    page.get_by_role("link", name="Privacy").click()
    page.wait_for_url("**/privacy")
    assert sent
    assert not [message for message in sent if "777" in message]


def test_a_badges_qr_code_does_not_end_a_sign_in(
    attendee: Attendee, browser: Browser, server: CmeServer
) -> None:
    # The camera app opens the link in a browser that is signed in but has no page open.
    signed_in = attendee.page.context.storage_state()
    context = browser.new_context(base_url=server.url, storage_state=signed_in)
    page = context.new_page()
    page.goto("/pstm24#badge=QR-777123")
    expect(page.get_by_role("button", name="Save & Log Out")).to_be_visible()
    assert page.url.endswith("/claim")
    context.close()


def test_confirmation_number_and_members_credential_open_a_claim(context: BrowserContext) -> None:
    page = context.new_page()
    Attendee(page).sign_in("obrien nunez", "pstm24bb")
    expect(page.get_by_role("main")).to_contain_text("Kathleen O'Brien-Núñez")
    page.get_by_role("button", name="Save & Log Out").click()
    expect(page.get_by_text("You are signed out. Everything was saved.")).to_be_visible()
    page.get_by_role("heading", name="PlasticSurgery.org").click()
    page.get_by_label("Username").fill("cokafor")
    page.get_by_label("Password").fill("face-lift-2024")
    page.get_by_role("button", name="Log in").last.click()
    expect(page.get_by_role("main")).to_contain_text("Chidi Okafor")


def test_a_shared_link_opens_after_the_sign_in(
    page: Page, people: Iterator[tuple[str, str]]
) -> None:
    page.goto("/sessions?q=ultrasound&sort=title")
    expect(page.get_by_role("button", name="Log in").first).to_be_visible()
    assert page.url.endswith("/pstm24")
    last_name, number = next(people)
    page.get_by_label("Last Name").fill(last_name)
    page.get_by_label("Badge/Confirmation Number").fill(number)
    page.get_by_role("button", name="Log in").first.click()
    page.wait_for_url("**/sessions?q=ultrasound&sort=title")
    expect(page.get_by_label("Search Sessions")).to_have_value("ultrasound")


def test_after_signing_out_another_browser_is_signed_out_at_its_next_tap(
    attendee: Attendee, browser: Browser, server: CmeServer
) -> None:
    # The same cookie in another browser, which the broadcast to other tabs does not reach.
    signed_in = attendee.page.context.storage_state()
    elsewhere = browser.new_context(base_url=server.url, storage_state=signed_in)
    other = Attendee(elsewhere.new_page())
    other.page.goto("/claim")
    other.open_sessions()
    attendee.page.get_by_role("button", name="Save & Log Out").click()
    expect(attendee.page.get_by_text("You are signed out.")).to_be_visible()
    other.rows.first.get_by_role("button", name=re.compile("^Add ")).click()
    other.page.wait_for_url("**/pstm24#expired")
    # The message does not say whether the sign-in was ended or has expired.
    expect(other.page.get_by_text("You are no longer signed in.")).to_be_visible()
    elsewhere.close()


def test_signing_out_in_one_tab_signs_out_the_others(
    attendee: Attendee, context: BrowserContext
) -> None:
    others = [context.new_page() for _ in range(2)]
    for path, other in zip(("/claim", "/sessions"), others, strict=True):
        other.goto(path)
        expect(other.get_by_role("button", name="Save & Log Out")).to_be_visible()
    attendee.page.get_by_role("button", name="Save & Log Out").click()
    for other in others:
        other.wait_for_url("**/pstm24#expired")


def test_another_person_in_the_same_tab_sees_nothing_of_the_previous_one(
    attendee: Attendee, page: Page, people: Iterator[tuple[str, str]]
) -> None:
    attendee.open_sessions()
    title = attendee.rows.first.get_by_role("heading", level=3).inner_text()
    attendee.add_session(title)
    page.get_by_role("button", name="Save & Log Out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    attendee.sign_in(*next(people))
    totals = page.get_by_role("region", name="Your claim so far")
    expect(totals).to_contain_text("0 sessions")
    expect(page.get_by_text(title)).to_have_count(0)
