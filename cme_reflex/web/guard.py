"""The guard before the pages: a stranger is sent to the sign-in over HTTP, before any script."""

from datetime import UTC, datetime

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from cme_reflex.routes import HOME, PROTECTED, SIGN_IN_FORM
from cme_reflex.services import signin
from cme_reflex.settings import settings
from cme_reflex.web import cookies
from cme_reflex.web.same_site import from_this_site

POLICY_VIOLATION = 1008  # the close code of RFC 6455


def guarded(app: ASGIApp) -> ASGIApp:
    """The application with the guard in front of it."""

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" and not from_this_site(Headers(scope=scope)):
            # The socket carries the cookie, so another site's page may not open one.
            await WebSocketClose(code=POLICY_VIOLATION)(scope, receive, send)
            return
        response = await _redirect(scope) if scope["type"] == "http" else None
        await (response or app)(scope, receive, send)

    return guard


async def _redirect(scope: Scope) -> RedirectResponse | None:
    path = scope["path"].rstrip("/") or "/"
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
        await signin.visit(settings().meeting, token, now=datetime.now(UTC))
    except signin.NotSignedIn:
        return False
    return True
