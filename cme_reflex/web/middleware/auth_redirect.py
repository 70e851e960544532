"""Redirects to and from the sign-in, over HTTP and before any script runs.

Also blocks the HTTP endpoints that Reflex itself serves.
"""

from collections.abc import Awaitable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from cme_reflex.reflex_bridge.endpoints import FRAMEWORK_PATHS
from cme_reflex.routes import HOME, PROTECTED, SIGN_IN_FORM
from cme_reflex.services.clock import clock
from cme_reflex.services.sign_in import authentication
from cme_reflex.store.transient_errors import is_transient
from cme_reflex.web import cookies
from cme_reflex.web.meeting import meeting_code
from cme_reflex.web.paths import canonical_path


class AuthRedirectMiddleware:
    """Redirects from protected pages to the sign-in, and from there to the claim once signed in.

    Responds with 404 to FRAMEWORK_PATHS: uploads, a ping, lists of routes, and the socket, which
    accepts no HTTP.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Redirect the request, reject it, or pass it on."""
        if scope["type"] != "http":
            return self._app(scope, receive, send)
        return self._respond(scope, receive, send)

    async def _respond(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await _response(scope)
        await (response or self._app)(scope, receive, send)


async def _response(scope: Scope) -> Response | None:
    path = canonical_path(scope["path"])
    if f"/{path.split('/')[1]}" in FRAMEWORK_PATHS:
        return PlainTextResponse(HTTPStatus.NOT_FOUND.phrase, HTTPStatus.NOT_FOUND)
    if path != SIGN_IN_FORM and path not in PROTECTED:
        return None
    request = Request(scope)
    if request.method not in ("GET", "HEAD"):
        return None
    try:
        signed_in = await _is_signed_in(request)
    except Exception as error:
        if not is_transient(error):
            raise
        # Pages hold no data, and fill by themselves once the database is back.
        return None
    # With a page to return to, somebody who is signed in is about to sign in more strongly.
    steps_up = bool(cookies.token_in(request.headers.get("cookie", ""), cookies.NEXT))
    if path == SIGN_IN_FORM and signed_in and not steps_up:
        return RedirectResponse(HOME, status_code=303)
    if path in PROTECTED and not signed_in:
        response = RedirectResponse(SIGN_IN_FORM, status_code=303)
        query = scope["query_string"].decode("latin-1")
        cookies.set_next(response, f"{path}?{query}" if query else path)
        return response
    return None


async def _is_signed_in(request: Request) -> bool:
    token = cookies.token_in(request.headers.get("cookie", ""))
    if not token:
        return False
    try:
        await authentication.authenticate(meeting_code(request.scope), token, now=clock())
    except authentication.NotSignedIn:
        return False
    return True
