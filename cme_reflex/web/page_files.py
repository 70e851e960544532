"""Pages without a detour: Reflex serves the built page of /claim as /claim/, by a redirect.

The redirect would cost a round trip and, behind a proxy that ends TLS, name the wrong scheme.
"""

from collections.abc import Collection

from starlette.types import ASGIApp, Receive, Scope, Send


def without_detour(pages: Collection[str], app: ASGIApp) -> ASGIApp:
    """The application, in which each of these paths is answered with its page at once."""

    async def direct(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] in pages and scope["path"] != "/":
            scope = {**scope, "path": f"{scope['path']}/"}
        await app(scope, receive, send)

    return direct
