import pytest

from cme_reflex.domain.hosts import is_loopback


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
