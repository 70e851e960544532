"""Limits of request bodies: their size, counted as they arrive, and the time that they take."""

import asyncio
import logging
from collections.abc import Awaitable
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cme_reflex import text

logger = logging.getLogger(__name__)

BODY_LIMIT = 8_192  # bytes; the longest form has two short fields
BODY_TIMEOUT = 10  # seconds from the headers to the end of the body

# The rest of a body that is not read must not be taken for the next request.
_CLOSE = {"connection": "close"}


class RequestBodyMiddleware:
    """Reads each request's body before the application gets the request.

    Content-Length is not relied on. A body that is too long gets 413, one that takes too long 408,
    one with Content-Length beside Transfer-Encoding 400, and all close the connection: a proxy may
    have gone by the other length (RFC 9112, section 6.3). A request that its client aborts is
    dropped.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass the request on with its body read, or reject it."""
        if scope["type"] != "http" or not _has_body(headers := Headers(scope=scope)):
            return self._app(scope, receive, send)
        if "transfer-encoding" in headers and "content-length" in headers:
            return _rejection(HTTPStatus.BAD_REQUEST)(scope, receive, send)
        return self._read(scope, receive, send)

    async def _read(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(BODY_TIMEOUT):
                body = await _body(receive)
        except TimeoutError:
            await _rejection(HTTPStatus.REQUEST_TIMEOUT)(scope, receive, send)
        except _TooLong:
            await _rejection(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)(scope, receive, send)
        except _Aborted:
            # Nobody gets this response, but the server expects one.
            await _rejection(HTTPStatus.BAD_REQUEST)(scope, receive, send)
        else:
            await self._app(scope, _replay(body, receive), send)


class _TooLong(Exception):
    pass


class _Aborted(Exception):
    pass


def _has_body(headers: Headers) -> bool:
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"


async def _body(receive: Receive) -> bytes:
    """The body. Raises _TooLong as soon as it is over the limit, _Aborted if its client left."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Aborted
        body += message.get("body", b"")
        if len(body) > BODY_LIMIT:
            raise _TooLong
        if not message.get("more_body", False):
            return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that returns the body first, and then what the server has to say."""
    unread: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return unread.pop() if unread else await receive()

    return replay


def _rejection(status: HTTPStatus) -> Response:
    explanation = {HTTPStatus.REQUEST_ENTITY_TOO_LARGE: text.sign_in.TOO_LONG}
    return PlainTextResponse(explanation.get(status, status.phrase), status, _CLOSE)
