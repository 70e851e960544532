"""The sign-in of a WebSocket connection, in the scope that Reflex gets."""

import hashlib

from starlette.datastructures import Headers
from starlette.types import Scope

from cme_reflex.reflex_bridge import socket_protocol
from cme_reflex.web.cookies import CHOICE, cookie_name, of_meeting, token_in

# Headers that the libraries behind read; all others would be stored with the tab's state.
_PASSED_HEADERS = frozenset({b"host", b"origin", b"connection", b"upgrade"})
HEADER_LIMIT = 300  # bytes of the value of each; a host name has 253
TOKEN_LIMIT = 64  # characters of the choice's token

SIGN_IN_HEADER = "authorization"
"""Internal header with the hash of the sign-in's token, which is useless to a client."""


MEETING_HEADER = "x-meeting"
"""Internal header with the code of the meeting that the tab shows."""


def bind_tab_to_sign_in(scope: Scope, tab: str, token: str) -> Scope:
    """The scope with the tab's token hashed together with the sign-in's token.

    Reflex stores a tab's state under a token that the browser chooses. Bound to the cookie, a state
    cannot be reached by the next person in the same browser, or by anybody who learns its token.
    """
    query = socket_protocol.query_string(_hash(f"{token}\n{tab}"))
    return {**scope, "query_string": query}


def with_sign_in(scope: Scope, meeting: str, hashed: str) -> Scope:
    """The scope with the meeting's code, and the hash of the sign-in's token instead of cookies.

    Every event authenticates by this hash, which is computed once per connection. Reflex stores the
    headers with the tab's state for an hour, so it gets only those that are needed: a stranger
    could fill the memory with others.
    """
    header = of_meeting(Headers(scope=scope).get("cookie", ""), meeting)
    choice = token_in(header, CHOICE)[:TOKEN_LIMIT]
    passed = {
        name.lower(): value
        for name, value in scope["headers"]
        if name.lower() in _PASSED_HEADERS and len(value) <= HEADER_LIMIT
    }
    passed[b"cookie"] = f"{cookie_name(CHOICE)}={choice}".encode("latin-1")
    passed[SIGN_IN_HEADER.encode()] = hashed.encode()
    passed[MEETING_HEADER.encode()] = meeting.encode()
    return {**scope, "headers": [*passed.items()]}


def _hash(text: str) -> str:
    # A plain hash suffices: the text has 256 random bits of the cookie, or is not secret.
    return hashlib.sha256(text.encode()).hexdigest()
