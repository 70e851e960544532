"""The list of sessions with its first screen in it, so that titles are seen before any script runs.

At the build React renders the page once for each shape that it can have, with ⟪names⟫ in the place
of words (assets/filled.js). When an attendee asks for the page, one of these is filled with words,
and with the values from which the browser makes the same page again.
"""

import gzip
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from cme_reflex.routes import SESSIONS
from cme_reflex.services.claims import claim_snapshot
from cme_reflex.services.claims.claim import ClaimSummary
from cme_reflex.services.clock import clock
from cme_reflex.services.meetings.meeting_view import MeetingView, view_of
from cme_reflex.services.sign_in import authentication
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.services.sign_in.tokens import token_hash
from cme_reflex.store.transient_errors import is_transient
from cme_reflex.web.cookies import token_in
from cme_reflex.web.meeting import meeting_code
from cme_reflex.web.meeting_pages import filled as filled_with
from cme_reflex.web.meeting_pages import in_script
from cme_reflex.web.paths import canonical_path

QUICKLY = 5  # gzip's level: a third of a millisecond, and 1 % above what its hardest makes of it

_BEGIN = '<template data-filled="page"></template>'
_SHAPE = re.compile('<template data-filled="shape">(.*?)</template>', re.DOTALL)
_NAME = re.compile(r"⟪(\w+)⟫")
_ITEMS = {
    "rows": ("li", "⟪title⟫"),
    "days": ("label", "⟪day_label⟫"),
    "kinds": ("option", "⟪kind_label⟫"),
    "credits": ("option", "⟪credit_label⟫"),
}


class NoShapes(ValueError):
    """The built page is not one that can be filled."""


@dataclass(frozen=True, slots=True)
class Item:
    """A row or a choice: which of the built shapes it has, and its words by name."""

    shape: int
    words: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Screen:
    """What the page shows first. `values` are those of its state, as JSON."""

    shape: int
    words: Mapping[str, object]
    lists: Mapping[str, Sequence[Item]]
    values: str


FirstScreen = Callable[[RequestContext, ClaimSummary], Screen | None]


@dataclass(frozen=True, slots=True)
class _Shape:
    page: str
    items: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Shapes:
    """A page in its shapes, with what stands before and after each."""

    head: str
    before: str
    shapes: Sequence[_Shape]
    after: str

    def fill(self, screen: Screen) -> str:
        """The page with its words in their places, and the values for its script."""
        shape = self.shapes[screen.shape]
        lists = {
            name: "".join(_worded(shape.items[name][item.shape], item.words) for item in items)
            for name, items in screen.lists.items()
        }
        values = in_script(screen.values)
        script = f'<script id="cme-filled" type="application/json">{values}</script>'
        page = _worded(shape.page, screen.words, lists)
        return f"{self.head}{script}{self.before}{page}{self.after}"


def shapes_of(built: str) -> Shapes:
    """Take the page apart as the build rendered it. Raises NoShapes."""
    begin, found, rest = built.partition(_BEGIN)
    shapes = list(_SHAPE.finditer(rest))
    head, end_of_head, before = begin.partition("</head>")
    if not found or not shapes or not end_of_head:
        raise NoShapes("the page was not built with its shapes")
    return Shapes(
        head=head,
        before=end_of_head + before,
        shapes=[_shape(match[1]) for match in shapes],
        after=rest[shapes[-1].end() :],
    )


def without_shapes(built: str) -> str:
    """The page as it is served to whom it is not filled for."""
    return _SHAPE.sub("", built.replace(_BEGIN, ""))


def filled(file: Path, first_screen: FirstScreen, app: ASGIApp) -> ASGIApp:
    """The application, whose list of sessions is filled for who is signed in.

    `file` has the page in its shapes. An address with filters, and a claim of which more is to be
    said than the shapes know, get the page as it was built.
    """

    async def fill(scope: Scope, receive: Receive, send: Send) -> None:
        page = await _answer(Request(scope), file, first_screen)
        await (page or app)(scope, receive, send)

    def fill_if_asked(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        return (fill if _is_asked(scope) else app)(scope, receive, send)

    return fill_if_asked


def _is_asked(scope: Scope) -> bool:
    return (
        scope["type"] == "http"
        and scope["method"] == "GET"
        and canonical_path(scope["path"]) == SESSIONS
        and not scope["query_string"]
    )


async def _answer(request: Request, file: Path, first_screen: FirstScreen) -> Response | None:
    token = token_in(request.headers.get("cookie", ""))
    try:
        meeting, hashed = meeting_code(request.scope), token_hash(token)
        look = await claim_snapshot.load(meeting, hashed, now=clock())
    except authentication.NotSignedIn:
        return None
    except Exception as error:
        if not is_transient(error):
            raise
        return None  # the page as it was built fills once the database is back
    shapes = _newest(file, view_of(look.context.programme))
    screen = first_screen(*look)
    if shapes is None or screen is None:
        return None
    page = shapes.fill(screen).encode()
    headers = {"cache-control": "no-store", "vary": "accept-encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        page = gzip.compress(page, QUICKLY)
        headers["content-encoding"] = "gzip"
    return Response(page, media_type="text/html", headers=headers)


def _newest(file: Path, meeting: MeetingView) -> Shapes | None:
    """The meeting's page of the newest build, which may come while it is served."""
    try:
        return _read(file, file.stat().st_mtime_ns, meeting)
    except FileNotFoundError:
        return None


@lru_cache(maxsize=64)
def _read(file: Path, _written_at: int, meeting: MeetingView) -> Shapes:
    return shapes_of(filled_with(file.read_text("utf-8"), meeting))


def _shape(page: str) -> _Shape:
    items: dict[str, Sequence[str]] = {}
    for name, (tag, word) in _ITEMS.items():
        one = re.compile(rf"<{tag}\b(?:(?!<{tag}\b).)*?</{tag}>", re.DOTALL)
        found = [match for match in one.finditer(page) if word in match[0]]
        begin, end = (found[0].start(), found[-1].end()) if found else (0, 0)
        items[name] = [_numbered(match[0], at) for at, match in enumerate(found)]
        if not found or page[begin:end] != "".join(match[0] for match in found):
            raise NoShapes(f"the {name} do not stand one after the other")
        page = f"{page[:begin]}⟪{name}⟫{page[end:]}"
    return _Shape(page, items)


def _numbered(item: str, at: int) -> str:
    """A row with names in the place of the numbers that it had in the build."""
    posinset, row = f'aria-posinset="{at + 1}"', f'data-row="{at}"'
    return item.replace(posinset, 'aria-posinset="⟪number⟫"').replace(row, 'data-row="⟪at⟫"')


def _worded(shape: str, words: Mapping[str, object], lists: Mapping[str, str] | None = None) -> str:
    """The shape with its words; what a word has of markup is a text like any other."""
    places = {name: escape(str(word)) for name, word in words.items()} | dict(lists or {})
    return _NAME.sub(lambda match: places[match[1]], shape)
