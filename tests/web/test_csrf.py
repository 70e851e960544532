"""Requests of other sites, by the headers that browsers send."""

import pytest
from starlette.datastructures import Headers

from cme_reflex.web.csrf import is_same_site
from tests.support.environment import override_settings


@pytest.mark.parametrize(
    ("public_url", "origin", "accepted"),
    [
        ("https://cme.example.org", "https://cme.example.org", True),
        ("https://cme.example.org", "http://cme.example.org", False),  # whoever is on the network
        ("https://cme.example.org", "https://cme.example.org.evil.example", False),
        ("https://cme.example.org", "cme.example.org", False),
        ("https://cme.example.org", "null", False),
        ("http://cme.example.org", "http://cme.example.org", True),
        ("", "http://cme.example.org", True),
    ],
)
def test_an_origin_has_the_scheme_and_the_host_of_this_site(
    public_url: str, origin: str, accepted: bool
) -> None:
    with override_settings(CME_PUBLIC_URL=public_url):
        assert is_same_site(Headers({"host": "cme.example.org", "origin": origin})) is accepted
