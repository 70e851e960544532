"""A page's traffic: scripts that a test holds back, and a record of all that the page sends."""

import re

from playwright.sync_api import Page, Route


class HeldScripts:
    """The scripts of a page with these addresses, held back until they are released."""

    def __init__(self, page: Page, addresses: str | re.Pattern[str]) -> None:
        self.routes: list[Route] = []
        self._released = False
        page.route(addresses, self._take)

    def _take(self, route: Route) -> None:
        if self._released:
            route.continue_()
        else:
            self.routes.append(route)

    def release(self) -> None:
        """Let them come, and those that are requested later."""
        self._released = True
        while self.routes:
            self.routes.pop().continue_()


def record_sent(page: Page) -> list[str]:
    """The page's requests and messages from now on, in a list that grows with them."""
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.url} {request.post_data}"))
    page.on(
        "websocket",
        lambda socket: socket.on("framesent", lambda frame: sent.append(str(frame))),
    )
    return sent
