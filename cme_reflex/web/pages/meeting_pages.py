"""The built pages with the facts of a meeting in them.

The build knows no meeting: each page is a template whose placeholders are facts of
`services/meetings/meeting_view.py`. It is rendered once for each version of the meeting, and has
the same facts as JSON, from which assets/meeting.js renders the same in the browser.
"""

import json
import re
from collections.abc import Awaitable, Mapping
from dataclasses import asdict
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined, Template
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cme_reflex import text
from cme_reflex.routes import HOME, SIGN_IN_FORM, meeting_file
from cme_reflex.services.meetings.meeting_view import MeetingView, current_view, last_view
from cme_reflex.services.programme.programme_cache import MeetingNotFound
from cme_reflex.settings import ROOT, settings
from cme_reflex.store.transient_errors import is_transient
from cme_reflex.web.meeting import meeting_code
from cme_reflex.web.pages.cached_response import CachedContent, cached_content, cached_response
from cme_reflex.web.pages.meeting_images import MANIFEST, PREVIEW_SIZE, TOUCH_ICON
from cme_reflex.web.paths import canonical_path
from cme_reflex.web.templates import render, render_error

BUILT = ROOT / ".web" / "build" / "client"

_CACHED_TEMPLATES = 64  # pages of one build, and of the next one
_CACHED_HEADS = 64  # one for each version of a meeting
_CACHED_PAGES = 1024  # some 20 kB each: the pages of fifty meetings

# React Router renders its links without the base of the meeting, which only the browser knows.
_LINK = re.compile(r'href="(?:/|(/[^"]+))" data-discover="true"')
_IN_MEETING = r'href="⟦ meeting.base ⟧\1" data-discover="true"'

# Delimiters that no text and no script of a page contains.
_environment = Environment(
    block_start_string="⟦%",
    block_end_string="%⟧",
    variable_start_string="⟦",
    variable_end_string="⟧",
    comment_start_string="⟦#",
    comment_end_string="#⟧",
    autoescape=True,
    undefined=StrictUndefined,
    keep_trailing_newline=True,
)


def built_page(route: str) -> Path:
    """The file of the page with this route."""
    return BUILT / route.strip("/") / "index.html"


class MeetingPagesMiddleware:
    """Serves the built pages, by their path, and the page for what is not found.

    Every other request is passed on.
    """

    def __init__(self, app: ASGIApp, pages: Mapping[str, Path]) -> None:
        self._app = app
        self._pages = pages

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Answer the request if it is for a page, or pass it on."""
        if scope["type"] != "http":
            return self._app(scope, receive, send)
        file = self._pages.get(canonical_path(scope["path"]))
        if file is None:
            return self._pass_on(scope, receive, send)
        return self._serve(file, scope, receive, send)

    async def _serve(self, file: Path, scope: Scope, receive: Receive, send: Send) -> None:
        response = await _response(Request(scope), file)
        await (response or self._app)(scope, receive, send)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; where there is no such file, answer with the page that says so."""
        missing = False

        async def send_unless_missing(message: Message) -> None:
            nonlocal missing
            if message["type"] == "http.response.start":
                # Only the file server's responses have an ETag.
                headers = Headers(scope=message)
                missing = message["status"] == HTTPStatus.NOT_FOUND and "etag" in headers
            if not missing:
                await send(message)

        await self._app(scope, receive, send_unless_missing)
        if missing:
            await not_found(scope)(scope, receive, send)


async def _response(request: Request, file: Path) -> Response | None:
    """The response with this page; None if it is not built."""
    if request.method not in ("GET", "HEAD"):
        return method_not_allowed()
    route = canonical_path(request.scope["path"])
    if request.scope["path"] not in (route, f"{route}/"):
        # Another spelling, such as /claim.html: the file server would send the template.
        query = request.scope["query_string"].decode("latin-1")
        return RedirectResponse(f"{route}?{query}" if query else route, status_code=303)
    view = await newest_view(meeting_code(request.scope))
    if view is None:
        return no_meeting()
    try:
        return cached_response(request, page(file, view))
    except FileNotFoundError:
        return None


async def newest_view(code: str) -> MeetingView | None:
    """The view of this meeting; the last known one while the database is away.

    None if the meeting is not loaded. Raises the database's error if no view is known.
    """
    try:
        return await current_view(code)
    except MeetingNotFound:
        return None
    except Exception as error:
        known = last_view(code)
        if known is None or not is_transient(error):
            raise
        return known


def page(file: Path, view: MeetingView) -> CachedContent:
    """The built page with this meeting's facts. Raises FileNotFoundError without a build."""
    return _page(file, file.stat().st_mtime_ns, view)


def rendered_page(file: Path, view: MeetingView, *, first_screen: Any) -> str:
    """The text of the built page with this meeting's facts and this first screen.

    `first_screen` has the macros of web/templates/first_screen.html.
    """
    return _filled(_template(file, file.stat().st_mtime_ns), view, first_screen)


def filled(built: str, view: MeetingView) -> str:
    """The text of a built page with this meeting's facts."""
    return _filled(_compiled(built), view)


def in_script(document: str) -> str:
    """A JSON document that can stand in a script element: no text of it ends the element."""
    return document.replace("<", "\\u003c")


def method_not_allowed() -> Response:
    """The response to a method that pages do not have."""
    phrase = HTTPStatus.METHOD_NOT_ALLOWED.phrase
    return PlainTextResponse(phrase, 405, headers={"allow": "GET, HEAD"})


def not_found(scope: Scope) -> Response:
    """The page for an address that leads nowhere."""
    return render_error(text.error_pages.NOT_FOUND, 404, HOME, last_view(meeting_code(scope)))


def no_meeting() -> Response:
    """The page for the code of a meeting that is not loaded."""
    return render_error(text.error_pages.NO_MEETING, 404, SIGN_IN_FORM, None)


@lru_cache(maxsize=_CACHED_PAGES)
def _page(file: Path, written_at: int, view: MeetingView) -> CachedContent:
    rendered = _filled(_template(file, written_at), view)
    return cached_content(rendered.encode(), "text/html", compress=True)


@lru_cache(maxsize=_CACHED_TEMPLATES)
def _template(file: Path, _written_at: int) -> Template:
    return _compiled(file.read_text("utf-8"))


def _compiled(built: str) -> Template:
    return _environment.from_string(_LINK.sub(_IN_MEETING, built))


def _filled(template: Template, view: MeetingView, first_screen: Any = None) -> str:
    """The template with the facts in it, and what the meeting adds to the head of each page."""
    page = template.render(meeting=view, first_screen=first_screen)
    return page.replace("</head>", f"{_head(view)}</head>", 1)


@lru_cache(maxsize=_CACHED_HEADS)
def _head(view: MeetingView) -> str:
    base = settings().public_url
    return render(
        "head.html",
        meeting=view,
        address=f"{base}{view.base}" if base else "",
        preview_size=PREVIEW_SIZE,
        touch_icon=meeting_file(view.code, TOUCH_ICON),
        manifest=meeting_file(view.code, MANIFEST),
        facts=in_script(json.dumps(asdict(view), ensure_ascii=False)),
    )
