"""The sign-in of a WebSocket connection, in the scope that Reflex gets."""

import hashlib

from starlette.datastructures import Headers
from starlette.types import Scope

from cme_reflex.reflex_bridge import socket_protocol
from cme_reflex.web.cookies import CHOICE, cookie_name, token_in

SIGN_IN_HEADER = "authorization"
"""Internal header with the hash of the sign-in's token, which is useless to a client."""


def bind_tab_to_sign_in(scope: Scope, tab: str, token: str) -> Scope:
    """The scope with the tab's token hashed together with the sign-in's token.

    Reflex stores a tab's state under a token that the browser chooses. Bound to the cookie, a state
    cannot be reached by the next person in the same browser, or by anybody who learns its token.
    """
    query = socket_protocol.query_string(_hash(f"{token}\n{tab}"))
    return {**scope, "query_string": query}


def with_sign_in(scope: Scope, hashed: str) -> Scope:
    """The scope with the hash of the sign-in's token in SIGN_IN_HEADER instead of the cookie.

    Every event authenticates by this hash. It is computed once per connection, and a header of that
    name sent by a client is removed. Reflex stores the headers with the tab's state, which needs
    only the cookie of a registration choice.
    """
    choice = token_in(Headers(scope=scope).get("cookie", ""), CHOICE)
    replaced = {
        b"cookie": f"{cookie_name(CHOICE)}={choice}".encode("latin-1"),
        SIGN_IN_HEADER.encode(): hashed.encode(),
    }
    headers = [header for header in scope["headers"] if header[0].lower() not in replaced]
    return {**scope, "headers": [*headers, *replaced.items()]}


def _hash(text: str) -> str:
    # A plain hash suffices: the text has 256 random bits of the cookie, or is not secret.
    return hashlib.sha256(text.encode()).hexdigest()
