"""Requests for this site alone: a server that does not know its own name tells nobody another."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from cme_reflex import words
from cme_reflex.domain.hosts import is_loopback
from cme_reflex.routes import HEALTH
from cme_reflex.settings import settings

MISDIRECTED = 421  # RFC 9110: the server is not the one that the request is for


def for_this_host(app: ASGIApp) -> ASGIApp:
    """The application, asked under the name in CME_PUBLIC_URL, without one by this machine alone.

    So a proxy in front of a server without a public URL is told to set one. Whoever watches the
    server's health may ask by any name.
    """
    public = settings().public_host

    def is_ours(host: str) -> bool:
        return is_loopback(host) if public is None else host == public

    async def hosted(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or scope["path"] == HEALTH or is_ours(_host(scope)):
            await app(scope, receive, send)
        elif scope["type"] == "http":
            told = PlainTextResponse(words.failures.ANOTHER_HOST, status_code=MISDIRECTED)
            await told(scope, receive, send)
        else:
            await WebSocketClose(code=1008)(scope, receive, send)

    return hosted


def _host(scope: Scope) -> str:
    try:
        return urlsplit(f"//{Headers(scope=scope).get('host', '')}").hostname or ""
    except ValueError:
        return ""
