"""OpenID Connect client with an HTTP provider that violates one rule at a time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from joserfc.jwk import OctKey, RSAKey

from cme_reflex.domain.meetings.meeting import SingleSignOn
from cme_reflex.services.sign_in.single_sign_on import oidc
from cme_reflex.services.sign_in.single_sign_on.oidc import (
    LoginSecrets,
    ProviderUnavailable,
    SignInRejected,
)
from tests.support.servers.oidc_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    OidcProvider,
    run_oidc_provider,
)

CALLBACK = "https://cme.example.org/sign-in/sso/callback"
# The verifier of RFC 7636, appendix B, and further down its challenge.
OWN = LoginSecrets("state", "nonce", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")


@pytest.fixture
def terms(provider: OidcProvider) -> SingleSignOn:
    return SingleSignOn(issuer=provider.issuer, client_id=CLIENT_ID, label="Society")


@pytest.fixture
def now() -> datetime:
    """The current time, because the provider uses the system clock."""
    return datetime.now(UTC)


async def answer(terms: SingleSignOn, now: datetime, own: LoginSecrets = OWN) -> dict[str, str]:
    """The query of the provider's redirect to the callback."""
    address = await oidc.authorization_url(terms, own, CALLBACK, now=now)
    async with httpx.AsyncClient() as browser:
        back = httpx.URL((await browser.get(address)).headers["location"])
    assert str(back).split("?")[0] == CALLBACK
    return dict(back.params)


async def username(
    terms: SingleSignOn,
    answered: dict[str, str],
    now: datetime,
    *,
    own: LoginSecrets = OWN,
    redirect_uri: str = CALLBACK,
    secret: str = CLIENT_SECRET,
) -> str:
    identity = await oidc.fetch_identity(
        terms, own, redirect_uri, answered, client_secret=secret, now=now
    )
    return identity.username


async def there_and_back(terms: SingleSignOn, now: datetime) -> str:
    return await username(terms, await answer(terms, now), now)


async def test_the_provider_tells_the_username(terms: SingleSignOn, now: datetime) -> None:
    assert await there_and_back(terms, now) == "kim"


async def test_the_browser_is_sent_with_state_nonce_and_the_challenge_alone(
    terms: SingleSignOn, now: datetime
) -> None:
    address = httpx.URL(await oidc.authorization_url(terms, OWN, CALLBACK, now=now))
    assert dict(address.params) == {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": CALLBACK,
        "scope": "openid profile email",
        "state": "state",
        "nonce": "nonce",
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code_challenge_method": "S256",
    }


async def test_a_code_needs_its_verifier(terms: SingleSignOn, now: datetime) -> None:
    answered = await answer(terms, now)
    with pytest.raises(SignInRejected, match="invalid_grant"):
        await username(terms, answered, now, own=replace(OWN, verifier="w" * 43))


async def test_a_code_is_good_for_its_own_way_back(terms: SingleSignOn, now: datetime) -> None:
    answered = await answer(terms, now)
    with pytest.raises(SignInRejected, match="invalid_grant"):
        await username(terms, answered, now, redirect_uri="https://evil.example/")


async def test_a_replayed_code_is_refused(terms: SingleSignOn, now: datetime) -> None:
    answered = await answer(terms, now)
    await username(terms, answered, now)
    with pytest.raises(SignInRejected, match="invalid_grant"):
        await username(terms, answered, now)


async def test_an_expired_code_is_refused(
    provider: OidcProvider, terms: SingleSignOn, now: datetime
) -> None:
    provider.code_lifetime = 0
    with pytest.raises(SignInRejected, match="invalid_grant"):
        await there_and_back(terms, now)


@pytest.mark.parametrize("code", ["", "made up", "x" * 4000])
async def test_a_made_up_code_is_refused(terms: SingleSignOn, code: str, now: datetime) -> None:
    answered = await answer(terms, now)
    with pytest.raises(SignInRejected, match="invalid_grant"):
        await username(terms, {**answered, "code": code}, now)


async def test_a_wrong_client_secret_is_refused(terms: SingleSignOn, now: datetime) -> None:
    with pytest.raises(SignInRejected, match="invalid_client"):
        await username(terms, await answer(terms, now), now, secret="wrong")


async def test_a_provider_that_wants_the_secret_in_the_form_gets_it_there(
    provider: OidcProvider, terms: SingleSignOn, now: datetime
) -> None:
    provider.document = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert await there_and_back(terms, now) == "kim"


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another client"},
        {"aud": ["another client"]},
        {"aud": "another client", "azp": CLIENT_ID},
        {"aud": [CLIENT_ID, "another client"]},
        {"azp": "another client"},
        {"iss": "https://evil.example"},
        {"exp": 1},
        {"exp": "soon"},
        {"iat": 4_000_000_000},
        {"nbf": 4_000_000_000},
        {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    ],
)
async def test_a_token_with_a_wrong_claim_is_refused(
    provider: OidcProvider, terms: SingleSignOn, claims: dict[str, Any], now: datetime
) -> None:
    provider.claims = claims
    with pytest.raises(SignInRejected, match="the ID token is not good"):
        await there_and_back(terms, now)


@pytest.mark.parametrize("claim", ["iss", "sub", "aud", "exp", "iat", "nonce"])
async def test_a_token_without_a_claim_is_refused(
    provider: OidcProvider, terms: SingleSignOn, claim: str, now: datetime
) -> None:
    provider.without = {claim}
    with pytest.raises(SignInRejected, match="the ID token is not good"):
        await there_and_back(terms, now)


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
async def test_a_token_that_anybody_could_have_signed_is_refused(
    provider: OidcProvider, terms: SingleSignOn, algorithm: str, now: datetime
) -> None:
    provider.algorithm = algorithm
    with pytest.raises(SignInRejected, match="the ID token is not good"):
        await there_and_back(terms, now)


async def test_a_token_signed_with_a_secret_is_refused_even_where_the_provider_publishes_it(
    provider: OidcProvider, terms: SingleSignOn, now: datetime
) -> None:
    secret = OctKey.generate_key(256, {"kid": "1"})
    provider.algorithm, provider.key, provider.published = "HS256", secret, secret
    with pytest.raises(SignInRejected, match="the ID token is not good"):
        await there_and_back(terms, now)


async def test_a_token_of_another_key_with_the_same_name_is_refused(
    provider: OidcProvider, terms: SingleSignOn, now: datetime
) -> None:
    provider.published = RSAKey.generate_key(2048, {"kid": "1"})
    with pytest.raises(SignInRejected, match="the ID token is not good"):
        await there_and_back(terms, now)


async def test_a_new_key_of_the_provider_is_looked_for_and_not_at_every_token(
    provider: OidcProvider, terms: SingleSignOn, now: datetime
) -> None:
    await there_and_back(terms, now)
    provider.rotate_key()
    with pytest.raises(SignInRejected):
        await there_and_back(terms, now + timedelta(seconds=30))
    assert provider.requests.count("/keys") == 1
    # The provider's clock stands still; two minutes are within its tokens' lifetime of an hour.
    provider.claims = {"exp": int(now.timestamp()) + 3600}
    assert await there_and_back(terms, now + timedelta(minutes=2)) == "kim"
    assert provider.requests.count("/keys") == 2


async def test_the_providers_document_is_fetched_once_an_hour(
    provider: OidcProvider, terms: SingleSignOn, now: datetime
) -> None:
    for minutes in (0, 59, 61):
        await oidc.authorization_url(terms, OWN, CALLBACK, now=now + timedelta(minutes=minutes))
    assert provider.requests == 2 * ["/.well-known/openid-configuration"]


@pytest.mark.parametrize("issuer", ["https://evil.example", ""])
async def test_an_answer_of_another_issuer_is_refused(
    provider: OidcProvider, terms: SingleSignOn, issuer: str, now: datetime
) -> None:
    provider.answer = {"iss": issuer}
    with pytest.raises(SignInRejected, match="another issuer"):
        await there_and_back(terms, now)


@pytest.mark.parametrize("promised", [True, False])
async def test_a_provider_must_name_itself_in_its_answer_if_it_promised_to(
    provider: OidcProvider, terms: SingleSignOn, promised: bool, now: datetime
) -> None:
    provider.document = {"authorization_response_iss_parameter_supported": promised}
    answered = await answer(terms, now)
    del answered["iss"]
    if promised:
        with pytest.raises(SignInRejected, match="another issuer"):
            await username(terms, answered, now)
    else:
        assert await username(terms, answered, now) == "kim"


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": None},
        {"token_endpoint": "file:///etc/passwd"},
        {"jwks_uri": 7},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
)
async def test_a_document_that_is_not_the_issuers_is_not_used(
    provider: OidcProvider, terms: SingleSignOn, document: dict[str, Any], now: datetime
) -> None:
    provider.document = document
    with pytest.raises(ProviderUnavailable):
        await oidc.authorization_url(terms, OWN, CALLBACK, now=now)


@pytest.mark.parametrize("status", [302, 404, 500])
@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/keys", "/token"])
async def test_a_provider_that_does_not_answer_is_unavailable_and_no_redirect_is_followed(
    provider: OidcProvider, terms: SingleSignOn, path: str, status: int, now: datetime
) -> None:
    provider.broken = {path: status}
    with pytest.raises(ProviderUnavailable):
        await there_and_back(terms, now)
    assert "/elsewhere" not in provider.requests


async def test_a_provider_that_is_not_there_is_unavailable(now: datetime) -> None:
    with run_oidc_provider() as gone:
        terms = SingleSignOn(issuer=gone.issuer, client_id="c", label="l")
    with pytest.raises(ProviderUnavailable):
        await oidc.authorization_url(terms, OWN, CALLBACK, now=now)


@pytest.mark.parametrize("value", ["", " ", 7, None, ["kim"]])
async def test_a_username_that_is_none_is_refused(
    provider: OidcProvider, terms: SingleSignOn, value: object, now: datetime
) -> None:
    provider.claims = {"preferred_username": value}
    with pytest.raises(SignInRejected, match="preferred_username"):
        await there_and_back(terms, now)


async def test_a_username_that_only_the_userinfo_has_is_asked_for_there(
    provider: OidcProvider, terms: SingleSignOn, now: datetime
) -> None:
    provider.without = {"preferred_username"}
    provider.userinfo = {"sub": "subject-1", "preferred_username": "ana"}
    assert await there_and_back(terms, now) == "ana"


async def test_userinfo_about_somebody_else_is_refused(
    provider: OidcProvider, terms: SingleSignOn, now: datetime
) -> None:
    provider.without = {"preferred_username"}
    provider.userinfo = {"sub": "subject-2", "preferred_username": "ana"}
    with pytest.raises(SignInRejected, match="somebody else"):
        await there_and_back(terms, now)


@pytest.mark.parametrize("status", [302, 500])
async def test_userinfo_that_cannot_be_had_is_no_username(
    provider: OidcProvider, terms: SingleSignOn, status: int, now: datetime
) -> None:
    provider.without = {"preferred_username"}
    provider.userinfo = {"sub": "subject-1", "preferred_username": "ana"}
    provider.broken = {"/userinfo": status}
    with pytest.raises(ProviderUnavailable):
        await there_and_back(terms, now)


@pytest.mark.parametrize(
    "claims", [{}, *({"email_verified": value} for value in (False, None, 0, 1, "true", "false"))]
)
async def test_an_address_that_is_not_verified_is_no_username(
    provider: OidcProvider, terms: SingleSignOn, now: datetime, claims: dict[str, object]
) -> None:
    by_email = replace(terms, username_claim="email")
    provider.claims = {"email": "kim@example.org", **claims}
    with pytest.raises(SignInRejected, match="not verified"):
        await there_and_back(by_email, now)
    provider.claims = {"email": "kim@example.org", "email_verified": True}
    assert await there_and_back(by_email, now) == "kim@example.org"
