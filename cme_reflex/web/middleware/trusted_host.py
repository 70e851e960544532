"""Rejects requests for other hosts than this site's."""

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

MISDIRECTED_REQUEST = 421  # RFC 9110, section 15.5.20


class TrustedHostMiddleware:
    """Accepts the host of CME_PUBLIC_URL; without one, the loopback names of this machine.

    So a server behind a proxy responds with an error until CME_PUBLIC_URL is set. The health check
    accepts any host.
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
    """The host that the request is for; an empty string where it names none, or several."""
    hosts = Headers(scope=scope).getlist("host")
    if len(hosts) != 1 or "@" in hosts[0]:  # RFC 9110, 7.2: no user before it
        return ""
    try:
        return urlsplit(f"//{hosts[0]}").hostname or ""
    except ValueError:
        return ""
