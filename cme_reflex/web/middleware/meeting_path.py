"""One site for each meeting: below `/CODE` are its pages, routes, cookies and redirects.

The application behind it serves one meeting at a time. For `/pstm24/claim` it gets the path
`/claim`, the code in the scope (`web.meeting.meeting_code`) and the cookies of that meeting alone;
its redirects lead below `/pstm24`, and its cookies are named by the meeting. So two meetings can be
open side by side in one browser, and nothing of one reaches the other.

Addresses without a code, from before there were codes, lead to the meeting in which the browser
signed in last, or else to the only one that is open; a certificate's to its own meeting.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import TypeAlias
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cme_reflex.domain.sign_in.rate_limits import TooManyAttempts
from cme_reflex.routes import (
    SIGN_IN_FORM,
    SSO_CALLBACK,
    in_meeting,
    is_meeting_code,
    number_of_certificate,
    of_a_meeting,
)
from cme_reflex.services.certificates.certificate import (
    CertificateNotFound,
    meeting_of_certificate,
)
from cme_reflex.services.clock import clock
from cme_reflex.services.meetings.open_meetings import open_meetings
from cme_reflex.settings import settings
from cme_reflex.web import cookies
from cme_reflex.web.client_address import client_address
from cme_reflex.web.meeting import BROWSER_COOKIES, MEETING
from cme_reflex.web.pages.meeting_pages import method_not_allowed
from cme_reflex.web.templates import render_page


class MeetingPathMiddleware:
    """Passes each request on as one of its meeting."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Serve the request of a meeting, or lead to one."""
        if scope["type"] != "http":
            return self._app(scope, receive, send)
        code, path = split_path(scope["path"])
        if code:
            return self._serve(code, path, scope, receive, send)
        if of_a_meeting(scope["path"]):
            return self._lead(scope, receive, send)
        return self._app(scope, receive, send)

    async def _lead(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lead an address without a code to a meeting; a form that was posted there is taken."""
        code = await _default_meeting(scope)
        if code and scope["method"] not in ("GET", "HEAD"):
            await self._serve(code, scope["path"], scope, receive, send)
            return
        response = _redirect(scope, code, scope["path"]) if code else await _meetings(scope)
        await response(scope, receive, send)

    async def _serve(
        self, code: str, path: str, scope: Scope, receive: Receive, send: Send
    ) -> None:
        if code != code.lower():
            await _redirect(scope, code.lower(), path)(scope, receive, send)
            return
        # In place, as routers do, so that middleware around this one logs what was served.
        scope.update(
            {
                MEETING: code,
                BROWSER_COOKIES: Headers(scope=scope).get("cookie", ""),
                "path": path,
                "raw_path": quote(path).encode(),
                "headers": [*_each(scope["headers"], b"cookie", cookies.of_meeting, code)],
            }
        )

        async def send_to_meeting(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = _each(message["headers"], b"set-cookie", cookies.named_by_meeting, code)
                message = {**message, "headers": [*_each(headers, b"location", _in_meeting, code)]}
            await send(message)

        await self._app(scope, receive, send_to_meeting)


_Headers: TypeAlias = Iterable[tuple[bytes, bytes]]


def _each(
    headers: _Headers, name: bytes, change: Callable[[str, str], str], code: str
) -> Iterator[tuple[bytes, bytes]]:
    """The headers, with the values of those with this name changed for a meeting."""
    for key, value in headers:
        changes = key.lower() == name
        yield key, change(value.decode("latin-1"), code).encode("latin-1") if changes else value


def _in_meeting(location: str, code: str) -> str:
    """A redirect's target: in this meeting, unless it is in another one or on another site."""
    path = location.partition("#")[0].partition("?")[0]
    leaves = not path.startswith("/") or bool(split_path(path)[0])
    return location if leaves else in_meeting(code, location)


def split_path(path: str) -> tuple[str, str]:
    """The meeting's code at the beginning of this path, and the rest; no code if there is none."""
    _, code, *rest = path.split("/", 2) if path.startswith("/") else ("", "")
    if not is_meeting_code(code):
        return "", path
    return code, f"/{rest[0]}" if rest and rest[0] else SIGN_IN_FORM


async def _default_meeting(scope: Scope) -> str:
    """The code of the meeting that an address without a code leads to, or an empty string."""
    header = Headers(scope=scope).get("cookie", "")
    if scope["path"] == SSO_CALLBACK:
        latest = cookies.token_in(header, cookies.OIDC_LOGIN).partition(".")[0]
    else:
        latest = await _meeting_of_certificate(scope, header)
        latest = latest or cookies.token_in(header, cookies.LATEST_MEETING)
    if is_meeting_code(latest) and scope["path"] != SIGN_IN_FORM:
        return latest
    if settings().meeting:
        return settings().meeting
    found = await open_meetings(now=clock())
    return found[0].code if len(found) == 1 else ""


async def _meeting_of_certificate(scope: Scope, header: str) -> str:
    """The meeting of the certificate with this address, if the browser can own it there.

    Only a browser that is signed in to several meetings is told, within the limit of
    verifications, so that nobody finds out the numbers that exist.
    """
    number = number_of_certificate(scope["path"])
    signed_in = cookies.signed_in_meetings(header)
    if not number or len(signed_in) < 2:
        return ""
    try:
        code = await meeting_of_certificate(number, now=clock(), address=client_address(scope))
    except (CertificateNotFound, TooManyAttempts):
        return ""
    return code if code in signed_in else ""


async def _meetings(scope: Scope) -> Response:
    """The list of meetings whose claim period is open."""
    if scope["path"] != SIGN_IN_FORM:
        return RedirectResponse(SIGN_IN_FORM, status_code=303)
    if scope["method"] not in ("GET", "HEAD"):
        return method_not_allowed()
    return render_page("meetings.html", meetings=await open_meetings(now=clock()))


def _redirect(scope: Scope, code: str, path: str) -> Response:
    query = scope["query_string"].decode("latin-1")
    address = in_meeting(code, quote(path))
    return RedirectResponse(f"{address}?{query}" if query else address, status_code=303)
