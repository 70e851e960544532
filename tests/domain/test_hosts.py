from ipaddress import ip_network

import pytest

from cme_reflex.domain.hosts import is_loopback, too_wide


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost", "LocalHost"])
def test_only_this_machine_reaches_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "0.0.0.0",  # noqa: S104 - nothing listens here
        "::",
        "10.0.0.1",
        "192.0.2.1",
        "localhost.example.org",
        "cme.example.org",
    ],
)
def test_others_reach_every_other_host(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    "networks",
    [
        ["0.0.0.0/0"],
        ["0.0.0.0/1", "128.0.0.0/1"],
        ["0.0.0.0/1"],  # its first and last addresses are private
        [f"{first}.0.0.0/4" for first in range(0, 256, 16)],
        ["8.0.0.0/9", "8.128.0.0/9", "9.0.0.0/32"],
        ["::/0"],
        ["::/1", "8000::/1"],
        ["2000::/3"],
        ["2000::/4", "3000::/4"],
        ["::ffff:0:0/96"],
        ["::ffff:0:0/97", "::ffff:8000:0/97"],
        ["::ffff:0:0/97", "128.0.0.0/1"],
        ["::/64"],
        ["fc00::/6"],
    ],
)
def test_networks_that_are_wide_together_are_no_proxies(networks: list[str]) -> None:
    proxies = [ip_network("127.0.0.1"), ip_network("10.0.0.0/8")]
    assert too_wide([*proxies, *map(ip_network, networks)]) == (*map(ip_network, networks),)


@pytest.mark.parametrize(
    "networks",
    [
        [],
        ["127.0.0.1", "::1"],
        ["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"],
        ["104.16.0.0/13", "172.64.0.0/13", "173.245.48.0/20", "2400:cb00::/32", "2a06:98c0::/29"],
        ["::ffff:104.16.0.0/109", "104.16.0.0/13"],
        ["8.0.0.0/8", "8.0.0.0/9"],
    ],
)
def test_networks_of_proxies_are_not_too_wide(networks: list[str]) -> None:
    assert too_wide([*map(ip_network, networks)]) == ()
