"""The page with the list of sessions, with its first screen in it.

Titles are seen before a script has loaded, and an attendee never sees a wrong one of Add and Added:
the first screen is rendered from the values that the page's state has for the attendee, by
web/templates/first_screen.html. The same values are in the page as JSON, with which the state of
the browser begins (assets/first_screen.js).
"""

import gzip
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from cme_reflex.routes import SESSIONS
from cme_reflex.services.claims import claim_snapshot
from cme_reflex.services.claims.claim import ClaimSummary
from cme_reflex.services.clock import clock
from cme_reflex.services.meetings.meeting_view import view_of
from cme_reflex.services.sign_in import authentication
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.services.sign_in.tokens import token_hash
from cme_reflex.store.transient_errors import is_transient
from cme_reflex.web.cookies import token_in
from cme_reflex.web.meeting import meeting_code
from cme_reflex.web.pages.meeting_pages import in_script, rendered_page
from cme_reflex.web.paths import canonical_path
from cme_reflex.web.templates import macros

COMPRESSION = 5  # gzip's level; the highest takes twice as long and saves 2 %


@dataclass(frozen=True, slots=True)
class FirstScreen:
    """What the page shows first: the values of its state, and as JSON for the browser."""

    page: Mapping[str, Any]
    json: str


OpenFirstScreen = Callable[[RequestContext, ClaimSummary], FirstScreen | None]


class FirstScreenMiddleware:
    """Serves the list of sessions with its first screen to an attendee who is signed in.

    Every other request is passed on: also one with filters in its address, one of an attendee for
    whom `open_first_screen` has none, and any while the database is away.
    """

    def __init__(self, app: ASGIApp, page: Path, open_first_screen: OpenFirstScreen) -> None:
        self._app = app
        self._page = page
        self._open = open_first_screen

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Answer the request if it is for the list, or pass it on."""
        is_for_list = (
            scope["type"] == "http"
            and scope["method"] == "GET"
            and canonical_path(scope["path"]) == SESSIONS
            and not scope["query_string"]
        )
        return (self._serve if is_for_list else self._app)(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._response(Request(scope))
        await (response or self._app)(scope, receive, send)

    async def _response(self, request: Request) -> Response | None:
        hashed = token_hash(token_in(request.headers.get("cookie", "")))
        try:
            context, summary = await claim_snapshot.load(
                meeting_code(request.scope), hashed, now=clock()
            )
        except authentication.NotSignedIn:
            return None
        except Exception as error:
            if not is_transient(error):
                raise
            return None
        first_screen = self._open(context, summary)
        if first_screen is None:
            return None
        parts = macros("first_screen.html", page=first_screen.page)
        try:
            document = rendered_page(self._page, view_of(context.programme), first_screen=parts)
        except FileNotFoundError:  # not built
            return None
        values = in_script(first_screen.json)
        script = f'<script id="cme-first-screen" type="application/json">{values}</script>'
        return _personal(request, document.replace("</head>", f"{script}</head>", 1).encode())


def _personal(request: Request, page: bytes) -> Response:
    """The page for nobody else, compressed if the browser accepts that."""
    headers = {"cache-control": "no-store", "vary": "accept-encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        page = gzip.compress(page, COMPRESSION)
        headers["content-encoding"] = "gzip"
    return Response(page, media_type="text/html", headers=headers)
