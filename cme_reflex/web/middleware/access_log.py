"""Access log: a line for each HTTP response, without query, cookie or unknown path.

A pseudonym stands for the client address, so that the requests of one client can be found.
"""

import logging
import re
from collections.abc import Awaitable, Collection
from time import perf_counter

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cme_reflex.web.client_address import client_address
from cme_reflex.web.logs import client_pseudonym, log_extra
from cme_reflex.web.meeting import MEETING
from cme_reflex.web.middleware.security_headers import HASHED_ASSETS
from cme_reflex.web.paths import canonical_path

logger = logging.getLogger(__name__)

OTHER = "other"

# Of RFC 9110 and 5789; any other word is the client's own.
METHODS = frozenset(
    ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE")
)

MESSAGE_CODE = "cme_reflex.message_code"
"""Key of the scope for the code of the message that a form is shown with."""

# A redirect that returns to a form with the code of a message, as in `/#not-recognised`. Addresses
# from cookies have no such form: their path is one of the pages, and a fragment follows its query.
_MESSAGE_CODE = re.compile(r"/[a-z0-9/-]*#([a-z0-9-]+)")


class AccessLogMiddleware:
    """Logs each HTTP response.

    `known_paths` are the paths that may be logged; one with a parameter is ``/verify/{number}``.
    Any other path, and any method but those of HTTP, is logged as `OTHER`: it could contain
    personal data. A redirect to a form with
    a message has its code as `outcome`: so a sign-in that fails is logged with the reason. A route
    that responds with such a form itself puts the code into the scope as MESSAGE_CODE.
    """

    def __init__(self, app: ASGIApp, known_paths: Collection[str]) -> None:
        self._app = app
        self._known_paths = known_paths

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass the request on, and log its response."""
        if scope["type"] != "http":
            return self._app(scope, receive, send)
        return self._log_response(scope, receive, send)

    async def _log_response(self, scope: Scope, receive: Receive, send: Send) -> None:
        started, status = perf_counter(), 500
        outcome: dict[str, object] = {}

        async def send_and_record(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                outcome.update(_outcome(scope, Headers(raw=message["headers"])))
            await send(message)

        try:
            await self._app(scope, receive, send_and_record)
        finally:
            logger.info(
                "request",
                extra=log_extra(
                    method=scope["method"] if scope["method"] in METHODS else OTHER,
                    path=_logged_path(scope, self._known_paths),
                    **({"meeting": scope[MEETING]} if MEETING in scope else {}),
                    status=status,
                    client=client_pseudonym(client_address(scope)),
                    **outcome,
                    ms=round(1000 * (perf_counter() - started), 1),
                ),
            )


def _outcome(scope: Scope, headers: Headers) -> dict[str, object]:
    code = _MESSAGE_CODE.fullmatch(headers.get("location", ""))
    shown = code[1] if code else scope.get(MESSAGE_CODE)
    return {"outcome": shown} if shown else {}


def _logged_path(scope: Scope, known_paths: Collection[str]) -> str:
    """The path in its meeting, with the names of parameters in the place of their values."""
    path, parameters = str(scope["path"]), scope.get("path_params", {})
    if path.startswith(HASHED_ASSETS):
        return HASHED_ASSETS
    page = canonical_path(path)
    # The router has put the path's parameters into the scope.
    for name, value in parameters.items():
        page = page.replace(f"/{value}", f"/{{{name}}}", 1)
    return page if page in known_paths else OTHER
