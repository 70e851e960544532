"""The error page of an unexpected exception: our own words, and nothing of the exception.

The exception itself, with its traceback, is in the log.
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
    """Starlette's exception handler: the page of status 500."""
    return error_page()


def error_page() -> HTMLResponse:
    """The page that says that something went wrong, what is safe, and whom to ask."""
    return render_page("failed.html", status_code=500, home=HOME, **branding.template_context())


class ErrorPageMiddleware:
    """Answers with the error page where an exception comes before the response has begun."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass the request on, and answer an exception with the page."""
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
                raise  # the server closes the connection, so that half is not taken for all
            logger.exception("request failed")
            if not started:  # otherwise a route raised, and `server_error` has answered
                await error_page()(scope, receive, send)
