"""The list of sessions with its first screen, in a small page with all its parts."""

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
from cme_reflex.services.claims import claim_lines, claim_snapshot, submission
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.sign_in import authentication, credentials
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.state.sessions import first_screen
from cme_reflex.state.views import session_window
from cme_reflex.store.database import DatabaseNotOpen
from cme_reflex.web.middleware.auth_redirect import AuthRedirectMiddleware
from cme_reflex.web.middleware.content_security_policy import policy
from cme_reflex.web.middleware.security_headers import SecurityHeadersMiddleware
from cme_reflex.web.pages.first_screen import FirstScreenMiddleware
from cme_reflex.web.pages.meeting_pages import MeetingPagesMiddleware
from cme_reflex.web.routes.sign_in import ROUTES
from tests.support.earlier_meetings import complete_and_submit
from tests.support.meetings import FOLDER, MEETING, with_terms
from tests.support.web import HOST

NOW = datetime(2024, 11, 1, 12, tzinfo=UTC)
KIM = {"way": "badge", "last_name": "O'Brien-Núñez", "number": "101"}
FACULTY = {"way": "badge", "last_name": "Smith", "number": "102"}
LONG = """<b>"Tips & Tricks"</b> in 'Facial' Rejuvenation: ⟪credit⟫ </script> """ + "é" * 101


PARTS = ("locked", "kinds", "credits", "days", "found", "rows", "changes", "totals")


def _part(name: str) -> str:
    return f"⟦% if first_screen %⟧⟦ first_screen.{name}() ⟧⟦% else %⟧<p>skeleton</p>⟦% endif %⟧"


HEAD = "<!DOCTYPE html><html><head><script>1</script></head><body><header></header>"
FOOT = "<footer></footer></body></html>"
BUILT = f"{HEAD}{''.join(map(_part, PARTS))}{FOOT}"
PLAIN = f"{HEAD}{'<p>skeleton</p>' * len(PARTS)}{FOOT}"


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """The built page, in the folder that is served."""
    page = tmp_path / "client" / "sessions" / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text(BUILT, "utf-8")
    return page


@pytest.fixture
async def site(client: httpx.AsyncClient, build: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at a meeting that is loaded, and at the application as it is put together."""
    folder = build.parents[1]
    pages = Starlette(routes=[*ROUTES, Mount("/", StaticFiles(directory=folder, html=True))])
    direct = MeetingPagesMiddleware(pages, {"/sessions": build})
    app = AuthRedirectMiddleware(FirstScreenMiddleware(direct, build, first_screen))
    transport = httpx.ASGITransport(SecurityHeadersMiddleware(app, folder))
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


async def removed(*codes: str) -> None:
    visiting = await adds(*codes)
    ids = {session.code: session.id for session in visiting.programme.sessions.values()}
    for code in codes:
        await claim_lines.remove_session(visiting, ids[code], now=datetime.now(UTC))


async def adds(*codes: str) -> RequestContext:
    visiting = await context()
    ids = {session.code: session.id for session in visiting.programme.sessions.values()}
    for code in codes:
        await claim_lines.add_session(visiting, ids[code], now=NOW)
    return visiting


def rows(page: str) -> list[tuple[str, ...]]:
    """Day, title, what its control says or does, and "Overlaps", of each row, with its place."""
    found = re.findall(
        r'<li class="contents" aria-setsize="4" aria-posinset="(\d)">(.*?)</li>', page, re.DOTALL
    )
    assert [int(place) for place, _ in found] == list(range(1, len(found) + 1))
    return [_row(row) for _, row in found]


def _row(row: str) -> tuple[str, ...]:
    patterns = (
        '<h2 class="session-day ">(.*?)</h2>',
        '<h3 class="session-title">(.*?)</h3>',
        'data-cme-tap="(\\w+)-|<p class="w-26 [^>]*>(.*?)</p>',
        "(Overlaps)</span>",
    )
    found = [re.search(pattern, row) for pattern in patterns]
    return tuple(unescape("".join(filter(None, each.groups()))) if each else "" for each in found)


def values(page: str) -> dict[str, Any]:
    """What the page's state begins with."""
    (text,) = re.findall(
        '<script id="cme-first-screen" type="application/json">(.*?)</script>', page
    )
    states = {name.rpartition("____")[2]: state for name, state in json.loads(text).items()}
    assert list(states) == ["sessions", "command_queue"]
    assert re.fullmatch(r"\d+\.[\w-]{24}", states["command_queue"]["attendee_rx_state_"])
    return {key.removesuffix("_rx_state_"): value for key, value in states["sessions"].items()}


def is_locked(page: str) -> bool:
    """Whether the page says why nothing can be changed, and no button can be tapped."""
    disabled = page.count(" disabled>")
    assert disabled in (0, page.count("data-cme-tap="))
    assert ("bg-accent-wash" in page) == bool(disabled)
    return bool(disabled)


async def test_who_is_signed_in_gets_the_first_rows_in_the_page(site: httpx.AsyncClient) -> None:
    page = await asked(site)
    assert rows(page) == [
        ("Thursday, September 26", "Session A", "add", ""),
        ("", "Session D", "add", ""),
        ("", "Session C", "add", ""),
        ("", "Session B", "add", ""),
    ]
    assert not is_locked(page)
    assert ">4 sessions found</p>" in page
    assert ">0.00</span>" in page
    assert "> of 10.00 hours</span>" in page
    assert 'value="" checked' in page
    assert ">All days</label>" in page
    assert ">Thu, Sep 26</label>" in page
    assert '<option value="">All sessions</option><option value="panel">Panel</option>' in page
    assert '<option value="safety">Patient Safety</option>' in page
    assert page.startswith("<!DOCTYPE html><html><head><script>1</script><script id=")
    assert page.endswith("<footer></footer></body></html>")
    assert "⟦" not in page
    assert "skeleton" not in page


async def test_the_state_begins_with_what_the_page_says(site: httpx.AsyncClient) -> None:
    state = values(await asked(site))
    assert [row["title"] for row in state["slot_a"]] == [f"Session {code}" for code in "ADCB"]
    assert (state["ready"], state["matches"], state["found"]) == (True, 4, "4 sessions")
    assert (state["totals"]["of"], "locked" in state) == ("of 10.00 hours", False)
    assert state["announcement"] == ""  # what is in the page already is not news


async def test_no_row_is_wrong_about_what_was_added_what_overlaps_and_what_is_refused(
    site: httpx.AsyncClient,
) -> None:
    await adds("A", "C")
    page = await asked(site)
    assert values(page)["totals"]["conflicts"] == 1
    assert "1 overlap</span>" in page
    assert [row[2:] for row in rows(page)] == [
        ("remove", "Overlaps"),
        ("add", ""),
        ("remove", "Overlaps"),
        ("add", ""),
    ]
    page = await asked(site, FACULTY)
    assert [row[2:] for row in rows(page)] == [
        ("add", ""),
        ("add", ""),
        ("You present this session", ""),
        ("add", ""),
    ]


async def test_nothing_can_be_tapped_on_a_claim_that_is_submitted(
    site: httpx.AsyncClient,
) -> None:
    await complete_and_submit(await context(), now=NOW)
    page = await asked(site)
    assert is_locked(page)
    assert values(page)["submitted"]
    assert len(rows(page)) == 4


async def test_the_page_has_the_whole_window_of_a_longer_list(
    site: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_window, "CHUNK", 1)
    page = await asked(site)
    assert [row[1] for row in rows(page)] == ["Session A", "Session D", "Session C"]
    assert "--rows-before:0;--heads-before:0;--rows-after:1;--heads-after:0" in page
    state = values(page)
    shown = [row["title"] for slot in "abc" for row in state[f"slot_{slot}"]]
    assert shown == ["Session A", "Session D", "Session C"]


async def test_a_removal_can_be_undone_on_the_first_screen(site: httpx.AsyncClient) -> None:
    await removed("A", "C")
    page = await asked(site)
    assert [each["title"] for each in values(page)["removed"]] == ["Session C", "Session A"]
    assert '<span class="font-semibold">Session C</span>' in page
    assert ">and 1 more</p>" in page
    assert page.count('data-cme-tap="undo-') == 1
    assert len(rows(page)) == 4


async def test_totals_that_were_cleared_are_told_on_the_first_screen(
    site: httpx.AsyncClient,
) -> None:
    visiting = await adds("A")
    await submission.choose_total(visiting, "category1", Amount(6), now=NOW)
    first, *others = FOLDER.sessions
    lowered = replace(first, credit={"category1": Amount(2)})
    await load_meeting(replace(FOLDER, sessions=(lowered, *others)), now=NOW)
    page = await asked(site)
    problem = values(page)["problem"]
    assert f'<div class="min-w-0 flex-1 text-15">{problem}</div>' in page
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
        titles = [row[1] for row in rows(page)]
        assert titles == [row["title"] for row in values(page)["slot_a"]]
        assert titles == [LONG, "Session D", "Session C", "Session B"]
        assert page.count("<b>") == page.count("</script> ") == 0
        assert page.count("<script") == page.count("</script>") == 2


class TestBeforeTheClaimPeriod:
    """When everything is to be seen, and nothing can be added yet."""

    @pytest.fixture
    def folder(self) -> MeetingFolder:
        opens = datetime(2029, 1, 1, tzinfo=UTC)
        return replace(FOLDER, meeting=with_terms(opens_at=opens))

    async def test_the_page_says_so(self, site: httpx.AsyncClient) -> None:
        assert is_locked(await asked(site))


class TestWithoutSessions:
    """A meeting of which nothing carries credit."""

    @pytest.fixture
    def folder(self) -> MeetingFolder:
        return replace(FOLDER, sessions=FOLDER.sessions[-1:])

    async def test_the_page_is_as_it_was_built(self, site: httpx.AsyncClient) -> None:
        assert await asked(site) == PLAIN


async def test_a_stranger_is_sent_to_the_sign_in(site: httpx.AsyncClient) -> None:
    site.cookies.set("cme_sign_in", "somebody's")
    answer = await site.get("/sessions")
    assert (answer.status_code, answer.headers["location"], answer.text) == (303, "/", "")


async def test_without_the_guard_a_stranger_gets_the_page_of_nobody(
    client: httpx.AsyncClient, build: Path
) -> None:
    direct = MeetingPagesMiddleware(Starlette(), {"/sessions": build})
    transport = httpx.ASGITransport(FirstScreenMiddleware(direct, build, first_screen))
    async with httpx.AsyncClient(transport=transport, base_url=HOST) as browser:
        assert without_head((await browser.get("/sessions/")).text) == PLAIN


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
    assert answer.headers["content-security-policy"] == policy(build.parents[1])
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


async def test_before_a_build_there_is_no_page_and_after_the_next_one_it_is_that_of_the_build(
    site: httpx.AsyncClient, build: Path
) -> None:
    first = await asked(site)
    (build.parent / "index.html").unlink()
    assert (await site.get("/sessions")).status_code == 404
    (build.parent / "index.html").write_text(BUILT.replace("<footer>", "<footer>new"), "utf-8")
    rebuilt = without_head((await site.get("/sessions")).text)
    assert rebuilt == first.replace("<footer>", "<footer>new")


async def test_the_page_is_that_of_nobody_while_the_database_is_away(
    site: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await asked(site)

    async def fail(*_: object, **__: object) -> None:
        raise DatabaseNotOpen

    monkeypatch.setattr(claim_snapshot, "load", fail)
    answer = await site.get("/sessions")
    assert (answer.status_code, without_head(answer.text)) == (200, PLAIN)
