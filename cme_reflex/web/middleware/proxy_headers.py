"""X-Forwarded headers of trusted proxies."""

import re
from collections.abc import Awaitable, Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from cme_reflex.settings import settings
from cme_reflex.web.client_address import UNKNOWN

Address = IPv4Address | IPv6Address

# An address, perhaps with a port: 192.0.2.1, 192.0.2.1:4711, 2001:db8::1, [2001:db8::1]:4711
_WITH_PORT = re.compile(r"\[([^\[\]]+)\](?::\d{1,5})?|([^:\[\]]+):\d{1,5}")


class ProxyHeadersMiddleware:
    """Sets client address and scheme from X-Forwarded-For and X-Forwarded-Proto.

    Only from proxies in CME_TRUSTED_PROXIES: any client can send these headers. No other header
    says who a client is, such as Forwarded or X-Real-IP: a proxy that does not know one passes it
    on as the client wrote it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._networks = settings().trusted_proxies

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass the request on with its client's address and scheme."""
        if scope["type"] != "lifespan" and self._networks:
            self._set_client(scope)
        return self._app(scope, receive, send)

    def _set_client(self, scope: Scope) -> None:
        peer = _address((scope.get("client") or ("",))[0])
        if peer is None or not self._is_trusted(peer):
            return
        headers = Headers(scope=scope)
        scope["client"] = (self._client(peer, headers.getlist("x-forwarded-for")), 0)
        protocol = _last(headers.getlist("x-forwarded-proto")).lower()
        if protocol in ("http", "https"):
            is_socket = scope["type"] == "websocket"
            scope["scheme"] = protocol.replace("http", "ws") if is_socket else protocol

    def _client(self, peer: Address, forwarded_for: list[str]) -> str:
        """The nearest address that is not a trusted proxy's; UNKNOWN where a proxy names none.

        Each proxy appends the address that it was asked by, so what precedes that one is the
        client's own word.
        """
        client = peer
        for entry in _from_the_nearest(forwarded_for):
            address = _address(entry)
            if address is None:
                return UNKNOWN
            client = address
            if not self._is_trusted(address):
                break
        return str(client)

    def _is_trusted(self, address: Address) -> bool:
        return any(address in network for network in self._networks)


def _from_the_nearest(values: list[str]) -> Iterator[str]:
    for value in reversed(values):
        yield from filter(None, (entry.strip() for entry in reversed(value.split(","))))


def _last(values: list[str]) -> str:
    return next(_from_the_nearest(values), "")


def _address(text: str) -> Address | None:
    """The IP address without its port; an IPv4 address where a dual-stack server mapped one."""
    with_port = _WITH_PORT.fullmatch(text)
    try:
        address = ip_address((with_port[1] or with_port[2]) if with_port else text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
