"""The page hooks run before the application, however late they come."""

from playwright.sync_api import Page, Route, expect

from tests.support.e2e.attendee import Attendee


class HeldHooks:
    """The page hooks, held back until they are released."""

    def __init__(self, page: Page) -> None:
        self._held: list[Route] = []
        page.route("**/page_hooks/*", lambda route: self._held.append(route))  # noqa: PLW0108 - needs an attribute

    def release(self) -> None:
        """Let them come."""
        self._held.pop().continue_()


def open_without_hooks(page: Page, address: str) -> HeldHooks:
    """Open a page, and wait until a script of the application is there."""
    held = HeldHooks(page)
    with page.expect_request_finished(lambda request: "/assets/entry" in request.url):
        page.goto(address, wait_until="commit")
    return held


def test_a_select_shows_what_the_state_says(attendee: Attendee, page: Page) -> None:
    held = open_without_hooks(page, "/sessions?sort=title")
    page.wait_for_timeout(500)  # the application would have loaded the page by then
    held.release()
    expect(page.get_by_label("Sort")).to_have_value("title")


def test_the_number_of_a_badges_qr_code_is_not_sent(page: Page) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.url} {request.post_data}"))
    page.on(
        "websocket",
        lambda socket: socket.on("framesent", lambda frame: sent.append(str(frame))),
    )
    held = open_without_hooks(page, "/#badge=QR-777123")
    page.wait_for_timeout(500)  # the application would have sent its first message by then
    held.release()
    expect(page.get_by_label("Badge/Confirmation Number")).to_have_value("QR-777123")
    page.wait_for_load_state("networkidle")
    assert page.url.endswith("/")
    assert not [message for message in sent if "777" in message]
