"""The session list in the browser."""

import re
from dataclasses import dataclass, field

from playwright.sync_api import Locator, WebSocket, expect

KEYSTROKE = 6_000  # bytes that the reply to a letter may have
ADD = 2_000  # bytes that the reply to Add may have
SCROLL = 120_000  # bytes for scrolling through 300 sessions
WINDOW = 48  # sessions that the page holds at most
PAUSE = 400  # milliseconds after an answer; what still comes counts as well


@dataclass
class Wire:
    """The bytes of the socket's frames since the last look, both ways."""

    received: list[int] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)

    def watch(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: self.received.append(_size(frame)))
        socket.on("framesent", lambda frame: self.sent.append(_size(frame)))

    def clear(self) -> None:
        self.received.clear()
        self.sent.clear()


def _size(frame: str | bytes) -> int:
    return len(frame.encode() if isinstance(frame, str) else frame)


def add_row(row: Locator) -> None:
    """Add the session of this row, and wait until the server has answered."""
    button = row.get_by_role("button")
    expect(button).to_have_accessible_name(re.compile("^Add "))
    button.click()
    expect(button).to_have_accessible_name(re.compile("^Added"))
    expect(button).not_to_have_attribute("data-unsaved", "")  # that it was only tapped
