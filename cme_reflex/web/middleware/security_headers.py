"""Security and cache headers of every HTTP response."""

from collections.abc import Awaitable
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cme_reflex.routes import PROTECTED
from cme_reflex.settings import settings
from cme_reflex.web.middleware.content_security_policy import policy
from cme_reflex.web.paths import canonical_path

HASHED_ASSETS = "/assets/"  # every file in it has a hash of its content in its name
UNUSED_FEATURES = ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
TWO_YEARS = 63_072_000  # seconds

# For responses other than pages: SVG images and other documents may not run scripts.
FILE_POLICY = "script-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"

IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"  # cached, and revalidated by ETag
NO_STORE = "no-store"


class SecurityHeadersMiddleware:
    """Sets security and cache headers. `pages` is the folder of the built pages."""

    def __init__(self, app: ASGIApp, pages: Path) -> None:
        self._app = app
        self._page_policy = policy(pages)
        self._headers = {
            "x-content-type-options": "nosniff",
            # With "no-referrer", browsers would post this site's forms with the origin "null".
            "referrer-policy": "same-origin",
            "permissions-policy": ", ".join(f"{feature}=()" for feature in UNUSED_FEATURES),
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
        }
        if settings().is_https:
            directives = (f"max-age={TWO_YEARS}", "includeSubDomains")
            self._headers["strict-transport-security"] = "; ".join(directives)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass the request on, and set the headers of its response."""
        if scope["type"] != "http":
            return self._app(scope, receive, send)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                path: str = scope["path"]  # in its meeting by now
                page = _is_page(path, message["status"], headers)
                headers["content-security-policy"] = self._page_policy if page else FILE_POLICY
                for name, value in self._headers.items():
                    headers[name] = value
                headers.setdefault(
                    "cache-control", _cache_control(path, message["status"], headers)
                )
            await send(message)

        return self._app(scope, receive, send_with_headers)


def _is_page(path: str, status: int, headers: MutableHeaders) -> bool:
    # A 304 response updates the headers of a cached page, but has no content type.
    if status == 304:
        return "." not in path
    return headers.get("content-type", "").startswith("text/html")


def _cache_control(path: str, status: int, headers: MutableHeaders) -> str:
    """The Cache-Control header: `NO_STORE` by default, because a response can be personal."""
    if canonical_path(path) in PROTECTED or "etag" not in headers:
        return NO_STORE
    if path.startswith(HASHED_ASSETS) and status in (200, 206, 304):
        return IMMUTABLE
    return REVALIDATE
