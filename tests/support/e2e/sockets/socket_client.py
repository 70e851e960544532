"""Synchronous client of the socket: an attendee without a browser."""

import json
import uuid
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import simple_websocket

STATE = "reflex___state____state.cme_reflex___state___{0}____{0}"
EVENT = "42/_event,"


def sign_in(url: str, last_name: str, badge: str) -> str:
    """Sign in with a badge, and return the value of the Cookie header."""
    cookies = CookieJar()
    form = urlencode({"way": "badge", "last_name": last_name, "number": badge})
    build_opener(HTTPCookieProcessor(cookies)).open(f"{url}/pstm24/sign-in", form.encode()).close()
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in cookies)


class SocketClient:
    """The socket of a signed-in attendee. Each command that it sends has a unique id."""

    def __init__(self, url: str, cookie: str, meeting: str = "pstm24") -> None:
        address = f"{url.replace('http', 'ws')}/_event/?token={meeting}:{uuid.uuid4()}"
        self._socket = simple_websocket.Client(
            f"{address}&EIO=4&transport=websocket", headers={"Cookie": cookie}
        )
        self._socket.receive(timeout=10)
        self._socket.send("40/_event,")
        self._socket.receive(timeout=10)

    def send(self, page: str, handler: str, **payload: Any) -> None:
        """Send an event to a page's state, e.g. `send("sessions", "add", session_id=7)`."""
        event = {
            "name": f"{STATE.format(page)}.{handler}",
            "payload": payload,
            "router_data": {"pathname": f"/{page}", "asPath": f"/{page}"},
        }
        self._socket.send(f"{EVENT}{json.dumps(['event', event])}")

    def command(self, page: str, handler: str, **payload: Any) -> None:
        """Send a command, and wait until it is applied."""
        command = uuid.uuid4().hex
        self.send(page, handler, **payload, command=command)
        self.wait_for_text(f'"command": "{command}", "outcome": "applied"')

    def wait_for_text(self, words: str) -> str:
        """Wait for a reply with these words, and return it.

        Raises ConnectionClosed when the server dies.
        """
        while True:
            message = self._socket.receive(timeout=30)
            if message is None:
                raise TimeoutError(words)
            if message == "2":
                self._socket.send("3")
            elif message.startswith(EVENT):
                reply = json.dumps(json.loads(message.removeprefix(EVENT)), ensure_ascii=False)
                if words in reply:
                    return reply

    def close(self) -> None:
        """Hang up, whether anybody is there or not."""
        self._socket.sock.close()

    def __enter__(self) -> "SocketClient":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
