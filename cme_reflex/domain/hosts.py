"""Host names, IP addresses and networks."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_address, ip_network
from typing import Any

Network = IPv4Network | IPv6Network

MAX_PUBLIC_IPV4 = 2**24  # addresses: a /8. The largest content delivery networks have a quarter.
MAX_PUBLIC_IPV6 = 2**112  # addresses: a /16. The largest content delivery networks have a /28.

_MAPPED = IPv6Network("::ffff:0:0/96")  # IPv4 addresses, as a dual-stack server writes them
_EVERY_IPV4 = IPv4Network("0.0.0.0/0")
# Not `is_private`: for a network it looks at the first and the last address alone.
_PRIVATE = tuple(
    ip_network(text)
    for text in (
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::1/128",
        "fc00::/7",
        "fe80::/10",
    )
)


def is_loopback(host: str) -> bool:
    """Whether the host name or IP address is a loopback address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def too_wide(networks: Sequence[Network]) -> tuple[Network, ...]:
    """The public ones of these networks, if together they are wider than any proxy's; else none.

    Two halves of the internet are as wide as the whole. IPv4 addresses that are mapped to IPv6
    count as such.
    """
    public = tuple(each for each in networks if not _is_private(each))
    ipv4 = [each for network in public for each in _ipv4_of(network)]
    ipv6 = [each for each in public if isinstance(each, IPv6Network)]
    is_too_wide = _size(ipv4) > MAX_PUBLIC_IPV4 or _size(ipv6) > MAX_PUBLIC_IPV6
    return public if is_too_wide else ()


def _is_private(network: Any) -> bool:
    return any(
        network.subnet_of(private) for private in _PRIVATE if private.version == network.version
    )


def _ipv4_of(network: Network) -> list[IPv4Network]:
    if isinstance(network, IPv4Network):
        return [network]
    if network.subnet_of(_MAPPED):
        first = int(network.network_address) - int(_MAPPED.network_address)
        return [IPv4Network((first, network.prefixlen - _MAPPED.prefixlen))]
    return [_EVERY_IPV4] if _MAPPED.subnet_of(network) else []


def _size(networks: Iterable[Any]) -> int:
    return sum(each.num_addresses for each in collapse_addresses(networks))
