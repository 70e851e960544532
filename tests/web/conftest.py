"""HTTP routes and sign-in redirects in this process, with placeholder pages."""

import functools
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from cme_reflex.formats.meeting_folder.records import MeetingFolder
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.meetings.meeting_view import current_view
from cme_reflex.settings import settings
from cme_reflex.web import download_limit
from cme_reflex.web.middleware.auth_redirect import AuthRedirectMiddleware
from cme_reflex.web.middleware.error_pages import ErrorPageMiddleware, server_error
from cme_reflex.web.middleware.request_body import RequestBodyMiddleware
from cme_reflex.web.middleware.shared_rate import SharedRateLimiter
from cme_reflex.web.routes import (
    account,
    api,
    certificate,
    health,
    links,
    meeting_files,
    sign_in,
    single_sign_on,
    verify,
)
from tests.support.database.databases import Fill
from tests.support.meetings import FOLDER, MEETING
from tests.support.web import HOST


@pytest.fixture
def folder() -> MeetingFolder:
    """The meeting folder to load; a test can override it."""
    return FOLDER


@pytest.fixture
async def client(
    database: Engine, fill: Fill, folder: MeetingFolder, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client of the routes, with the meeting loaded."""
    loaded = functools.partial(load_meeting, folder, now=datetime(2024, 11, 1, tzinfo=UTC))
    await (fill("the meeting on the web", loaded) if folder is FOLDER else loaded())
    monkeypatch.setenv("CME_MEETING", MEETING.code)
    settings.cache_clear()
    await current_view(MEETING.code)
    monkeypatch.setattr(download_limit, "_limiter", SharedRateLimiter())  # ids come again
    site = ErrorPageMiddleware(RequestBodyMiddleware(AuthRedirectMiddleware(_site())))
    transport = httpx.ASGITransport(site)
    async with httpx.AsyncClient(transport=transport, base_url=HOST) as client:
        yield client
    monkeypatch.undo()
    settings.cache_clear()


def _site() -> Starlette:
    async def page(request: Request) -> PlainTextResponse:
        return PlainTextResponse(f"page {request.url.path}")

    return Starlette(
        routes=[
            *sign_in.ROUTES,
            *single_sign_on.ROUTES,
            *links.ROUTES,
            *certificate.ROUTES,
            *verify.ROUTES,
            *account.ROUTES,
            *api.ROUTES,
            *health.ROUTES,
            *meeting_files.ROUTES,
            Route("/{path:path}", page, methods=["GET", "POST"]),
        ],
        exception_handlers={Exception: server_error},
    )
