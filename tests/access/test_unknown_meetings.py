"""Below the code of a meeting that is not loaded there is nothing, and nothing is stored of it."""

import logging

import httpx
import pytest

from tests.support.app_client import HOST, RunningApp
from tests.support.database.statements import counted_writes

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])  # independent of the database

CODE = "smith-240001"
MEMBER = {"way": "member", "username": "kim", "password": "correct horse battery"}


@pytest.mark.parametrize(
    ("method", "path", "form"),
    [
        ("GET", "", {}),
        ("GET", "/claim", {}),
        ("GET", "/sign-in-link", {}),
        ("GET", "/sign-in/step-up?way=link&page=/claim", {}),
        ("GET", "/sign-in/sso", {}),
        ("GET", "/sign-in/sso/callback?code=x&state=y", {}),
        ("GET", "/certificate/TEST24-7K3M-9QX2.pdf", {}),
        ("GET", "/verify", {}),
        ("GET", "/tokens.css", {}),
        ("POST", "/sign-in", {"last_name": "Smith", "number": "240001"}),
        ("POST", "/sign-in", MEMBER),
        ("POST", "/sign-in-link/send", {"email": "kim@example.org"}),
        ("POST", "/link/use", {"token": "x" * 43}),
        ("POST", "/password/set", {"password": "x" * 20, "again": "x" * 20}),
        ("POST", "/sign-in/registration", {"registration": "1"}),
        ("POST", "/sign-in/other-meeting", {"registration": "1"}),
        ("POST", "/sign-out", {}),
        ("DELETE", "/claim", {}),
    ],
)
async def test_nothing_is_served_stored_or_logged_of_a_meeting_that_does_not_exist(
    site: RunningApp,
    caplog: pytest.LogCaptureFixture,
    method: str,
    path: str,
    form: dict[str, str],
) -> None:
    caplog.set_level(logging.INFO)
    transport = httpx.ASGITransport(site.asgi)
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{HOST}") as client:
        with counted_writes() as writes:
            response = await client.request(method, f"/{CODE}{path}", data=form)
    assert response.status_code == 404
    assert "set-cookie" not in response.headers
    assert response.headers["cache-control"] == "no-store"
    assert writes == []
    logged = [vars(record) for record in caplog.records if record.name.startswith("cme_reflex")]
    assert [each["cme_fields"]["status"] for each in logged] == [404]
    assert CODE not in str(logged)
