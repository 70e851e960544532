"""A line in the log for each answer over HTTP: no query, no cookie, no address, no free path."""

import logging
from collections.abc import Collection, Mapping
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cme_reflex.logs import fields
from cme_reflex.web.headers import HASHED
from cme_reflex.web.paths import page_of

logger = logging.getLogger(__name__)

OTHER = "other"


def logged(known: Collection[str], app: ASGIApp) -> ASGIApp:
    """The application with its log.

    `known` are the paths that are written, ``/verify/{number}`` for a route that takes one.
    Whatever else is in an address, somebody typed, and it may be a name.
    """

    async def log(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        path, started, status = str(scope["path"]), perf_counter(), 500

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await app(scope, receive, send_and_note)
        finally:
            logger.info(
                "answered",
                extra=fields(
                    method=scope["method"],
                    path=_shown(path, scope.get("path_params", {}), known),
                    status=status,
                    ms=round(1000 * (perf_counter() - started), 1),
                ),
            )

    return log


def _shown(path: str, parameters: Mapping[str, object], known: Collection[str]) -> str:
    if path.startswith(HASHED):
        return HASHED
    page = page_of(path)
    # The router has left in the scope what it took out of the path.
    for name, value in parameters.items():
        page = page.replace(f"/{value}", f"/{{{name}}}", 1)
    return page if page in known else OTHER
