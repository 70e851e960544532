"""Client address of a request, the key of rate limits."""

from ipaddress import IPv6Address, ip_address, ip_network

from starlette.types import Scope

UNKNOWN = "unknown"
SUBSCRIBER_PREFIX = 64  # bits of an IPv6 address; one subscriber controls all addresses below


def client_address(scope: Scope) -> str:
    """The client's IP address as a string, or `UNKNOWN`.

    An IPv6 address is reduced to its /64 network: one subscriber could send each request from
    another address in it.
    """
    client = scope.get("client")
    try:
        address = ip_address(client[0] if client else "")
    except ValueError:
        return UNKNOWN
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ip_network((address.packed, SUBSCRIBER_PREFIX), strict=False))
    return str(address)
