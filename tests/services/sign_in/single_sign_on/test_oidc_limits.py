"""An OpenID Connect provider that sends too much, too slowly, or what no parser survives."""

import gzip
import ssl
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from cme_reflex.cli.meetings.provider_check import provider_problems
from cme_reflex.domain.meetings.meeting import SingleSignOn
from cme_reflex.services.sign_in.single_sign_on import oidc, provider_requests
from cme_reflex.services.sign_in.single_sign_on.oidc import (
    EndpointNotAllowed,
    ProviderUnavailable,
    SignInRejected,
)
from tests.support.oidc import CALLBACK, SECRETS, fetch_username
from tests.support.servers.oidc_provider import (
    CLIENT_ID,
    OidcProvider,
    base64url,
)

DISCOVERY = "/.well-known/openid-configuration"
PATHS = [DISCOVERY, "/keys", "/token", "/userinfo"]
SOCKET_BUFFERS = 8_000_000  # bytes that the system may take before the client has read them


@pytest.fixture
def provider(provider: OidcProvider) -> OidcProvider:
    """A provider that tells the username by userinfo only, so that all answers are read."""
    provider.without = {"preferred_username"}
    provider.userinfo = {"sub": "subject-1", "preferred_username": "kim"}
    return provider


@pytest.fixture
def terms(provider: OidcProvider) -> SingleSignOn:
    return SingleSignOn(issuer=provider.issuer, client_id=CLIENT_ID, label="Society")


def endless() -> Iterator[bytes]:
    while True:
        yield b" " * 65_536


def dripping() -> Iterator[bytes]:
    while True:
        yield b" "
        time.sleep(0.02)


async def test_the_provider_of_these_tests_signs_in(terms: SingleSignOn) -> None:
    assert await fetch_username(terms) == "kim"


def test_certificates_are_verified_and_the_authorities_read_once_for_all_requests() -> None:
    first, second = (provider_requests.client_options()["verify"] for _ in range(2))
    assert first is second
    assert (first.verify_mode, first.check_hostname) == (ssl.CERT_REQUIRED, True)


@pytest.mark.parametrize("path", PATHS)
async def test_a_response_is_read_up_to_its_limit(
    provider: OidcProvider, terms: SingleSignOn, path: str
) -> None:
    provider.bodies = {path: endless}
    with pytest.raises(ProviderUnavailable, match="more than 262,144 bytes"):
        await fetch_username(terms)
    assert provider.sent < provider_requests.RESPONSE_LIMIT + SOCKET_BUFFERS


@pytest.mark.parametrize("path", PATHS)
async def test_a_response_that_drips_is_not_waited_for(
    provider: OidcProvider, terms: SingleSignOn, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider_requests, "RESPONSE_TIMEOUT", 0.5)
    provider.bodies = {path: dripping}
    with pytest.raises(ProviderUnavailable, match=r"no whole response in 0\.5 s"):
        await fetch_username(terms)


@pytest.mark.parametrize("path", PATHS)
async def test_a_compressed_response_is_not_unpacked(
    provider: OidcProvider, terms: SingleSignOn, path: str
) -> None:
    provider.bodies = {path: lambda: iter([gzip.compress(b" " * 10_000_000)])}
    provider.headers = {"Content-Encoding": "gzip"}
    with pytest.raises(ProviderUnavailable, match="compressed"):
        await fetch_username(terms)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "body",
    [b"[" * 100_000, b'{"a":' * 50_000, b"9" * 5_000, b"[]", b"null", b'"text"', b"\xff", b""],
)
async def test_no_document_is_more_than_an_unavailable_provider(
    provider: OidcProvider, terms: SingleSignOn, path: str, body: bytes
) -> None:
    provider.bodies = {path: lambda: iter([body])}
    with pytest.raises((ProviderUnavailable, SignInRejected)):
        await fetch_username(terms)


def nested_token() -> str:
    """An ID token whose header and claims are nested without end."""
    return f"{base64url(b'[' * 20_000)}.{base64url(b'[' * 20_000)}.{base64url(b'x')}"


@pytest.mark.parametrize("token", [nested_token, lambda: "a.b.c", lambda: "", lambda: "é.é.é"])
async def test_no_token_is_more_than_a_rejected_one(
    provider: OidcProvider,
    terms: SingleSignOn,
    token: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(provider, "id_token", lambda nonce: token())
    with pytest.raises(SignInRejected):
        await fetch_username(terms)


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "userinfo_endpoint"])
async def test_an_endpoint_on_another_host_has_to_be_allowed_by_the_meeting(
    provider: OidcProvider, terms: SingleSignOn, name: str
) -> None:
    provider.document = {name: "http://oauth2.example.net/x"}
    with pytest.raises(EndpointNotAllowed, match=f"its {name} is on oauth2.example.net"):
        await oidc.authorization_url(terms, SECRETS, CALLBACK, now=datetime.now(UTC))


@pytest.mark.parametrize("url", ["http://[", "http://", "http:///x", "HTTP:x", "//127.0.0.1/x"])
async def test_an_endpoint_that_is_no_address_is_not_used(
    provider: OidcProvider, terms: SingleSignOn, url: str
) -> None:
    provider.document = {"jwks_uri": url}
    with pytest.raises(ProviderUnavailable):
        await oidc.authorization_url(terms, SECRETS, CALLBACK, now=datetime.now(UTC))


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("login.example.org", True),
        ("eu.login.example.org", True),
        ("oauth2.example.net", True),
        ("example.org", False),
        ("evillogin.example.org", False),
        ("login.example.org.evil.example", False),
        ("x.oauth2.example.net", False),
        ("169.254.169.254", False),
    ],
)
def test_the_issuers_host_its_subdomains_and_listed_hosts_are_allowed(
    host: str, allowed: bool
) -> None:
    terms = SingleSignOn(
        issuer="https://login.example.org/realms/a",
        client_id="c",
        label="l",
        endpoint_hosts=("oauth2.example.net",),
    )
    assert terms.allows_endpoint(host) is allowed
    with pytest.raises(ValueError, match="is not a host"):
        SingleSignOn(
            issuer="https://a.org", client_id="c", label="l", endpoint_hosts=("https://b.org/",)
        )


def test_the_check_of_a_meeting_names_the_host(provider: OidcProvider, terms: SingleSignOn) -> None:
    assert provider_problems(None) == provider_problems(terms) == []
    provider.document = {"jwks_uri": "http://www.example.net/keys"}
    assert list(map(str, provider_problems(terms))) == [
        "meeting.toml, single_sign_on.endpoint_hosts: The provider's jwks_uri is on "
        "www.example.net, not on the issuer's host. If the provider's documentation names that "
        "host, add it to endpoint_hosts."
    ]
    provider.document, provider.broken = {}, {"/keys": 500}
    [problem] = provider_problems(terms)
    assert (problem.severity, problem.column) == ("warning", "single_sign_on")
