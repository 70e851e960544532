"""Rejects requests whose target is not the path of anything: `CONNECT`, `OPTIONS *`, ``/%0d%0a``.

Routers, caches and logs further in disagree about such targets; no page or file of this site has
one.
"""

from collections.abc import Awaitable
from http import HTTPStatus

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose


class RequestTargetMiddleware:
    """Responds with 404 unless the target is a path of printable characters."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass the request on if its target is a path."""
        is_tunnel = scope.get("method") == "CONNECT"  # whose target is a host, not a path
        if scope["type"] == "lifespan" or (_is_path(scope["path"]) and not is_tunnel):
            return self._app(scope, receive, send)
        if scope["type"] == "http":
            response = PlainTextResponse(HTTPStatus.NOT_FOUND.phrase, HTTPStatus.NOT_FOUND)
            return response(scope, receive, send)
        return WebSocketClose(code=1008)(scope, receive, send)


def _is_path(target: str) -> bool:
    return target.startswith("/") and target.isprintable()
