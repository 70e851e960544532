"""What every answer over HTTP says to the browser: what it may run, and what it may keep."""

from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cme_reflex.routes import PROTECTED
from cme_reflex.settings import settings
from cme_reflex.web.content_security import policy
from cme_reflex.web.paths import page_of

HASHED = "/assets/"  # Vite puts a hash of the content into the name of every file in it
UNUSED = ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
TWO_YEARS = 63_072_000  # seconds

# A picture or a document of ours runs nothing either; the hashes are for pages alone.
OF_FILES = "script-src 'none'; base-uri 'none'; frame-ancestors 'none'"

FOREVER = "public, max-age=31536000, immutable"
ASK_FIRST = "no-cache"  # kept, and asked for again by its ETag: a new version is seen at once
NEVER = "no-store"


def with_headers(pages: Path, app: ASGIApp) -> ASGIApp:
    """The application, whose answers carry the headers. `pages` is the folder of the build."""
    of_pages = policy(pages)
    standing = {
        "x-content-type-options": "nosniff",
        # Not "no-referrer": browsers would then post our own forms with the origin "null".
        "referrer-policy": "same-origin",
        "permissions-policy": ", ".join(f"{feature}=()" for feature in UNUSED),
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
    if (settings().public_url or "").startswith("https://"):
        standing["strict-transport-security"] = f"max-age={TWO_YEARS}"

    async def headed(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        path: str = scope["path"]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                page = _is_page(path, message["status"], headers)
                headers["content-security-policy"] = of_pages if page else OF_FILES
                for name, value in standing.items():
                    headers[name] = value
                headers.setdefault("cache-control", _kept(path, message["status"], headers))
            await send(message)

        await app(scope, receive, send_with_headers)

    return headed


def _is_page(path: str, status: int, headers: MutableHeaders) -> bool:
    # "Not modified" renews the headers of a page that the browser has, without saying its type.
    if status == 304:
        return "." not in path
    return headers.get("content-type", "").startswith("text/html")


def _kept(path: str, status: int, headers: MutableHeaders) -> str:
    """How long a browser may keep an answer: nothing by default, for it may be personal."""
    if page_of(path) in PROTECTED or "etag" not in headers:
        return NEVER
    if path.startswith(HASHED) and status in (200, 206, 304):
        return FOREVER
    return ASK_FIRST
