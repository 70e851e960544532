import pytest

from cme_reflex.web.client_address import client_address


@pytest.mark.parametrize(
    ("client", "address"),
    [
        (("203.0.113.7", 4242), "203.0.113.7"),
        (("::ffff:203.0.113.7", 4242), "203.0.113.7"),
        (("2001:db8:1:2:3:4:5:6", 4242), "2001:db8:1:2::/64"),
        (("2001:db8:1:2::9", 4242), "2001:db8:1:2::/64"),
        (("fe80::1%eth0", 4242), "fe80::/64"),
        (None, ""),
    ],
)
def test_an_address_is_one_of_ipv4_or_a_network_of_ipv6(
    client: tuple[str, int] | None, address: str
) -> None:
    assert client_address({"type": "http", "client": client}) == address
