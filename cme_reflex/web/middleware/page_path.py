"""Page paths without a redirect: Reflex would redirect /claim to /claim/.

The redirect would cost a round trip and, behind a proxy that terminates TLS, have the wrong scheme.
"""

from collections.abc import Awaitable, Collection

from starlette.types import ASGIApp, Receive, Scope, Send


class PagePathMiddleware:
    """Serves each path in `pages` directly."""

    def __init__(self, app: ASGIApp, pages: Collection[str]) -> None:
        self._app = app
        self._pages = pages

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass the request on; that of a page with the path of its folder."""
        if scope["type"] == "http" and scope["path"] in self._pages and scope["path"] != "/":
            scope = {**scope, "path": f"{scope['path']}/"}
        return self._app(scope, receive, send)
