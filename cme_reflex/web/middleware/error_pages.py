"""Error page for unexpected exceptions. It discloses nothing of the exception.

The exception itself is logged with its traceback.
"""

import logging
from collections.abc import Awaitable

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cme_reflex.routes import HOME
from cme_reflex.services.meetings import branding
from cme_reflex.web.templates import render_page

logger = logging.getLogger(__name__)


async def server_error(_: Request, __: Exception) -> HTMLResponse:
    """Starlette exception handler: the error page with status 500."""
    return error_page()


def error_page() -> HTMLResponse:
    """The error page: what is saved already, and the help contact."""
    return render_page(
        "server_error.html", status_code=500, home=HOME, **branding.template_context()
    )


class ErrorPageMiddleware:
    """Responds with the error page to an exception before the response has started."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass the request on, and respond to an exception with the page."""
        if scope["type"] != "http":
            return self._app(scope, receive, send)
        return self._catch(scope, receive, send)

    async def _catch(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = completed = False

        async def send_and_record(message: Message) -> None:
            nonlocal started, completed
            started = True
            completed = message["type"] == "http.response.body" and not message.get("more_body")
            await send(message)

        try:
            await self._app(scope, receive, send_and_record)
        except Exception:
            if started and not completed:
                raise  # the server closes the connection, which marks the response as incomplete
            logger.exception("request failed")
            if not started:  # otherwise a route raised, and `server_error` has responded
                await error_page()(scope, receive, send)
