"""Rejects requests for other hosts than this site's."""

import re
from collections.abc import Awaitable

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from cme_reflex import text
from cme_reflex.domain.hosts import is_loopback
from cme_reflex.routes import HEALTH
from cme_reflex.settings import settings

MISDIRECTED_REQUEST = 421  # RFC 9110, section 15.5.20

# A host and perhaps a port, and nothing else (RFC 9110, section 7.2).
_HOST = re.compile(r"(?:\[(?P<ip_literal>[0-9a-f:.]+)\]|(?P<name>[a-z0-9._-]+))(?::[0-9]*)?")


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
    named = _HOST.fullmatch(hosts[0].lower()) if len(hosts) == 1 else None
    return (named["ip_literal"] or named["name"]) if named else ""
