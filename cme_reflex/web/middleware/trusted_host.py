"""Only requests for this site's own host are answered."""

from collections.abc import Awaitable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from cme_reflex import text
from cme_reflex.domain.hosts import is_loopback
from cme_reflex.routes import HEALTH
from cme_reflex.settings import settings

MISDIRECTED_REQUEST = 421  # RFC 9110: the server is not the one that the request is for


class TrustedHostMiddleware:
    """Answers for the host of CME_PUBLIC_URL; without one, for this machine's loopback names.

    So a proxy in front of a server without a public URL is told to set one. The health check may
    be requested under any name.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._public_host = settings().public_host

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass the request on if it is for this host."""
        if scope["type"] == "lifespan" or scope["path"] == HEALTH or self._is_trusted(_host(scope)):
            return self._app(scope, receive, send)
        if scope["type"] == "http":
            response = PlainTextResponse(
                text.error_pages.ANOTHER_HOST, status_code=MISDIRECTED_REQUEST
            )
            return response(scope, receive, send)
        return WebSocketClose(code=1008)(scope, receive, send)

    def _is_trusted(self, host: str) -> bool:
        return is_loopback(host) if self._public_host is None else host == self._public_host


def _host(scope: Scope) -> str:
    try:
        return urlsplit(f"//{Headers(scope=scope).get('host', '')}").hostname or ""
    except ValueError:
        return ""
