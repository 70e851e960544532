"""The address of the client of a request, to count requests by."""

from ipaddress import IPv6Address, ip_address, ip_network

from starlette.types import Scope

UNKNOWN = "unknown"
SUBSCRIBER_PREFIX = 64  # bits of an IPv6 address that one subscriber has all the rest of


def client_address(scope: Scope) -> str:
    """The client's address as a string.

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
        return str(ip_network((address.packed, SUBSCRIBER_PREFIX), strict=False))
    return str(address)
