"""Forwarded headers of trusted proxies."""

from collections.abc import Awaitable
from ipaddress import IPv4Network, IPv6Network

from granian.utils.proxies import wrap_asgi_with_proxy_headers
from starlette.types import ASGIApp, Receive, Scope, Send

from cme_reflex.settings import settings


class ProxyHeadersMiddleware:
    """Takes client address and scheme from the proxies in CME_TRUSTED_PROXIES, and no others.

    X-Forwarded-For and X-Forwarded-Proto are believed from these alone; anybody can send them.
    """

    def __init__(self, app: ASGIApp) -> None:
        proxies = settings().trusted_proxies
        trusted = [str(form) for proxy in proxies for form in _forms(proxy)]
        self._app: ASGIApp = (
            wrap_asgi_with_proxy_headers(app, trusted_hosts=trusted) if proxies else app
        )

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass the request on with its client's address and scheme."""
        return self._app(scope, receive, send)


def _forms(proxy: IPv4Network | IPv6Network) -> list[IPv4Network | IPv6Network]:
    """A network as it is written, and as a server that listens on IPv6 too sees it."""
    if isinstance(proxy, IPv6Network):
        return [proxy]
    mapped = IPv6Network(f"::ffff:{proxy.network_address}/{96 + proxy.prefixlen}")
    return [proxy, mapped]
