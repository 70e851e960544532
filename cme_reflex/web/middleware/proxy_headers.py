"""X-Forwarded headers of trusted proxies."""

from collections.abc import Awaitable
from ipaddress import IPv4Network, IPv6Network

from granian.utils.proxies import wrap_asgi_with_proxy_headers
from starlette.types import ASGIApp, Receive, Scope, Send

from cme_reflex.settings import settings


class ProxyHeadersMiddleware:
    """Sets client address and scheme from X-Forwarded-For and X-Forwarded-Proto.

    Only from proxies in CME_TRUSTED_PROXIES: any client can send these headers.
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
    """A network, and for IPv4 also its IPv4-mapped form, which a dual-stack server sees."""
    if isinstance(proxy, IPv6Network):
        return [proxy]
    mapped = IPv6Network(f"::ffff:{proxy.network_address}/{96 + proxy.prefixlen}")
    return [proxy, mapped]
