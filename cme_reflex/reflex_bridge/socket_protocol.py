"""Engine.IO and Socket.IO packets that a page of Reflex sends.

Relies on: a page connects with its tab's token, `EIO=4` and `transport=websocket` as the query,
speaks Engine.IO 4 and Socket.IO 5 in text packets, joins the namespace `/_event` with its first
event in an object, and sends the others there as a JSON array without asking for acknowledgement.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

CONNECT = "40/_event,"
EVENT = "42/_event,"
DISCONNECT = "41/_event,"
PONG = "3"
CLOSE = "1"

FRAME: Mapping[str, Any] = {"type": "websocket.frame"}
"""What the server delivers for a frame that completes no message: a ping, a pong, a fragment."""

MESSAGE_LIMIT = 64 * 1024  # bytes; the longest answer has 4,000 characters

_CODE = re.compile("[a-z0-9-]{2,32}")
_TRANSPORT = {"EIO": "4", "transport": "websocket"}
_QUERY_LIMIT = 200  # bytes; a tab's token is a meeting's code and a UUID


def tab_of_a_page(query_string: bytes) -> str | None:
    """The token of the tab that connects with this query; None for a query of no page."""
    if len(query_string) > _QUERY_LIMIT:
        return None
    pairs = parse_qsl(query_string.decode("latin-1"))
    query = dict(pairs)
    tab = query.pop("token", None)
    return tab if query == _TRANSPORT and len(pairs) == len(_TRANSPORT) + 1 else None


def meeting_of_tab(tab: str) -> str:
    """The code of the meeting in the token of a tab, `CODE:UUID`; empty if it has none."""
    code, colon, _ = tab.partition(":")
    return code if colon and _CODE.fullmatch(code) else ""


def tab_token(meeting: str, token: str) -> str:
    """The token of a tab that shows this meeting."""
    return f"{meeting}:{token}" if meeting else token


def query_string(tab: str) -> bytes:
    """The query of a page's connection, with this token of its tab."""
    return urlencode({"token": tab, **_TRANSPORT}).encode()
