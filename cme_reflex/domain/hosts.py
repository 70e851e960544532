"""Host names and IP addresses."""

from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Whether the host name or IP address is a loopback address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
