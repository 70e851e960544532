"""The list of sessions with its first screen in it, for a small page in all its shapes."""

import gzip
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from cme_reflex.domain.credit.credit_type import Amount
from cme_reflex.formats.meeting_folder.records import MeetingFolder
from cme_reflex.services.claims import claim_lines, submission
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.sign_in import authentication, credentials
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.state.first_screen import first_screen
from cme_reflex.web.filled_page import NoShapes, filled, shapes_of, without_shapes
from cme_reflex.web.meeting_pages import MeetingPagesMiddleware
from cme_reflex.web.middleware.auth_redirect import AuthRedirectMiddleware
from cme_reflex.web.middleware.content_security_policy import policy
from cme_reflex.web.middleware.security_headers import SecurityHeadersMiddleware
from cme_reflex.web.routes.sign_in import ROUTES
from tests.support.earlier_meetings import complete_and_submit
from tests.support.meetings import FOLDER, MEETING, with_terms
from tests.support.web import HOST

NOW = datetime(2024, 11, 1, 12, tzinfo=UTC)
KIM = {"way": "badge", "last_name": "O'Brien-Núñez", "number": "101"}
FACULTY = {"way": "badge", "last_name": "Smith", "number": "102"}
LONG = """<b>"Tips & Tricks"</b> in 'Facial' Rejuvenation: ⟪credit⟫ </script> """ + "é" * 101


def _row(at: int) -> str:
    return (
        f'<li aria-posinset="{at + 1}" aria-setsize="⟪matches⟫"><b data-row="{at}">{at}</b>'
        "<i>⟪title⟫</i></li>"
    )


def _choices(tag: str, name: str) -> str:
    return "".join(f'<{tag} value="{value}">⟪{name}_label⟫</{tag}>' for value in ("", f"⟪{name}⟫"))


def _shape(number: int) -> str:
    rows = "".join(map(_row, range(48)))
    return (
        f'<template data-filled="shape"><p id="shape">{number}</p><p>⟪found⟫|⟪amount⟫ ⟪of⟫'
        f"</p>{_choices('label', 'day')}<select>{_choices('option', 'kind')}</select>"
        f"<select>{_choices('option', 'credit')}</select>"
        f"<ul>{rows}</ul></template>"
    )


BUILT = (
    "<!DOCTYPE html><html><head><script>1</script></head><body>"
    '<header></header><template data-filled="page"></template><p>skeleton</p>'
    f"{''.join(map(_shape, range(6)))}<footer></footer></body></html>"
)
PLAIN = (
    "<!DOCTYPE html><html><head><script>1</script></head><body>"
    "<header></header><p>skeleton</p><footer></footer></body></html>"
)


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """The page as it is served, and beside it in its shapes."""
    (tmp_path / "client" / "sessions").mkdir(parents=True)
    (tmp_path / "client" / "sessions" / "index.html").write_text(without_shapes(BUILT), "utf-8")
    (tmp_path / "shapes.html").write_text(BUILT, "utf-8")
    return tmp_path


@pytest.fixture
async def site(client: httpx.AsyncClient, build: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at a meeting that is loaded, and at the application as it is put together."""
    pages = Starlette(
        routes=[*ROUTES, Mount("/", StaticFiles(directory=build / "client", html=True))]
    )
    page = build / "client" / "sessions" / "index.html"
    direct = MeetingPagesMiddleware(pages, {"/sessions": page})
    app = AuthRedirectMiddleware(filled(build / "shapes.html", first_screen, direct))
    transport = httpx.ASGITransport(SecurityHeadersMiddleware(app, build / "client"))
    async with httpx.AsyncClient(transport=transport, base_url=HOST) as browser:
        yield browser


def without_head(page: str) -> str:
    """The page without what the meeting adds to every head."""
    return re.sub('<style>:root.*?<script id="cme-meeting".*?</script>', "", page, flags=re.DOTALL)


async def asked(site: httpx.AsyncClient, who: dict[str, str] = KIM) -> str:
    await site.post("/sign-in", data=who)
    answer = await site.get("/sessions")
    assert answer.status_code == 200
    return without_head(answer.text)


async def context() -> RequestContext:
    token = await credentials.sign_in_with_badge(
        MEETING.code, KIM["last_name"], KIM["number"], now=NOW
    )
    return await authentication.authenticate(MEETING.code, token, now=NOW)


async def adds(*codes: str) -> RequestContext:
    visiting = await context()
    ids = {session.code: session.id for session in visiting.programme.sessions.values()}
    for code in codes:
        await claim_lines.add_session(visiting, ids[code], now=NOW)
    return visiting


def shape(page: str) -> str:
    (found,) = re.findall('<p id="shape">(.*?)</p>', page)
    return str(found)


def rows(page: str) -> list[tuple[str, str, str, str, str]]:
    """Place, number of all, row, shape and title."""
    pattern = (
        r'<li aria-posinset="(\d+)" aria-setsize="(\d+)"><b data-row="(\d+)">(\d+)</b>'
        r"<i>(.*?)</i></li>"
    )
    return [(*found[:4], unescape(found[4])) for found in re.findall(pattern, page)]


def values(page: str) -> dict[str, Any]:
    """What the page's state begins with."""
    (text,) = re.findall('<script id="cme-filled" type="application/json">(.*?)</script>', page)
    states = {name.rpartition("____")[2]: state for name, state in json.loads(text).items()}
    assert list(states) == ["sessions", "command_queue"]
    assert re.fullmatch(r"\d+\.[\w-]{24}", states["command_queue"]["attendee_rx_state_"])
    return {key.removesuffix("_rx_state_"): value for key, value in states["sessions"].items()}


async def test_who_is_signed_in_gets_the_first_rows_in_the_page(site: httpx.AsyncClient) -> None:
    page = await asked(site)
    assert shape(page) == "0"
    assert rows(page) == [
        ("1", "4", "0", "3", "Session A"),
        ("2", "4", "1", "8", "Session D"),
        ("3", "4", "2", "8", "Session C"),
        ("4", "4", "3", "0", "Session B"),
    ]
    assert "<p>4 sessions|0.00 of 10.00 hours</p>" in page
    assert '<label value="">All days</label><label value="2024-09-26">Thu, Sep 26</label>' in page
    assert '<option value="">All sessions</option><option value="panel">Panel</option>' in page
    assert '<option value="safety">Patient Safety</option>' in page
    assert page.startswith("<!DOCTYPE html><html><head><script>1</script><script id=")
    assert page.endswith("<footer></footer></body></html>")
    assert "⟪" not in page
    assert "template" not in page
    assert "skeleton" not in page


async def test_the_state_begins_with_what_the_page_says(site: httpx.AsyncClient) -> None:
    state = values(await asked(site))
    assert [row["title"] for row in state["slot_a"]] == [f"Session {code}" for code in "ADCB"]
    assert (state["ready"], state["matches"], state["found"]) == (True, 4, "4 sessions")
    assert (state["totals"]["of"], "locked" in state) == ("of 10.00 hours", False)
    assert state["announcement"] == ""  # what is in the page already is not news


async def test_what_was_added_what_overlaps_and_what_is_refused_has_its_shape(
    site: httpx.AsyncClient,
) -> None:
    await adds("A", "C")
    page = await asked(site)
    assert (shape(page), values(page)["totals"]["conflicts"]) == ("1", 1)
    assert [row[3] for row in rows(page)] == ["23", "8", "28", "0"]
    page = await asked(site, FACULTY)
    assert (shape(page), values(page)["totals"]["conflicts"]) == ("0", 0)
    assert [row[3] for row in rows(page)] == ["3", "8", "40", "0"]


async def test_a_claim_that_is_submitted_has_the_shape_that_says_so(
    site: httpx.AsyncClient,
) -> None:
    await complete_and_submit(await context(), now=NOW)
    page = await asked(site)
    assert (shape(page), values(page)["submitted"]) == ("3", True)
    assert len(rows(page)) == 4


class TestTitles:
    """Of which no part is markup, neither in the page nor in its values."""

    @pytest.fixture
    def folder(self) -> MeetingFolder:
        first, *others = FOLDER.sessions
        return replace(FOLDER, sessions=(replace(first, title=LONG), *others))

    async def test_a_title_is_a_text_whatever_is_in_it(self, site: httpx.AsyncClient) -> None:
        assert len(LONG) == 169
        page = await asked(site)
        titles = [row[4] for row in rows(page)]
        assert titles == [row["title"] for row in values(page)["slot_a"]]
        assert titles == [LONG, "Session D", "Session C", "Session B"]
        assert page.count("<b>") == page.count("</script> ") == 0


class TestBeforeTheClaimPeriod:
    """When everything is to be seen, and nothing can be added yet."""

    @pytest.fixture
    def folder(self) -> MeetingFolder:
        opens = datetime(2029, 1, 1, tzinfo=UTC)
        return replace(FOLDER, meeting=with_terms(opens_at=opens))

    async def test_the_page_has_the_shape_that_says_so(self, site: httpx.AsyncClient) -> None:
        assert shape(await asked(site)) == "3"


class TestWithoutSessions:
    """A meeting of which nothing carries credit."""

    @pytest.fixture
    def folder(self) -> MeetingFolder:
        return replace(FOLDER, sessions=FOLDER.sessions[-1:])

    async def test_the_page_is_as_it_was_built(self, site: httpx.AsyncClient) -> None:
        assert await asked(site) == PLAIN


async def test_a_claim_whose_totals_were_cleared_gets_the_page_as_it_was_built(
    site: httpx.AsyncClient,
) -> None:
    visiting = await adds("A")
    await submission.choose_total(visiting, "category1", Amount(6), now=NOW)
    first, *others = FOLDER.sessions
    lowered = replace(first, credit={"category1": Amount(2)})
    await load_meeting(replace(FOLDER, sessions=(lowered, *others)), now=NOW)
    assert await asked(site) == PLAIN


async def test_a_claim_with_a_removal_to_undo_gets_the_page_as_it_was_built(
    site: httpx.AsyncClient,
) -> None:
    visiting = await adds("A")
    (session_id,) = (key for key, each in visiting.programme.sessions.items() if each.code == "A")
    await claim_lines.remove_session(visiting, session_id, now=datetime.now(UTC))
    assert await asked(site) == PLAIN


async def test_a_stranger_is_sent_to_the_sign_in(site: httpx.AsyncClient) -> None:
    site.cookies.set("cme_sign_in", "somebody's")
    answer = await site.get("/sessions")
    assert (answer.status_code, answer.headers["location"], answer.text) == (303, "/", "")


async def test_without_the_guard_a_stranger_gets_the_page_of_nobody(
    client: httpx.AsyncClient, build: Path
) -> None:
    page = StaticFiles(directory=build / "client", html=True)
    transport = httpx.ASGITransport(filled(build / "shapes.html", first_screen, page))
    async with httpx.AsyncClient(transport=transport, base_url=HOST) as browser:
        assert (await browser.get("/sessions/")).text == PLAIN


@pytest.mark.parametrize("address", ["/sessions?q=a", "/sessions?day=2024-09-26&sort=title"])
async def test_an_address_with_filters_gets_the_page_as_it_was_built(
    site: httpx.AsyncClient, address: str
) -> None:
    await asked(site)
    assert without_head((await site.get(address)).text) == PLAIN


@pytest.mark.parametrize("path", ["/sessions", "/sessions/", "/sessions/index.html"])
async def test_the_page_is_kept_by_no_cache_and_keeps_its_policy(
    site: httpx.AsyncClient, build: Path, path: str
) -> None:
    await asked(site)
    answer = await site.get(path)
    assert len(rows(answer.text)) == 4
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["vary"] == "accept-encoding"
    assert "etag" not in answer.headers
    assert answer.headers["content-security-policy"] == policy(build / "client")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


async def test_the_page_is_compressed_for_who_can_read_that(site: httpx.AsyncClient) -> None:
    await asked(site)
    plain = (await site.get("/sessions", headers={"accept-encoding": "identity"})).text
    stream = site.stream("GET", "/sessions", headers={"accept-encoding": "br, gzip"})
    async with stream as answer:
        raw = b"".join([chunk async for chunk in answer.aiter_raw()])
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) == len(raw) < len(plain) / 2
    assert gzip.decompress(raw).decode() == plain
    answer = await site.get("/sessions", headers={"accept-encoding": "identity"})
    assert ("content-encoding" in answer.headers, answer.text) == (False, plain)


async def test_before_a_build_and_after_the_next_one_the_page_is_that_of_the_build(
    site: httpx.AsyncClient, build: Path
) -> None:
    first = await asked(site)
    (build / "shapes.html").unlink()
    assert without_head((await site.get("/sessions")).text) == PLAIN
    (build / "shapes.html").write_text(BUILT.replace("<footer>", "<footer>new"), "utf-8")
    rebuilt = without_head((await site.get("/sessions")).text)
    assert rebuilt == first.replace("<footer>", "<footer>new")


@pytest.mark.parametrize(
    ("built", "fault"),
    [
        (PLAIN, "the page was not built with its shapes"),
        (BUILT.replace("</head>", ""), "the page was not built with its shapes"),
        (BUILT.replace("⟪title⟫", ""), "the rows do not stand one after the other"),
        (BUILT.replace("</li>", "</li> "), "the rows do not stand one after the other"),
    ],
)
def test_a_page_without_its_shapes_stops_the_build(built: str, fault: str) -> None:
    with pytest.raises(NoShapes, match=fault):
        shapes_of(built)


def test_what_is_served_has_nothing_of_the_shapes() -> None:
    assert without_shapes(BUILT) == PLAIN
    assert without_shapes(PLAIN) == PLAIN
