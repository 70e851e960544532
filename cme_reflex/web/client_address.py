"""Who is at the other end: the address of a client, also behind proxies that are trusted."""

from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from granian.utils.proxies import wrap_asgi_with_proxy_headers
from starlette.types import ASGIApp, Scope

from cme_reflex.settings import settings

UNKNOWN = "unknown"
HOUSEHOLD = 64  # bits of an IPv6 address that one subscriber has all the rest of


def behind_proxies(app: ASGIApp) -> ASGIApp:
    """The application, which sees through the proxies of CME_TRUSTED_PROXIES, and no others.

    From these alone X-Forwarded-For and X-Forwarded-Proto are believed; anybody can send them.
    """
    proxies = settings().trusted_proxies
    if not proxies:
        return app
    wrapped: ASGIApp = wrap_asgi_with_proxy_headers(
        app, trusted_hosts=[str(form) for proxy in proxies for form in _forms(proxy)]
    )
    return wrapped


def client_address(scope: Scope) -> str:
    """The address of the client of a request, to count what comes from it.

    An IPv6 address is cut to the network that one subscriber is given, of which every request
    could come from another address.
    """
    client = scope.get("client")
    try:
        address = ip_address(client[0] if client else "")
    except ValueError:
        return UNKNOWN
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ip_network((address.packed, HOUSEHOLD), strict=False))
    return str(address)


def _forms(proxy: IPv4Network | IPv6Network) -> list[IPv4Network | IPv6Network]:
    """A network as it is written, and as a server that listens on IPv6 too sees it."""
    if isinstance(proxy, IPv6Network):
        return [proxy]
    mapped = IPv6Network(f"::ffff:{proxy.network_address}/{96 + proxy.prefixlen}")
    return [proxy, mapped]
