"""Access log: only known paths are logged, and never a query."""

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from cme_reflex.web.middleware.access_log import AccessLogMiddleware


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
    ms = record.cme_fields.pop("ms")
    assert (record.message, record.cme_fields) == (
        "request",
        {"method": "GET", "path": logged_path, "status": status},
    )
    assert ms >= 0
