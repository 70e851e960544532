"""Security and cache headers, for a small build of pages."""

import base64
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from cme_reflex.settings import settings
from cme_reflex.web.middleware.content_security_policy import policy
from cme_reflex.web.middleware.security_headers import IMMUTABLE, SecurityHeadersMiddleware
from tests.support.environment import override_settings

SCRIPT = 'if (1 < 2 && "é") { alert("</b>") }'
PAGE = (
    f'<!DOCTYPE html><p>é</p><script>{SCRIPT}</script><script src="/page_hooks/index.js"></script>'
)


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """A build with a protected page, a hashed file and files with stable names."""
    for name, text in {
        "index.html": PAGE,
        "claim/index.html": PAGE,
        "assets/root-B5jij5H.js": "1",
        "components.css": "a{}",
        "favicon.svg": "<svg/>",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


@pytest.fixture
async def client(build: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with _client(build) as client:
        yield client


def _client(build: Path) -> httpx.AsyncClient:
    async def answers(request: Request) -> Response:
        return JSONResponse({"name": "Kim"})

    async def cache_control(request: Request) -> Response:
        return JSONResponse({}, headers={"cache-control": "private"})

    site = Starlette(
        routes=[
            Route("/answers", answers),
            Route("/kept", cache_control),
            Mount("/", StaticFiles(directory=build, html=True)),
        ]
    )
    transport = httpx.ASGITransport(SecurityHeadersMiddleware(site, build))
    return httpx.AsyncClient(transport=transport, base_url="https://cme.example.org")


@pytest.mark.parametrize(
    ("path", "cache_control"),
    [
        ("/", "no-cache"),
        ("/components.css", "no-cache"),
        ("/assets/root-B5jij5H.js", IMMUTABLE),
        ("/assets/none.js", "no-store"),
        ("/claim/", "no-store"),
        ("/answers", "no-store"),
        ("/kept", "private"),
        ("/none", "no-store"),
    ],
)
async def test_each_response_has_its_cache_control(
    client: httpx.AsyncClient, path: str, cache_control: str
) -> None:
    assert (await client.get(path)).headers["cache-control"] == cache_control


@pytest.mark.parametrize("path", ["/", "/answers", "/none", "/assets/root-B5jij5H.js"])
async def test_every_response_has_the_security_headers(
    client: httpx.AsyncClient, path: str
) -> None:
    headers = (await client.get(path)).headers
    assert {
        name: headers.get(name)
        for name in (
            "x-content-type-options",
            "referrer-policy",
            "permissions-policy",
            "cross-origin-opener-policy",
            "cross-origin-resource-policy",
            "strict-transport-security",
        )
    } == {
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "permissions-policy": "camera=(), display-capture=(), geolocation=(), microphone=(), "
        "payment=(), usb=()",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "strict-transport-security": None,
    }
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://cme.example.org", "max-age=63072000; includeSubDomains"),
        ("http://localhost:3000", None),
    ],
)
async def test_only_a_site_with_an_https_url_sends_hsts(
    build: Path, url: str, expected: str | None
) -> None:
    with override_settings(CME_PUBLIC_URL=url):
        async with _client(build) as client:
            assert (await client.get("/")).headers.get("strict-transport-security") == expected


async def test_a_page_runs_its_own_scripts_and_no_others(
    client: httpx.AsyncClient, build: Path
) -> None:
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    assert policy(build) == (
        f"default-src 'none'; script-src 'self' 'sha256-{digest}'; "
        "style-src 'self' 'unsafe-inline'; img-src 'self'; font-src 'self'; "
        "manifest-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    page = await client.get("/")
    assert page.headers["content-security-policy"] == policy(build)


async def test_a_response_not_modified_has_the_policy(
    client: httpx.AsyncClient, build: Path
) -> None:
    tag = (await client.get("/")).headers["etag"]
    again = await client.get("/", headers={"if-none-match": tag})
    assert again.status_code == 304
    assert again.headers["content-security-policy"] == policy(build)


@pytest.mark.parametrize("path", ["/favicon.svg", "/answers", "/assets/root-B5jij5H.js"])
async def test_the_policy_of_other_files_allows_no_script(
    client: httpx.AsyncClient, path: str
) -> None:
    policy = (await client.get(path)).headers["content-security-policy"]
    assert policy == "script-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"


def test_without_a_build_there_is_still_a_policy(tmp_path: Path) -> None:
    assert "script-src 'self';" in policy(tmp_path / "none")


def test_the_settings_are_restored_after_a_test() -> None:
    assert settings().public_url is None
