"""Hosts that the server accepts."""

import httpx
import pytest
from starlette.responses import PlainTextResponse

from cme_reflex.web.middleware.trusted_host import TrustedHostMiddleware
from tests.support.environment import override_settings


async def status(host: str, path: str, public_url: str) -> int:
    with override_settings(CME_PUBLIC_URL=public_url):
        transport = httpx.ASGITransport(TrustedHostMiddleware(PlainTextResponse("here")))
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
        return (await client.get(path, headers={"host": host})).status_code


@pytest.mark.parametrize("host", ["cme.example.org", "CME.example.org:443", "cme.example.org:80"])
async def test_the_public_host_is_trusted(host: str) -> None:
    assert await status(host, "/", "https://cme.example.org") == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "cme.example.org.evil.example",
        "localhost",
        "",
        "[",
        "127.0.0.1:1",
        "x@cme.example.org",
        "[cme.example.org]",
        *(f"cme.example.org{end}" for end in (":80,evil.example", "/x", "?x", "#x", ":x", "\t")),
    ],
)
async def test_other_hosts_are_rejected(host: str) -> None:
    assert await status(host, "/", "https://cme.example.org") == 421


@pytest.mark.parametrize("host", ["localhost:3000", "127.0.0.1:3000", "[::1]:3000", "127.8.0.1"])
async def test_without_a_public_url_loopback_names_are_trusted(host: str) -> None:
    assert await status(host, "/", "") == 200
    assert await status(host, "/", "http://localhost:3000") == 200


@pytest.mark.parametrize("host", ["cme.example.org", "10.0.0.1", "localhost.evil.example", ""])
async def test_without_a_public_url_other_hosts_are_rejected(host: str) -> None:
    assert await status(host, "/", "") == 421


async def test_the_health_check_accepts_any_host() -> None:
    assert await status("10.0.0.1:3000", "/health", "https://cme.example.org") == 200
