"""What a person sees where the server has failed: words of ours, and nothing of the fault.

The fault itself, with its traceback, is in the log.
"""

import logging

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cme_reflex import branding
from cme_reflex.routes import HOME
from cme_reflex.web.plain_pages import plain_page

logger = logging.getLogger(__name__)


async def failed(_: Request, __: Exception) -> HTMLResponse:
    """The page, for Starlette's own handling of a route that raised."""
    return failure_page()


def failure_page() -> HTMLResponse:
    """That something went wrong, what of it is safe, and whom to ask."""
    return plain_page("failed.html", status_code=500, home=HOME, **branding.on_plain_pages())


def with_failures(app: ASGIApp) -> ASGIApp:
    """The application, in which a fault before an answer has begun is answered with the page."""

    async def answered(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        begun = done = False

        async def send_and_note(message: Message) -> None:
            nonlocal begun, done
            begun = True
            done = message["type"] == "http.response.body" and not message.get("more_body")
            await send(message)

        try:
            await app(scope, receive, send_and_note)
        except Exception:
            if begun and not done:
                raise  # the server closes the connection, so that half is not taken for all
            logger.exception("A request failed")
            if not begun:  # otherwise a route raised, and `failed` has answered
                await failure_page()(scope, receive, send)

    return answered
