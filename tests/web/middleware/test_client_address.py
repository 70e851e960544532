"""Whose request it is, with and without proxies that are trusted."""

from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from cme_reflex.web.client_address import client_address
from cme_reflex.web.middleware.proxy_headers import ProxyHeadersMiddleware
from tests.support.environment import override_settings


async def seen(client: str, proxies: str, **headers: str) -> tuple[str, str]:
    """The client's address and the scheme that the application sees."""
    found: list[tuple[str, str]] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        found.append((client_address(scope), scope["scheme"]))

    scope: dict[str, Any] = {
        "type": "http",
        "scheme": "http",
        "client": (client, 1),
        "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()],
    }
    with override_settings(CME_TRUSTED_PROXIES=proxies):
        await ProxyHeadersMiddleware(app)(scope, None, None)  # type: ignore[arg-type]
    return found[0]


@pytest.mark.parametrize(
    ("client", "proxies", "forwarded", "expected"),
    [
        # Nobody is believed by default, nor where another one is trusted.
        ("203.0.113.9", "", "198.51.100.1", "203.0.113.9"),
        ("127.0.0.1", "", "198.51.100.1", "127.0.0.1"),
        ("203.0.113.9", "10.0.0.0/8", "198.51.100.1", "203.0.113.9"),
        # A trusted one says whom it speaks for …
        ("127.0.0.1", "127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.1.2.3", "192.0.2.1, 10.0.0.0/8", "198.51.100.1", "198.51.100.1"),
        ("::ffff:10.1.2.3", "10.0.0.0/8", "198.51.100.1", "198.51.100.1"),
        ("fd00::1", "fd00::/8", "2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        # … and what came before the last one that is not trusted, that one made up.
        ("10.0.0.1", "10.0.0.0/8", "1.1.1.1, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "10.0.0.0/8", "1.1.1.1, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "10.0.0.0/8", "nonsense", "unknown"),
    ],
)
async def test_who_is_believed(client: str, proxies: str, forwarded: str, expected: str) -> None:
    address, _ = await seen(client, proxies, x_forwarded_for=forwarded)
    assert address == expected


async def test_only_a_trusted_proxy_says_that_the_way_was_encrypted() -> None:
    headers = {"x_forwarded_for": "198.51.100.1", "x_forwarded_proto": "https"}
    assert await seen("10.0.0.1", "10.0.0.0/8", **headers) == ("198.51.100.1", "https")
    assert await seen("203.0.113.9", "10.0.0.0/8", **headers) == ("203.0.113.9", "http")


@pytest.mark.parametrize(
    ("client", "expected"),
    [
        (("192.0.2.7", 1), "192.0.2.7"),
        (("::ffff:192.0.2.7", 1), "192.0.2.7"),
        (("2001:db8:aa:bb:1:2:3:4", 1), "2001:db8:aa:bb::/64"),
        (("2001:db8:aa:bb::9", 1), "2001:db8:aa:bb::/64"),
        (None, "unknown"),
        (("unix:", 0), "unknown"),
    ],
)
def test_one_subscriber_is_one_address(client: tuple[str, int] | None, expected: str) -> None:
    assert client_address({"type": "http", "client": client}) == expected
