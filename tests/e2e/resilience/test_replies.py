"""The server's replies to commands, when several of them come at once."""

import json
import re
from typing import Any

from playwright.sync_api import Page, WebSocketRoute, expect

from cme_reflex.reflex_bridge.socket_protocol import EVENT
from tests.support.e2e.attendee import Attendee

QUEUE = "reflex___state____state.cme_reflex___state___command_queue____command_queue"


def test_of_two_replies_that_are_rendered_together_both_count(
    attendee: Attendee, page: Page
) -> None:
    """The page renders what comes while a server restores its tab at once."""
    replies: list[str] = []

    def render_together(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def forward(message: str | bytes) -> None:
            text = str(message)
            if '"outcome":"applied"' not in text:
                socket.send(message)
            elif not replies:  # the same command's later replies are lost
                replies.append(text)
                name, update = json.loads(text.removeprefix(EVENT))
                reply = update["delta"][QUEUE]["reply_rx_state_"]
                another = {**reply, "command": "another", "number": reply["number"] + 1}
                for delta in (
                    {"reflex___state____state": {"is_hydrated_rx_state_": False}},
                    update["delta"],
                    {QUEUE: {"reply_rx_state_": another}},
                    {"reflex___state____state": {"is_hydrated_rx_state_": True}},
                ):
                    socket.send(_message(name, {**update, "delta": delta}))

        server.on_message(forward)

    page.route_web_socket(re.compile("/_event"), render_together)
    page.goto("/sessions")
    attendee.row(attendee.rows.first.get_by_role("heading", level=3).inner_text()).get_by_role(
        "button", name=re.compile("^Add ")
    ).click()
    saved = page.locator("[data-save-message]:visible").filter(has_text=re.compile("^Saved$"))
    expect(saved).to_be_visible()
    assert replies


def _message(name: str, update: dict[str, Any]) -> str:
    return f"{EVENT}{json.dumps([name, update])}"
