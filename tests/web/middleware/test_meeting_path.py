"""One site for each meeting below its code: paths, cookies, redirects, and old addresses."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from cme_reflex.services.certificates.certificate import VERIFY_LIMIT
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.settings import settings
from cme_reflex.web import cookies
from cme_reflex.web.meeting import meeting_code
from cme_reflex.web.middleware.meeting_path import MeetingPathMiddleware
from tests.support.meetings import FOLDER, MEETING, with_terms
from tests.support.web import HOST, NOW, status_and_location, submit_owners_claim


async def seen(request: Request) -> Response:
    """What the application behind gets of a request."""
    return JSONResponse(
        {
            "meeting": meeting_code(request.scope),
            "path": request.url.path,
            "raw_path": request.scope["raw_path"].decode(),
            "cookies": request.cookies,
        }
    )


async def sign_in(request: Request) -> Response:
    response = RedirectResponse(request.query_params.get("to", "/claim"), 303)
    cookies.set_sign_in(response, "a token", meeting=meeting_code(request.scope))
    cookies.set_cookie(response, cookies.KNOWN_BROWSER, "known", cookies.NEXT_LIFETIME)
    return response


@pytest.fixture
async def site(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx.AsyncClient]:
    """The middleware in front of an application that says what it gets; no meeting is set."""
    monkeypatch.setenv("CME_MEETING", "")
    settings.cache_clear()
    app = Starlette(
        routes=[
            Route("/sign-in", sign_in, methods=["POST"]),
            Route("/{path:path}", seen, methods=["GET", "POST"]),
        ]
    )
    transport = httpx.ASGITransport(MeetingPathMiddleware(app))
    async with httpx.AsyncClient(transport=transport, base_url=HOST) as client:
        yield client
    monkeypatch.undo()
    settings.cache_clear()


@pytest.mark.parametrize(
    ("address", "meeting", "path"),
    [
        ("/one24", "one24", "/"),
        ("/one24/", "one24", "/"),
        ("/one24/claim", "one24", "/claim"),
        ("/one24/account/transcript.pdf", "one24", "/account/transcript.pdf"),
        ("/one24/na%C3%AFve%20page", "one24", "/naïve page"),
        ("/2024/claim", "2024", "/claim"),
        ("/health", "", "/health"),
        ("/verify/X1", "", "/verify/X1"),
        ("/api/v1/claims", "", "/api/v1/claims"),
        ("/tokens.css", "", "/tokens.css"),
        ("/assets/a.js", "", "/assets/a.js"),
        ("/a/claim", "", "/a/claim"),  # too short for a code
    ],
)
async def test_the_first_segment_is_the_meeting(
    site: httpx.AsyncClient, address: str, meeting: str, path: str
) -> None:
    got = (await site.get(address)).json()
    assert (got["meeting"], got["path"]) == (meeting, path)
    assert httpx.URL(got["raw_path"]).path == path


async def test_a_code_is_compared_without_case(site: httpx.AsyncClient) -> None:
    answer = await site.get("/One24/sessions?q=a%20b")
    assert status_and_location(answer) == (303, "/one24/sessions?q=a%20b")


async def test_each_meeting_gets_its_own_cookies_and_no_other(site: httpx.AsyncClient) -> None:
    site.cookies.set("cme_sign_in", "old")
    for name in ("cme_sign_in.one24", "cme_next.one24", "cme_sign_in.two24", "cme_known_browser"):
        site.cookies.set(name, f"its {name}")
    one, two, three = [
        (await site.get(f"/{code}/claim")).json()["cookies"] for code in ("one24", "two24", "three")
    ]
    shared = {"cme_known_browser": "its cme_known_browser"}
    assert one | {"cme_sign_in": ""} == shared | {
        "cme_sign_in": "",
        "cme_next": "its cme_next.one24",
    }
    assert two.keys() == {"cme_sign_in", "cme_known_browser"}
    # A token from before cookies had the meeting's name is of no use to another meeting.
    assert three == shared | {"cme_sign_in": "old"}


def test_a_cookie_of_the_meeting_comes_before_one_without_its_name() -> None:
    header = "cme_sign_in=old; a=1; __Host-cme_sign_in.one24=x; cme_sign_in.one24=new; b.two24=2"
    assert (
        cookies.of_meeting(header, "one24")
        == "__Host-cme_sign_in=x; cme_sign_in=new; cme_sign_in=old; a=1"
    )
    assert cookies.token_in(cookies.of_meeting(header, "one24")) == "new"
    assert cookies.of_meeting("", "one24") == ""


async def test_cookies_and_redirects_are_those_of_the_meeting(site: httpx.AsyncClient) -> None:
    answer = await site.post("/one24/sign-in")
    assert status_and_location(answer) == (303, "/one24/claim")
    names = [cookie.partition("=")[0] for cookie in answer.headers.get_list("set-cookie")]
    assert names == ["cme_sign_in.one24", "cme_meeting", "cme_known_browser"]


@pytest.mark.parametrize(
    ("target", "location"),
    [
        ("/", "/one24"),
        ("/#expired", "/one24#expired"),
        ("/sessions?q=x", "/one24/sessions?q=x"),
        ("/two24#expired", "/two24#expired"),
        ("/two24?q=/x", "/two24?q=/x"),
        ("https://login.example.org/", "https://login.example.org/"),
    ],
)
async def test_a_redirect_stays_in_the_meeting(
    site: httpx.AsyncClient, target: str, location: str
) -> None:
    answer = await site.post("/one24/sign-in", params={"to": target})
    assert answer.headers["location"] == location


class TestWithoutACode:
    """Addresses from before meetings were part of them."""

    async def test_it_leads_to_the_meeting_that_the_browser_signed_in_to_last(
        self, site: httpx.AsyncClient
    ) -> None:
        site.cookies.set("cme_meeting", "one24")
        answer = await site.get("/evaluation?session=4")
        assert status_and_location(answer) == (303, "/one24/evaluation?session=4")

    async def test_a_cookie_of_a_browser_leads_nowhere_else(self, site: httpx.AsyncClient) -> None:
        site.cookies.set("cme_meeting", "/evil.example")
        assert status_and_location(await site.get("/claim")) == (303, "/")

    async def test_it_leads_to_the_meeting_of_the_settings(
        self, site: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("CME_MEETING", "set24")
        settings.cache_clear()
        assert status_and_location(await site.get("/")) == (303, "/set24")
        assert status_and_location(await site.get("/claim")) == (303, "/set24/claim")

    async def test_a_certificate_leads_to_its_own_meeting(self, site: httpx.AsyncClient) -> None:
        await load_meeting(FOLDER, now=NOW)
        number = await submit_owners_claim()
        site.cookies.set("cme_meeting", "two24")
        site.cookies.set("cme_sign_in.two24", "x")
        path = f"/certificate/{number}.pdf"
        # A browser that is signed in to one meeting learns nothing of others.
        assert status_and_location(await site.get(path)) == (303, f"/two24{path}")
        site.cookies.set(f"cme_sign_in.{MEETING.code}", "x")
        for tried, code in ((number, MEETING.code), ("TEST24-2222-2222", "two24")):
            for rest in (".pdf", "/category1.pdf"):
                path = f"/certificate/{tried}{rest}"
                assert status_and_location(await site.get(path)) == (303, f"/{code}{path}")

    async def test_nobody_finds_out_numbers_of_certificates_by_trying(
        self, site: httpx.AsyncClient
    ) -> None:
        await load_meeting(FOLDER, now=NOW)
        number = await submit_owners_claim()
        site.cookies.set("cme_meeting", "two24")
        for code in ("two24", MEETING.code):
            site.cookies.set(f"cme_sign_in.{code}", "x")
        for _ in range(VERIFY_LIMIT.limit):
            await site.get("/certificate/TEST24-2222-2222.pdf")
        path = f"/certificate/{number}.pdf"
        assert status_and_location(await site.get(path)) == (303, f"/two24{path}")

    async def test_a_form_is_taken_where_it_was_posted(self, site: httpx.AsyncClient) -> None:
        site.cookies.set("cme_meeting", "one24")
        answer = await site.post("/sign-in")
        assert status_and_location(answer) == (303, "/one24/claim")

    async def test_the_callback_of_single_sign_on_leads_to_the_meeting_that_it_began_for(
        self, site: httpx.AsyncClient
    ) -> None:
        site.cookies.set("cme_meeting", "one24")
        site.cookies.set("cme_departure", "two24.token")
        answer = await site.get("/sign-in/sso/callback?code=c&state=s")
        assert status_and_location(answer) == (303, "/two24/sign-in/sso/callback?code=c&state=s")

    async def test_the_only_open_meeting_is_found(self, site: httpx.AsyncClient) -> None:
        await load_meeting(FOLDER, now=NOW)
        closed = replace(with_terms(closes_at=datetime(2024, 12, 1, tzinfo=UTC)), code="old24")
        await load_meeting(_only(closed), now=NOW)
        assert status_and_location(await site.get("/")) == (303, f"/{MEETING.code}")
        assert status_and_location(await site.get("/claim")) == (303, f"/{MEETING.code}/claim")

    async def test_of_several_open_meetings_one_is_chosen(self, site: httpx.AsyncClient) -> None:
        await load_meeting(FOLDER, now=NOW)
        await load_meeting(_only(replace(MEETING, code="two24", name="<b>Second")), now=NOW)
        answer = await site.get("/")
        assert answer.status_code == 200
        for part in (f'href="/{MEETING.code}"', 'href="/two24"', "&lt;b&gt;Second", "Dec 31, 2030"):
            assert part in answer.text
        assert status_and_location(await site.get("/claim")) == (303, "/")

    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "X"])
    async def test_the_list_of_meetings_is_only_read(
        self, site: httpx.AsyncClient, method: str
    ) -> None:
        answer = await site.request(method, "/")
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")

    async def test_without_an_open_meeting_the_page_says_so(self, site: httpx.AsyncClient) -> None:
        answer = await site.get("/")
        assert "No meeting is open for claims at the moment." in answer.text


def _only(meeting: object) -> object:
    """A folder with this meeting and nobody in it."""
    return replace(FOLDER, meeting=meeting, sessions=(), attendees=(), members=())
