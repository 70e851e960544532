"""The error page, which discloses nothing of the exception."""

import logging
from collections.abc import Iterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from cme_reflex.services.meetings import meeting_view as views
from cme_reflex.services.meetings.meeting_view import meeting_view
from cme_reflex.settings import settings
from cme_reflex.web.middleware.error_pages import ErrorPageMiddleware, server_error
from tests.support.meetings import MEETING

SECRET = "the attendee's name is Rivera"


class Broken(Exception):
    """An unexpected exception."""


async def route(_: Request) -> PlainTextResponse:
    raise Broken(SECRET)


async def in_front_of_routes(_: Scope, __: Receive, ___: Send) -> None:
    raise Broken(SECRET)


def routed() -> Starlette:
    return Starlette(routes=[Route("/", route)], exception_handlers={Exception: server_error})


@pytest.fixture
def known_meeting(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The meeting of this process has been read."""
    monkeypatch.setenv("CME_MEETING", MEETING.code)
    settings.cache_clear()
    monkeypatch.setattr(views, "_views", {MEETING.code: meeting_view(MEETING, 1)})
    yield
    monkeypatch.undo()
    settings.cache_clear()


async def test_a_page_before_the_meeting_is_known_names_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(views, "_views", {})
    transport = httpx.ASGITransport(ErrorPageMiddleware(in_front_of_routes))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        response = await client.get("/")
    assert response.text.count("<h1>Something went wrong on our side</h1>") == 1
    assert "mailto:" not in response.text


@pytest.mark.parametrize("app", [in_front_of_routes, routed()], ids=["before", "in a route"])
async def test_an_exception_is_logged_and_answered_with_the_error_page(
    app: ASGIApp, caplog: pytest.LogCaptureFixture, known_meeting: None
) -> None:
    transport = httpx.ASGITransport(ErrorPageMiddleware(app))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        response = await client.get("/")
    assert response.status_code == 500
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.text.count("<h1>Something went wrong on our side</h1>") == 1
    assert MEETING.provider.help_email in response.text
    for secret in ("Broken", SECRET, "Traceback", ".py"):
        assert secret not in response.text
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], Broken)


async def test_an_exception_in_the_middle_of_a_response_ends_it() -> None:
    async def halfway(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise Broken(SECRET)

    sent: list[str] = []

    async def send(message: dict[str, object]) -> None:
        sent.append(str(message["type"]))

    with pytest.raises(Broken):
        await ErrorPageMiddleware(halfway)({"type": "http"}, None, send)  # type: ignore[arg-type]
    assert sent == ["http.response.start", "http.response.body"]
