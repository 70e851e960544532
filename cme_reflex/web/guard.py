"""The guard before the pages: a stranger is sent to the sign-in over HTTP, before any script.

What Reflex would serve by itself beside the pages is closed here.
"""

from http import HTTPStatus

from reflex_base.constants import Endpoint
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from cme_reflex.routes import HOME, PROTECTED, SIGN_IN_FORM
from cme_reflex.services import signin
from cme_reflex.services.clock import clock
from cme_reflex.settings import settings
from cme_reflex.web import cookies
from cme_reflex.web.paths import page_of

CLOSED = frozenset(f"/{endpoint.value}" for endpoint in Endpoint)
"""Reflex's own paths: uploads, a ping, lists of routes; and the socket, which speaks no HTTP."""


def guarded(app: ASGIApp) -> ASGIApp:
    """The application with the guard in front of it."""

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        response = await _answer(scope) if scope["type"] == "http" else None
        await (response or app)(scope, receive, send)

    return guard


async def _answer(scope: Scope) -> Response | None:
    path = page_of(scope["path"])
    if f"/{path.split('/')[1]}" in CLOSED:
        return PlainTextResponse(HTTPStatus.NOT_FOUND.phrase, HTTPStatus.NOT_FOUND)
    if path != SIGN_IN_FORM and path not in PROTECTED:
        return None
    request = Request(scope)
    if request.method not in ("GET", "HEAD"):
        return None
    known = await _is_signed_in(request)
    if path == SIGN_IN_FORM and known:
        return RedirectResponse(HOME, status_code=303)
    if path in PROTECTED and not known:
        response = RedirectResponse(SIGN_IN_FORM, status_code=303)
        query = f"?{request.url.query}" if request.url.query else ""
        cookies.remember_next(response, path + query)
        return response
    return None


async def _is_signed_in(request: Request) -> bool:
    token = cookies.token_in(request.headers.get("cookie", ""))
    if not token:
        return False
    try:
        await signin.visit(settings().meeting, token, now=clock())
    except signin.NotSignedIn:
        return False
    return True
