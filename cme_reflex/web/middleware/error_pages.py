"""Error pages: for unexpected exceptions, and while the database is away.

They disclose nothing of the exception. A fault of the database is a warning in the log, any other
exception an error.
"""

import logging
from collections.abc import Awaitable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cme_reflex import text
from cme_reflex.routes import API, HOME
from cme_reflex.services.meetings.meeting_view import last_view
from cme_reflex.store.transient_errors import is_transient
from cme_reflex.web.meeting import meeting_code
from cme_reflex.web.routes import problems
from cme_reflex.web.templates import render_error

RETRY_AFTER = 10  # seconds

logger = logging.getLogger(__name__)


async def server_error(request: Request, error: Exception) -> Response:
    """Starlette exception handler: the response to an exception of a route."""
    return error_page(request.scope, error)


def error_page(scope: Scope, error: Exception) -> Response:
    """503 for a fault of the database that will pass, otherwise 500.

    Both say that what was saved is safe, and whom to ask.
    """
    if not is_transient(error):
        return render_error(text.error_pages.FAILED, 500, HOME, last_view(meeting_code(scope)))
    retry_after = {"retry-after": str(RETRY_AFTER)}
    if scope["path"].startswith(f"{API}/"):
        return problems.UNAVAILABLE.response(
            text.error_pages.AGAIN_IN.format(seconds=RETRY_AFTER), retry_after
        )
    # An empty link leads to the same address. That of a form cannot be opened.
    again = "" if scope["method"] in ("GET", "HEAD") else HOME
    page = render_error(text.error_pages.UNAVAILABLE, 503, again, last_view(meeting_code(scope)))
    page.headers.update(retry_after)
    return page


class ErrorPageMiddleware:
    """Responds with an error page to an exception before the response has started."""

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
        except Exception as error:
            if started and not completed:
                raise  # the server closes the connection, which marks the response as incomplete
            if is_transient(error):
                logger.warning("database not available", exc_info=error)
            else:
                logger.exception("request failed")
            if not started:  # otherwise a route raised, and `server_error` has responded
                await error_page(scope, error)(scope, receive, send)
