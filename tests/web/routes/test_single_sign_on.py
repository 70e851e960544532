"""Single sign-on over HTTP: the routes and a real OpenID Connect provider."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest

from cme_reflex import text
from cme_reflex.domain.meetings.meeting import SingleSignOn
from cme_reflex.formats.meeting_folder.records import MeetingFolder
from cme_reflex.services.meetings.lifecycle import archive_meeting
from cme_reflex.services.sign_in.single_sign_on import login
from cme_reflex.settings import settings
from tests.support.database.statements import counted_writes
from tests.support.meetings import FOLDER, MEETING, PASSWORD
from tests.support.oidc import fresh_oidc_provider
from tests.support.servers.oidc_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    OidcProvider,
)


@pytest.fixture
def provider() -> Iterator[OidcProvider]:
    with fresh_oidc_provider() as provider:
        yield provider


@pytest.fixture
def folder(provider: OidcProvider) -> MeetingFolder:
    terms = SingleSignOn(issuer=provider.issuer, client_id=CLIENT_ID, label="Society")
    return replace(FOLDER, meeting=replace(MEETING, single_sign_on=terms))


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CME_OIDC_CLIENT_SECRET", CLIENT_SECRET)


def answer(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.headers.get("location", "")


async def callback_path(client: httpx.AsyncClient) -> str:
    """The callback to which the provider redirects, as a path with its query."""
    started = await client.get("/sign-in/sso")
    assert started.status_code == 303
    async with httpx.AsyncClient() as browser:
        returned = await browser.get(started.headers["location"])
    back = httpx.URL(returned.headers["location"])
    assert (back.host, back.path) == ("cme.example.org", "/sign-in/sso/callback")
    return back.raw_path.decode()


async def test_a_member_returns_signed_in_to_the_requested_page(
    client: httpx.AsyncClient,
) -> None:
    await client.get("/sessions?q=breast")
    assert answer(await client.get(await callback_path(client))) == (303, "/sessions?q=breast")
    assert list(client.cookies) == ["cme_sign_in", "cme_meeting", "cme_known_browser"]
    assert (await client.get("/claim")).text == "page /claim"


async def test_a_second_callback_is_rejected(client: httpx.AsyncClient) -> None:
    back = await callback_path(client)
    cookies = dict(client.cookies)
    await client.get(back)
    client.cookies.clear()
    client.cookies.update(cookies)
    assert answer(await client.get(back)) == (303, "/#sso-failed")
    assert answer(await client.get("/claim")) == (303, "/")


async def test_a_meeting_that_was_archived_meanwhile_says_so(client: httpx.AsyncClient) -> None:
    back = await callback_path(client)
    await archive_meeting(MEETING.code, actor="staff", now=datetime.now(UTC))
    assert answer(await client.get(back)) == (303, "/#archived")
    assert answer(await client.get("/claim")) == (303, "/")


async def test_a_callback_without_the_cookie_is_rejected(client: httpx.AsyncClient) -> None:
    back = await callback_path(client)
    client.cookies.clear()
    assert answer(await client.get(back)) == (303, "/#sso-failed")


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}]
)
async def test_another_site_cannot_start_a_sign_in(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    response = await client.get("/sign-in/sso", headers=headers)
    assert answer(response) == (303, "/")
    assert "set-cookie" not in response.headers


async def test_the_cookie_is_for_this_host_and_lasts_ten_minutes(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CME_SECURE_COOKIES", "true")
    settings.cache_clear()
    (cookie,) = (await client.get("/sign-in/sso")).headers.get_list("set-cookie")
    assert cookie.startswith("__Host-cme_departure=")
    assert cookie.split("; ")[1:] == [
        "HttpOnly",
        "Max-Age=600",
        "Path=/",
        "SameSite=lax",
        "Secure",
    ]


async def test_behind_a_proxy_that_terminates_tls_the_redirect_uri_is_https(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CME_PUBLIC_URL", "https://cme.example.org")
    settings.cache_clear()
    response = await client.get("http://cme.example.org/sign-in/sso")
    address = httpx.URL(response.headers["location"])
    assert address.params["redirect_uri"] == "https://cme.example.org/sign-in/sso/callback"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"username": "somebody"}, "sso-unknown"),
        ({"username": "unregistered"}, "member-not-registered"),
        ({"claims": {"nonce": "another"}}, "sso-failed"),
        ({"claims": {"aud": "another"}}, "sso-failed"),
        ({"claims": {"iss": "https://evil.example"}}, "sso-failed"),
        ({"answer": {"iss": "https://evil.example"}}, "sso-failed"),
        ({"answer": {"state": "another"}}, "sso-failed"),
        ({"answer": {"code": "x" * 5000}}, "sso-failed"),
        ({"answer": {"error": "access_denied"}}, "sso-cancelled"),
        ({"answer": {"error": "server_error"}}, "sso-failed"),
        ({"code_lifetime": 0}, "sso-failed"),
        ({"broken": {"/token": 500}}, "sso-unavailable"),
    ],
)
async def test_an_error_returns_as_a_code_of_the_closed_list(
    client: httpx.AsyncClient, provider: OidcProvider, change: dict[str, object], code: str
) -> None:
    for name, value in change.items():
        setattr(provider, name, value)
    assert answer(await client.get(await callback_path(client))) == (303, f"/#{code}")
    assert code in text.sign_in.ERRORS
    assert answer(await client.get("/claim")) == (303, "/")


async def test_a_made_up_response_writes_nothing(
    client: httpx.AsyncClient, provider: OidcProvider
) -> None:
    path = await callback_path(client)
    client.cookies.clear()
    client.cookies.set("cme_departure", "x" * 43)
    with counted_writes() as writes:
        assert answer(await client.get(path)) == (303, "/#sso-failed")
    assert writes == []


async def test_words_that_are_no_error_of_a_provider_are_not_logged(
    client: httpx.AsyncClient, provider: OidcProvider, caplog: pytest.LogCaptureFixture
) -> None:
    """Anybody who has started a login can write them into the callback's address."""
    for error, logged in (("server_error", "server_error"), ("Smith", "an error that is none of")):
        provider.answer = {"error": error}
        await client.get(await callback_path(client))
        assert f"the provider says {logged}" in caplog.text
    assert "Smith" not in caplog.text


async def test_an_unreachable_provider_is_reported(
    client: httpx.AsyncClient, provider: OidcProvider
) -> None:
    provider.broken = {"/.well-known/openid-configuration": 500}
    assert answer(await client.get("/sign-in/sso")) == (303, "/#sso-unavailable")


async def test_too_many_starts_lead_back_to_the_form_with_the_wait(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = login.SINGLE_SIGN_ON_BACKOFF
    strict = replace(limit, threshold=0, step=limit.window, max_delay=limit.window)
    monkeypatch.setattr(login, "SINGLE_SIGN_ON_BACKOFF", strict)
    assert (await client.get("/sign-in/sso")).status_code == 303
    assert answer(await client.get("/sign-in/sso")) == (303, "/#wait-10")
    assert 10 in text.sign_in.WAITS


async def test_with_single_sign_on_passwords_are_rejected(client: httpx.AsyncClient) -> None:
    form = {"way": "member", "username": "kim", "password": PASSWORD}
    assert answer(await client.post("/sign-in", data=form)) == (303, "/#sso-only")
    assert "sso-only" in text.sign_in.ERRORS


async def test_a_locked_number_does_not_stop_the_single_sign_on(
    client: httpx.AsyncClient,
) -> None:
    form = {"way": "badge", "last_name": "X", "number": "101"}
    for _ in range(6):
        last = answer(await client.post("/sign-in", data=form))
    assert last == (303, "/#wait-1")
    assert answer(await client.get(await callback_path(client))) == (303, "/claim")


async def test_the_log_names_the_reason_and_no_code_state_or_secret(
    client: httpx.AsyncClient, provider: OidcProvider, caplog: pytest.LogCaptureFixture
) -> None:
    provider.claims = {"nonce": "another"}
    back = await callback_path(client)
    with caplog.at_level(logging.INFO, logger="cme_reflex"):
        await client.get(back)
    (record,) = [each for each in caplog.records if each.name.startswith("cme_reflex")]
    message = record.getMessage()
    assert message.startswith("OIDC sign-in rejected: the ID token is not good")
    params = httpx.URL(f"https://cme.example.org{back}").params
    secrets = (params["code"], params["state"], CLIENT_SECRET)
    assert not [secret for secret in secrets if secret in message]


async def test_without_single_sign_on_the_routes_lead_back_to_the_form(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CME_MEETING", "other")
    settings.cache_clear()
    for path in ("/sign-in/sso", "/sign-in/sso/callback?code=c&state=s"):
        assert answer(await client.get(path)) == (303, "/#sso-failed")
