"""Access log: only known paths are logged, and never a query."""

import re

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.routing import Route
from starlette.types import Message

from cme_reflex.web.middleware.access_log import MESSAGE_CODE, AccessLogMiddleware


@pytest.mark.parametrize(
    ("path", "logged_path"),
    [
        ("/claim", "/claim"),
        ("/claim/?q=Smith", "/claim"),
        ("/claim/index.html", "/claim"),
        ("/files/PSTM24-7K3M-9QX2", "/files/{number}"),
        ("/assets/root-B5jij5H.js?Smith", "/assets/"),
        ("/Smith", "other"),
        ("/claim/Smith", "other"),
        ("/files/", "other"),
    ],
)
async def test_a_request_is_logged_without_user_input(
    caplog: pytest.LogCaptureFixture, path: str, logged_path: str
) -> None:
    async def answer(request: Request) -> PlainTextResponse:
        return PlainTextResponse("…")

    caplog.set_level("INFO")
    site = Starlette(routes=[Route("/files/{number}", answer), Route("/claim", answer)])
    transport = httpx.ASGITransport(AccessLogMiddleware(site, {"/claim", "/files/{number}"}))
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
        status = (await client.get(path, headers={"cookie": "cme_sign_in=x"})).status_code
    (record,) = [r for r in caplog.records if r.name.startswith("cme_reflex")]
    ms, client = record.cme_fields.pop("ms"), record.cme_fields.pop("client")
    assert (record.message, record.cme_fields) == (
        "request",
        {"method": "GET", "path": logged_path, "status": status},
    )
    assert ms >= 0
    assert re.fullmatch("[0-9a-f]{16}", client)


@pytest.mark.parametrize(
    ("method", "logged"),
    [
        ("GET", "GET"),
        ("TRACE", "TRACE"),
        ("get", "other"),
        ("SMITH", "other"),
        ("X" * 900, "other"),
    ],
)
async def test_only_methods_of_http_are_logged(
    caplog: pytest.LogCaptureFixture, method: str, logged: str
) -> None:
    caplog.set_level("INFO")
    scope = {"type": "http", "path": "/", "method": method, "headers": []}

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None: ...

    await AccessLogMiddleware(PlainTextResponse("…"), set())(scope, receive, send)
    assert caplog.records[-1].cme_fields["method"] == logged


@pytest.mark.parametrize(
    ("location", "outcome"),
    [
        ("/#not-recognised", {"outcome": "not-recognised"}),
        ("/sign-in/link#link-wait-3", {"outcome": "link-wait-3"}),
        ("/claim", {}),
        ("/sessions?q=Smith#smith", {}),
        ("/claim?#smith", {}),
        ("https://login.example.org/authorize#smith", {}),
        ("/#Smith", {}),
    ],
)
async def test_a_redirect_with_a_message_is_logged_with_its_code(
    caplog: pytest.LogCaptureFixture, location: str, outcome: dict[str, str]
) -> None:
    async def redirect(request: Request) -> RedirectResponse:
        return RedirectResponse(location, status_code=303)

    caplog.set_level("INFO")
    site = Starlette(routes=[Route("/sign-in", redirect, methods=["POST"])])
    transport = httpx.ASGITransport(AccessLogMiddleware(site, {"/sign-in"}))
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
        await client.post("/sign-in")
    (record,) = [r for r in caplog.records if r.name.startswith("cme_reflex")]
    del record.cme_fields["ms"], record.cme_fields["client"]
    expected = {"method": "POST", "path": "/sign-in", "status": 303, **outcome}
    assert record.cme_fields == expected


async def test_a_form_that_is_shown_again_is_logged_with_its_code(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def show(request: Request) -> PlainTextResponse:
        request.scope[MESSAGE_CODE] = "second-number"
        return PlainTextResponse("form")

    caplog.set_level("INFO")
    site = Starlette(routes=[Route("/sign-in", show, methods=["POST"])])
    transport = httpx.ASGITransport(AccessLogMiddleware(site, {"/sign-in"}))
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
        await client.post("/sign-in")
    (record,) = [r for r in caplog.records if r.name.startswith("cme_reflex")]
    assert (record.cme_fields["status"], record.cme_fields["outcome"]) == (200, "second-number")


async def test_a_client_has_one_pseudonym(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    clients = []
    for address in ("203.0.113.9", "203.0.113.9", "198.51.100.1"):
        caplog.clear()
        transport = httpx.ASGITransport(
            AccessLogMiddleware(Starlette(), set()), client=(address, 1)
        )
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            await client.get("/")
        (record,) = [r for r in caplog.records if r.name.startswith("cme_reflex")]
        assert address not in str(record.cme_fields)
        clients.append(record.cme_fields["client"])
    assert clients[0] == clients[1] != clients[2]
