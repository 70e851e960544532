"""From where a request comes, as far as the throttling of attempts is concerned."""

from ipaddress import AddressValueError, IPv6Address, ip_network

from starlette.types import Scope

SUBSCRIBER = 64  # bits of an IPv6 address; whoever has one of these networks has all its addresses


def client_address(scope: Scope) -> str:
    """The client's address, of IPv6 its network; an empty string where it is not known."""
    host = (scope.get("client") or ("", 0))[0]
    try:
        address = IPv6Address(host.partition("%")[0])
    except AddressValueError:
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ip_network((address, SUBSCRIBER), strict=False))
