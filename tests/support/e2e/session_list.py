"""The session list in the browser, and its traffic."""

import re
from dataclasses import dataclass, field

from playwright.sync_api import Locator, WebSocket, expect

KEYSTROKE = 6_000  # maximum bytes of the reply to a letter
ADD = 2_000  # maximum bytes of the reply to Add
SCROLL = 120_000  # maximum bytes for scrolling through 300 sessions
WINDOW = 48  # maximum number of rows in the page
PAUSE = 400  # milliseconds after a reply in which further frames are counted


@dataclass
class Wire:
    """Sizes in bytes of the socket's frames since the last `clear`, in both directions."""

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
    """Add the session of this row, and wait for the server's reply."""
    button = row.get_by_role("button")
    expect(button).to_have_accessible_name(re.compile("^Add "))
    button.click()
    expect(button).to_have_accessible_name(re.compile("^Added"))
    expect(button).not_to_have_attribute("data-unsaved", "")  # not only queued
