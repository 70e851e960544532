from datetime import UTC, datetime

import httpx
import pytest
from sqlalchemy import Engine

from cme_reflex import text
from cme_reflex.services.meetings.lifecycle import archive_meeting
from cme_reflex.settings import settings
from cme_reflex.store.engines import close_database, open_database
from cme_reflex.web.cookies import next_address
from tests.support.meetings import MEETING, PASSWORD
from tests.support.web import status_and_location

BADGE = {"way": "badge", "last_name": "Smith", "number": "102"}
FORM_TYPE = b"application/x-www-form-urlencoded"
MEMBER = {"way": "member", "username": "kim", "password": PASSWORD}


@pytest.mark.parametrize("form", [BADGE, MEMBER])
async def test_a_valid_form_opens_the_claim(
    client: httpx.AsyncClient, form: dict[str, str]
) -> None:
    assert status_and_location(await client.post("/sign-in", data=form)) == (303, "/claim")
    assert (await client.get("/claim")).text == "page /claim"


async def test_the_cookie_is_http_only_and_same_site(
    client: httpx.AsyncClient,
) -> None:
    response = await client.post("/sign-in", data=BADGE)
    (cookie,) = [c for c in response.headers.get_list("set-cookie") if "cme_sign_in" in c]
    assert cookie.split("; ")[1:] == ["HttpOnly", "Max-Age=604800", "Path=/", "SameSite=lax"]


async def test_behind_https_the_cookie_is_for_this_host_alone(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CME_SECURE_COOKIES", "true")
    settings.cache_clear()
    response = await client.post("/sign-in", data=BADGE)
    (cookie,) = [c for c in response.headers.get_list("set-cookie") if "sign_in" in c]
    assert cookie.startswith("__Host-cme_sign_in=")
    assert "Secure" in cookie.split("; ")
    assert (await client.get("/claim")).status_code == 200


@pytest.mark.parametrize(
    ("form", "code"),
    [
        (BADGE | {"number": "999"}, "not-recognised"),
        (BADGE | {"last_name": "Nobody"}, "not-recognised"),
        (BADGE | {"number": " "}, "missing"),
        ({}, "missing"),
        (MEMBER | {"password": "wrong"}, "member-not-recognised"),
        (MEMBER | {"username": "unregistered"}, "member-not-registered"),
        ({"way": "member"}, "member-missing"),
    ],
)
async def test_an_error_returns_as_a_code_of_the_closed_list(
    client: httpx.AsyncClient, form: dict[str, str], code: str
) -> None:
    assert status_and_location(await client.post("/sign-in", data=form)) == (303, f"/#{code}")
    assert code in text.sign_in.ERRORS
    assert status_and_location(await client.get("/claim")) == (303, "/")


@pytest.mark.parametrize("form", [BADGE, MEMBER])
async def test_an_archived_meeting_says_so_to_those_who_are_registered_for_it(
    client: httpx.AsyncClient, form: dict[str, str]
) -> None:
    await client.post("/sign-in", data=form)
    assert (await client.get("/claim")).text == "page /claim"
    await archive_meeting(MEETING.code, actor="staff", now=datetime.now(UTC))
    assert status_and_location(await client.get("/claim")) == (303, "/")
    assert status_and_location(await client.post("/sign-in", data=form)) == (303, "/#archived")
    wrong = BADGE | {"number": "999"}
    answer = await client.post("/sign-in", data=wrong)
    assert status_and_location(answer) == (303, "/#not-recognised")
    assert status_and_location(await client.get("/claim")) == (303, "/")


@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}, {"origin": "null"}],
)
async def test_a_form_of_another_site_is_rejected(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    for path in ("/sign-in", "/sign-out"):
        assert (await client.post(path, data=BADGE, headers=headers)).status_code == 403
    assert status_and_location(await client.get("/claim")) == (303, "/")


async def test_a_form_of_this_site_is_accepted(client: httpx.AsyncClient) -> None:
    headers = {"origin": "https://cme.example.org", "sec-fetch-site": "same-origin"}
    assert status_and_location(await client.post("/sign-in", data=BADGE, headers=headers)) == (
        303,
        "/claim",
    )


async def test_after_five_failures_even_the_right_name_has_to_wait(
    client: httpx.AsyncClient,
) -> None:
    wrong = [await client.post("/sign-in", data=BADGE | {"last_name": "X"}) for _ in range(5)]
    assert {status_and_location(each) for each in wrong} == {(303, "/#not-recognised")}
    for last_name in ("X", "Smith"):
        form = BADGE | {"last_name": last_name}
        assert status_and_location(await client.post("/sign-in", data=form)) == (303, "/#wait-1")
    assert status_and_location(await client.get("/claim")) == (303, "/")


async def test_a_locked_username_is_answered_like_a_locked_number(
    client: httpx.AsyncClient,
) -> None:
    for username in ("kim", "nobody"):
        form = MEMBER | {"username": username, "password": "wrong"}
        answers = [status_and_location(await client.post("/sign-in", data=form)) for _ in range(6)]
        assert answers == [(303, "/#member-not-recognised")] * 5 + [(303, "/#wait-1")]


async def test_a_huge_form_is_rejected(client: httpx.AsyncClient) -> None:
    form = BADGE | {"last_name": "x" * 10_000}
    assert (await client.post("/sign-in", data=form)).status_code == 413


async def test_after_signing_in_the_requested_page_opens(
    client: httpx.AsyncClient,
) -> None:
    assert status_and_location(await client.get("/sessions?q=breast&day=2024-09-26")) == (303, "/")
    arrived = await client.post("/sign-in", data=BADGE)
    assert status_and_location(arrived) == (303, "/sessions?q=breast&day=2024-09-26")
    assert "cme_next" not in client.cookies


async def test_behind_https_every_cookie_is_for_this_host_alone(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CME_SECURE_COOKIES", "true")
    settings.cache_clear()
    await client.get("/sessions?q=breast")
    assert list(client.cookies) == ["__Host-cme_next"]
    assert status_and_location(await client.post("/sign-in", data=BADGE)) == (
        303,
        "/sessions?q=breast",
    )
    assert list(client.cookies) == [
        "__Host-cme_sign_in",
        "__Host-cme_meeting",
        "__Host-cme_known_browser",
    ]


@pytest.mark.parametrize(
    "value",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil",
        "/nowhere",
        "",
        "/claim\r\nX: y",
        "%2F%2Fx",
    ],
)
def test_no_redirect_leads_to_another_site(value: str) -> None:
    assert next_address(value) == "/claim"


async def test_a_signed_in_attendee_skips_the_form(client: httpx.AsyncClient) -> None:
    assert (await client.get("/")).text == "page /"
    await client.post("/sign-in", data=BADGE)
    assert status_and_location(await client.get("/")) == (303, "/claim")


async def test_signing_out_ends_the_sign_in_on_the_server(client: httpx.AsyncClient) -> None:
    await client.post("/sign-in", data=BADGE)
    cookies = dict(client.cookies)
    assert status_and_location(await client.post("/sign-out")) == (303, "/#signed-out")
    assert status_and_location(await client.get("/claim")) == (303, "/")
    client.cookies.update(cookies)
    assert status_and_location(await client.get("/claim")) == (303, "/")


async def test_every_sign_in_has_a_new_token_and_ends_the_previous_one(
    client: httpx.AsyncClient,
) -> None:
    await client.post("/sign-in", data=BADGE)
    first = client.cookies["cme_sign_in"]
    await client.post("/sign-in", data=BADGE)
    assert client.cookies["cme_sign_in"] != first
    client.cookies.set("cme_sign_in", first, domain="cme.example.org")
    assert status_and_location(await client.get("/claim")) == (303, "/")


@pytest.mark.parametrize(
    "cookie", [b"cme_sign_in=x", b"cme_sign_in=", b"=;;;===", b"cme_sign_in=\x80", b"\xff"]
)
async def test_a_made_up_cookie_opens_nothing(client: httpx.AsyncClient, cookie: bytes) -> None:
    assert status_and_location(await client.get("/claim", headers=[(b"cookie", cookie)])) == (
        303,
        "/",
    )


@pytest.mark.parametrize(
    "path", ["/claim/", "/sessions", "/evaluation?session=1", "/submit", "/reporting", "/receipt"]
)
async def test_every_page_of_a_claim_requires_a_sign_in(
    client: httpx.AsyncClient, path: str
) -> None:
    assert status_and_location(await client.get(path)) == (303, "/")


@pytest.mark.parametrize("path", ["/privacy", "/tokens.css"])
async def test_public_files_require_no_sign_in(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).text == f"page {path}"


async def test_health_reports_whether_the_database_is_reachable(
    client: httpx.AsyncClient, database: Engine
) -> None:
    assert (await client.get("/health")).json() == {"database": True}
    await close_database()
    open_database("postgresql://nobody@127.0.0.1:1/none")
    response = await client.get("/health")
    assert (response.status_code, response.json()) == (503, {"database": False})
