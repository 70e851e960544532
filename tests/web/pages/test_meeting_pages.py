"""Built pages with the facts of a meeting in them, and the pages that know no meeting."""

import gzip
import json
import re
from collections.abc import AsyncIterator
from dataclasses import asdict, replace
from html import unescape
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from cme_reflex.domain.meetings.meeting import SingleSignOn
from cme_reflex.services.meetings import meeting_view as views
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.meetings.meeting_view import MeetingView, current_view, meeting_view
from cme_reflex.settings import settings
from cme_reflex.store.engines import close_database
from cme_reflex.web.build_assets import maintenance_page
from cme_reflex.web.pages.meeting_pages import MeetingPagesMiddleware, filled
from tests.support.meetings import FOLDER, MEETING
from tests.support.web import HOST, NOW

BUILT = (
    '<!DOCTYPE html><html><head><title>Log in · ⟦ meeting.short_name ⟧</title></head><body><p id="a'
    '">⟦ meeting.name ⟧</p><a href="mailto:⟦ meeting.help_email ⟧">⟦ meeting.help_contact ⟧</a>'
    "⟦% if meeting.logo %⟧<img>⟦% endif %⟧⟦% if not meeting.logo %⟧<b>none</b>⟦% endif %⟧"
    "⟦% for paragraph in meeting.privacy %⟧<p>⟦ paragraph ⟧</p>⟦% endfor %⟧</body></html>"
)
NAME = """<b>"Tips & Tricks"</b> {{ 7 * 7 }} ⟦ 7 * 7 ⟧ </script><script>alert('1')</script>"""


@pytest.fixture
async def site(client: httpx.AsyncClient, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A build of one page, with the meeting loaded; other addresses are files."""
    (tmp_path / "index.html").write_text(BUILT, "utf-8")
    (tmp_path / "404.html").write_text("<p>neutral", "utf-8")
    (tmp_path / "a.txt").write_text("a file", "utf-8")
    files = Starlette(routes=[Mount("/", StaticFiles(directory=tmp_path, html=True))])
    app = MeetingPagesMiddleware(files, {"/": tmp_path / "index.html"})
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=HOST) as browser:
        yield browser


def facts(page: str) -> dict[str, object]:
    """What the page says to its scripts."""
    (written,) = re.findall(
        '<script id="cme-meeting" type="application/json">(.*?)</script>', page, re.DOTALL
    )
    return dict(json.loads(written))


def as_loaded(view: MeetingView) -> dict[str, object]:
    return dict(json.loads(json.dumps(asdict(view))))


async def test_the_page_has_the_facts_and_says_them_to_its_scripts(
    site: httpx.AsyncClient,
) -> None:
    page = (await site.get("/")).text
    assert f"<title>Log in · {MEETING.short_name}</title>" in page
    assert f'<p id="a">{MEETING.name}</p>' in page
    assert f'href="mailto:{MEETING.provider.help_email}"' in page
    assert "<b>none</b>" in page
    assert "<img>" not in page
    assert "⟦" not in page
    assert facts(page) == as_loaded(await current_view(MEETING.code))
    assert '<meta property="og:title" content="TEST24 CME claim">' in page


def test_a_fact_is_a_text_whatever_is_in_it() -> None:
    meeting = replace(MEETING, name=NAME, privacy="One\nline.\n\n\n</p><p>{{ 1 }}\n\n ")
    page = filled(BUILT, meeting_view(meeting, 7))
    (shown,) = re.findall('<p id="a">(.*?)</p>', page)
    assert unescape(shown) == facts(page)["name"] == NAME
    assert page.count("<script") == page.count("</script>") == 1
    assert "49" not in shown
    assert facts(page)["privacy"] == ["One line.", "</p><p>{{ 1 }}"]
    assert page.count("<p>") == 2


def test_what_depends_on_a_fact_follows_it() -> None:
    sso = SingleSignOn(issuer="https://login.example.org", client_id="cme", label="Log in there")
    template = "<head></head>⟦% if meeting.single_sign_on %⟧yes⟦% endif %⟧⟦ meeting.second_number ⟧"
    other = replace(
        MEETING, single_sign_on=sso, sign_in=replace(MEETING.sign_in, badge_alone=False)
    )
    shown = [filled(template, meeting_view(each, 1)) for each in (MEETING, other)]
    assert [page.rpartition("</head>")[2] for page in shown] == ["", "yesasked"]


async def test_a_load_changes_the_page_without_a_build(site: httpx.AsyncClient) -> None:
    before = await site.get("/")
    known = {"if-none-match": before.headers["etag"]}
    assert (await site.get("/", headers=known)).status_code == 304
    renamed = replace(FOLDER, meeting=replace(MEETING, name="Renamed"))
    await load_meeting(renamed, now=NOW)
    after = await site.get("/", headers=known)
    assert (after.status_code, facts(after.text)["name"]) == (200, "Renamed")


async def test_it_is_compressed_for_a_browser_that_accepts_that(site: httpx.AsyncClient) -> None:
    stream = site.stream("GET", "/", headers={"accept-encoding": "br, gzip"})
    async with stream as answer:
        raw = b"".join([chunk async for chunk in answer.aiter_raw()])
    assert (answer.headers["content-encoding"], answer.headers["vary"]) == (
        "gzip",
        "accept-encoding",
    )
    plain = await site.get("/", headers={"accept-encoding": "identity"})
    assert gzip.decompress(raw) == plain.content


async def test_while_the_database_is_away_the_last_version_is_served(
    site: httpx.AsyncClient,
) -> None:
    page = (await site.get("/")).text
    await close_database()
    assert (await site.get("/")).text == page


async def test_a_meeting_that_is_not_loaded_says_so(
    site: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CME_MEETING", "nowhere")
    settings.cache_clear()
    answer = await site.get("/")
    assert answer.status_code == 404
    assert "There is no such meeting here" in answer.text


@pytest.mark.parametrize("spelling", ["/index.html", "/.html", "/index.html?a=b"])
async def test_another_spelling_leads_to_the_page(site: httpx.AsyncClient, spelling: str) -> None:
    answer = await site.get(spelling)
    query = "?a=b" if "?" in spelling else ""
    assert (answer.status_code, answer.headers["location"]) == (303, f"/{query}")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_a_page_can_only_be_read(site: httpx.AsyncClient, method: str) -> None:
    answer = await site.request(method, "/")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


async def test_an_address_that_leads_nowhere_names_the_meeting_and_its_contact(
    site: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = await site.get("/nowhere")
    assert answer.status_code == 404
    assert "There is no such page" in answer.text
    assert MEETING.provider.help_email in answer.text
    assert "<script" not in answer.text
    monkeypatch.setattr(views, "_views", {})
    neutral = await site.get("/nowhere")
    assert "There is no such page" in neutral.text
    assert "mailto" not in neutral.text
    assert (await site.get("/a.txt")).text == "a file"


def test_the_maintenance_page_loads_nothing_but_its_icon() -> None:
    page = maintenance_page()
    assert "Everything you saved is safe" in page
    assert re.findall(r'(?:src|href)="(?!mailto:)([^"]*)"', page) == ["/favicon.svg", "/claim"]
    assert "url(" not in page
    assert "<script" not in page
