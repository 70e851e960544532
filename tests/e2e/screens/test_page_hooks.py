"""The page hooks run before the application, however late they come."""

from playwright.sync_api import Page, expect

from tests.support.e2e.attendee import Attendee
from tests.support.e2e.traffic import HeldScripts, record_sent


def open_without_hooks(page: Page, address: str) -> HeldScripts:
    """Open a page without its page hooks, and wait until a script of the application is there."""
    held = HeldScripts(page, "**/page_hooks/*")
    with page.expect_request_finished(lambda request: "/assets/entry" in request.url):
        page.goto(address, wait_until="commit")
    return held


def test_a_select_shows_what_the_state_says(attendee: Attendee, page: Page) -> None:
    held = open_without_hooks(page, "/sessions?sort=title")
    page.wait_for_timeout(500)  # the application would have loaded the page by then
    held.release()
    expect(page.get_by_label("Sort")).to_have_value("title")


def test_the_number_of_a_badges_qr_code_is_not_sent(page: Page) -> None:
    sent = record_sent(page)
    held = open_without_hooks(page, "/pstm24#badge=QR-777123")
    page.wait_for_timeout(500)  # the application would have sent its first message by then
    held.release()
    expect(page.get_by_label("Badge/Confirmation Number")).to_have_value("QR-777123")
    page.wait_for_load_state("networkidle")
    assert page.url.endswith("/pstm24")
    assert not [message for message in sent if "777" in message]
