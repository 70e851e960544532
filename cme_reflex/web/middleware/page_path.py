"""Pages without a redirect: Reflex serves the built page of /claim as /claim/, by a redirect.

The redirect would cost a round trip and, behind a proxy that ends TLS, name the wrong scheme.
"""

from collections.abc import Awaitable, Collection

from starlette.types import ASGIApp, Receive, Scope, Send


class PagePathMiddleware:
    """Answers each path in `pages` with its page directly."""

    def __init__(self, app: ASGIApp, pages: Collection[str]) -> None:
        self._app = app
        self._pages = pages

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass the request on, a page's with the path of its file."""
        if scope["type"] == "http" and scope["path"] in self._pages and scope["path"] != "/":
            scope = {**scope, "path": f"{scope['path']}/"}
        return self._app(scope, receive, send)
