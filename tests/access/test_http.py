"""Every route and page over HTTP: without a sign-in, and with malformed requests."""

import logging
from typing import Any
from urllib.parse import quote, unquote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cme_reflex.reflex_bridge.endpoints import FRAMEWORK_PATHS
from cme_reflex.routes import PROTECTED, PUBLIC, in_meeting, is_meeting_code
from cme_reflex.web.access_policy import Audience, audience_of
from cme_reflex.web.paths import canonical_path
from tests.support.access.attendees import (
    DRAFTING,
    LAST_NAMES,
    SECRET,
    VISITING,
    SignedInPeople,
    table_rows,
)
from tests.support.access.events import own_routes
from tests.support.app_client import HOST, RunningApp
from tests.support.examples import examples
from tests.support.meetings import MEETING

METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "X"]

ours = own_routes()


@pytest.mark.parametrize(
    "path", sorted(FRAMEWORK_PATHS | {f"{path}/x" for path in FRAMEWORK_PATHS})
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_the_endpoints_of_reflex_itself_are_not_found(
    site: RunningApp, people: SignedInPeople, method: str, path: str
) -> None:
    async with site.client(cme_sign_in=people.tokens[VISITING]) as client:
        address = f"http://{HOST}{path}"
        answer = await client.request(method, address, params={"transport": "polling", "EIO": "4"})
        assert (answer.status_code, answer.text) == (404, "Not Found")


@pytest.mark.parametrize(
    "path",
    [
        *sorted(PROTECTED),
        *(f"{page}/" for page in sorted(PROTECTED)),
        "/claim.html",
        "/claim/index.html",
        "//claim",
        "/./claim/",
        "/x/../claim",
        "/%63laim",
    ],
)
async def test_every_spelling_of_a_protected_page_requires_a_sign_in(
    site: RunningApp, path: str
) -> None:
    async with site.client() as client:
        raw_path = in_meeting(MEETING.code, path).encode()
        answer = await client.get(httpx.URL(f"http://{HOST}").copy_with(raw_path=raw_path))
        assert (answer.status_code, answer.headers["location"]) == (303, f"/{MEETING.code}")


def test_no_path_of_reflex_is_the_code_of_a_meeting() -> None:
    assert [path for path in FRAMEWORK_PATHS if is_meeting_code(path.split("/")[1])] == []


@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
async def test_no_response_can_be_read_by_another_origin(
    site: RunningApp, people: SignedInPeople, method: str
) -> None:
    headers = {"origin": "https://evil.example", "access-control-request-method": "GET"}
    async with site.client(cme_sign_in=people.tokens[VISITING]) as client:
        for path in ("/", "/health", "/claim", "/verify", "/api/v1/claims", "/_event", "/nowhere"):
            answer = await client.request(method, path, headers=headers)
            assert (path, answer.headers.get("access-control-allow-origin")) == (path, None)


async def test_routes_for_attendees_require_a_sign_in(site: RunningApp) -> None:
    async with site.client() as client:
        for route in ours:
            if audience_of(route.endpoint) is Audience.ATTENDEE:
                path = route.path_format.format_map(dict.fromkeys(route.param_convertors, "1"))
                answer = await client.get(path)
                assert answer.status_code in (303, 401, 403, 404), path


async def test_routes_for_systems_require_a_token(site: RunningApp, people: SignedInPeople) -> None:
    for cookies in ({}, {"cme_sign_in": people.tokens[VISITING]}):
        async with site.client(**cookies) as client:
            for route in ours:
                if audience_of(route.endpoint) is Audience.SYSTEM:
                    path = route.path_format.format_map(dict.fromkeys(route.param_convertors, "1"))
                    for header in ({}, {"authorization": "Bearer x"}):
                        assert (await client.get(path, headers=header)).status_code == 401, path


@pytest.mark.parametrize("number", ["999", "CONF901", "901\0", "\0", "9" * 8_000, "901' OR '1'='1"])
async def test_the_sign_in_survives_wrong_and_malformed_numbers(
    site: RunningApp, number: str
) -> None:
    async with site.client() as client:
        form = {"way": "badge", "last_name": "Nobody\0", "number": number}
        answer = await client.post("/sign-in", data=form)
        assert answer.status_code in (303, 413)
        assert "cme_sign_in" not in client.cookies


text = st.text(max_size=40)
binary = st.binary(max_size=80)
forms = st.dictionaries(
    st.sampled_from(["way", "last_name", "number", "username", "password", "x"]),
    st.one_of(text, st.sampled_from([*LAST_NAMES, *LAST_NAMES.values(), "member", "badge", "\0"])),
    max_size=4,
)
bodies = st.one_of(
    st.builds(lambda form: {"data": form}, forms),
    st.builds(
        lambda content, kind: {"content": content, "headers": {"content-type": kind}},
        binary,
        st.sampled_from(
            ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
             "multipart/form-data", "application/json", "text/plain", "\xff"]
        ),
    ),
)  # fmt: skip
headers = st.dictionaries(
    st.sampled_from(
        ["content-length", "cookie", "origin", "sec-fetch-site", "x-forwarded-for", "range",
         "accept-encoding", "if-none-match", "host"]
    ),
    st.one_of(
        binary.map(lambda value: value.translate(None, b"\r\n\0")),
        st.sampled_from([b"-1", b"x", b"cme_sign_in=x", b"bytes=0-", b"localhost", b"[", b"\xff"]),
    ),
    max_size=3,
)  # fmt: skip
paths = st.one_of(
    st.sampled_from([*(route.path for route in ours), *sorted(PROTECTED), "/", "/privacy", "/x"]),
    text.map(lambda path: f"/{quote(path)}"),
)


@settings(
    max_examples=examples(0.8),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    method=st.sampled_from(METHODS),
    path=paths,
    query=text,
    body=bodies,
    more=headers,
    badge=st.sampled_from(["", DRAFTING]),
)
async def test_no_request_fails_or_changes_or_discloses_anything(
    site: RunningApp,
    people: SignedInPeople,
    caplog: pytest.LogCaptureFixture,
    method: str,
    path: str,
    query: str,
    body: dict[str, Any],
    more: dict[str, bytes],
    badge: str,
) -> None:
    caplog.clear()
    before = await table_rows()
    cookies = {"cme_sign_in": people.tokens[badge]} if badge else {}
    async with site.client(**cookies) as client:
        encoded = {name.encode(): value for name, value in more.items()}
        sent = body | {
            "headers": {
                **{k.encode(): v.encode("latin-1") for k, v in body.get("headers", {}).items()},
                **encoded,
            }
        }
        # An exception of the application is raised here; a server would respond with 500.
        answer = await client.request(method, path, params={"q": query}, **sent)
    assert answer.status_code < 500
    assert SECRET not in answer.text + str(answer.headers)
    if "\n" not in unquote(path):  # no route matches a newline, not even the catch-all
        # A page that is the same for everybody is revalidated, if pages are built here.
        is_public = canonical_path(unquote(path)) in PUBLIC
        kept = {"no-store", "no-cache"} if is_public else {"no-store"}
        assert answer.headers["cache-control"] in kept
    assert await table_rows() == before
    assert [
        record.getMessage() for record in caplog.records if record.levelno > logging.WARNING
    ] == []
