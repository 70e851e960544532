"""Client address and scheme, with and without trusted proxies."""

from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from cme_reflex.web.client_address import client_address
from cme_reflex.web.middleware.proxy_headers import ProxyHeadersMiddleware
from tests.support.environment import override_settings


async def address_and_scheme(client: str, proxies: str, **headers: str) -> tuple[str, str]:
    """The client address and the scheme that the application gets."""
    results: list[tuple[str, str]] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        results.append((client_address(scope), scope["scheme"]))

    scope: dict[str, Any] = {
        "type": "http",
        "scheme": "http",
        "client": (client, 1),
        "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()],
    }
    with override_settings(CME_TRUSTED_PROXIES=proxies):
        await ProxyHeadersMiddleware(app)(scope, None, None)  # type: ignore[arg-type]
    return results[0]


@pytest.mark.parametrize(
    ("client", "proxies", "forwarded", "expected"),
    [
        # By default no proxy is trusted, nor any but the configured ones.
        ("203.0.113.9", "", "198.51.100.1", "203.0.113.9"),
        ("127.0.0.1", "", "198.51.100.1", "127.0.0.1"),
        ("203.0.113.9", "10.0.0.0/8", "198.51.100.1", "203.0.113.9"),
        # A trusted proxy names its client …
        ("127.0.0.1", "127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.1.2.3", "192.0.2.1, 10.0.0.0/8", "198.51.100.1", "198.51.100.1"),
        ("::ffff:10.1.2.3", "10.0.0.0/8", "198.51.100.1", "198.51.100.1"),
        ("fd00::1", "fd00::/8", "2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        # … and everything before the last untrusted address can be forged.
        ("10.0.0.1", "10.0.0.0/8", "1.1.1.1, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "10.0.0.0/8", "1.1.1.1, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "10.0.0.0/8", "1.1.1.1, 198.51.100.1, ::ffff:10.0.0.2", "198.51.100.1"),
        # Some proxies append the port …
        ("10.0.0.1", "10.0.0.0/8", "198.51.100.1:4711", "198.51.100.1"),
        ("10.0.0.1", "10.0.0.0/8", "1.1.1.1, 198.51.100.1:4711, 10.0.0.2:80", "198.51.100.1"),
        ("10.0.0.1", "10.0.0.0/8", "[2001:db8:1:2:3::4]:4711", "2001:db8:1:2::/64"),
        ("10.0.0.1", "10.0.0.0/8", "[2001:db8:1:2:3::4]", "2001:db8:1:2::/64"),
        # … and some append no address, or nothing.
        ("10.0.0.1", "10.0.0.0/8", "nonsense", "unknown"),
        ("10.0.0.1", "10.0.0.0/8", "198.51.100.1, unknown", "unknown"),
        ("10.0.0.1", "10.0.0.0/8", "1.1.1.1:x, 198.51.100.1:4711", "198.51.100.1"),
        ("10.0.0.1", "10.0.0.0/8", "198.51.100.1:123456", "unknown"),
        ("10.0.0.1", "10.0.0.0/8", "[198.51.100.1", "unknown"),
        ("10.0.0.1", "10.0.0.0/8", "198.51.100.1,", "198.51.100.1"),
        ("10.0.0.1", "10.0.0.0/8", " , ", "10.0.0.1"),
        ("unix:", "10.0.0.0/8", "198.51.100.1", "unknown"),
    ],
)
async def test_forwarded_addresses_are_accepted_from_trusted_proxies_alone(
    client: str, proxies: str, forwarded: str, expected: str
) -> None:
    address, _ = await address_and_scheme(client, proxies, x_forwarded_for=forwarded)
    assert address == expected


@pytest.mark.parametrize(
    "headers",
    [
        {"forwarded": "for=198.51.100.1;proto=https"},
        {"x_real_ip": "198.51.100.1"},
        {"x_forwarded_host": "evil.example", "x_client_ip": "198.51.100.1"},
    ],
)
async def test_no_other_header_is_read_even_from_a_trusted_proxy(headers: dict[str, str]) -> None:
    assert await address_and_scheme("10.0.0.1", "10.0.0.0/8", **headers) == ("10.0.0.1", "http")


async def test_only_a_trusted_proxy_sets_the_scheme() -> None:
    headers = {"x_forwarded_for": "198.51.100.1", "x_forwarded_proto": "https"}
    assert await address_and_scheme("10.0.0.1", "10.0.0.0/8", **headers) == (
        "198.51.100.1",
        "https",
    )
    assert await address_and_scheme("203.0.113.9", "10.0.0.0/8", **headers) == (
        "203.0.113.9",
        "http",
    )


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
def test_one_subscriber_has_one_key(client: tuple[str, int] | None, expected: str) -> None:
    assert client_address({"type": "http", "client": client}) == expected
