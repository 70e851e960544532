"""ID tokens that were signed with nothing, with what is public, or with a key of their own."""

import hmac
import json
import time
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from cme_reflex.domain.meetings.meeting import SingleSignOn
from cme_reflex.services.sign_in.single_sign_on.oidc import SignInRejected
from tests.support.oidc import SECRETS, fetch_username
from tests.support.servers.oidc_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    FIRST_KEY,
    OidcProvider,
    base64url,
)

ATTACKER = RSAKey.generate_key(2048, {"kid": "1"})

PUBLIC: dict[str, bytes] = {
    "PEM": FIRST_KEY.as_pem(private=False),
    "PEM without its last line break": FIRST_KEY.as_pem(private=False).strip(),
    "DER": FIRST_KEY.as_der(private=False),
    "JWK": json.dumps(FIRST_KEY.as_dict(private=False)).encode(),
    "client secret": CLIENT_SECRET.encode(),
    "nothing": b"",
}


def claims(provider: OidcProvider) -> dict[str, Any]:
    now = int(time.time())
    return {
        "iss": provider.issuer,
        "sub": "subject-1",
        "aud": CLIENT_ID,
        "iat": now,
        "exp": now + 60,
        "nonce": SECRETS.nonce,
        "preferred_username": "kim",
    }


def unsigned(header: dict[str, Any], provider: OidcProvider) -> str:
    return ".".join(base64url(json.dumps(part).encode()) for part in (header, claims(provider)))


async def username(provider: OidcProvider, token: str) -> str:
    """The result of a whole sign-in in which the provider's ID token is this one."""
    provider.id_token = lambda nonce: token  # type: ignore[method-assign]
    terms = SingleSignOn(issuer=provider.issuer, client_id=CLIENT_ID, label="Society")
    return await fetch_username(terms)


async def test_a_token_of_the_providers_key_is_accepted(provider: OidcProvider) -> None:
    token = jwt.encode({"alg": "RS256", "kid": "1"}, claims(provider), FIRST_KEY)
    assert await username(provider, token) == "kim"


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", "", None, ["RS256"], 0])
@pytest.mark.parametrize("signature", ["", "AAAA"])
async def test_a_token_without_a_signature_is_rejected(
    provider: OidcProvider, algorithm: object, signature: str
) -> None:
    token = f"{unsigned({'alg': algorithm, 'kid': '1'}, provider)}.{signature}"
    with pytest.raises(SignInRejected, match="the ID token is not good"):
        await username(provider, token)


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
@pytest.mark.parametrize("known", PUBLIC)
async def test_a_token_signed_with_what_others_know_is_rejected(
    provider: OidcProvider, algorithm: str, known: str
) -> None:
    signed = unsigned({"alg": algorithm, "kid": "1"}, provider)
    code = hmac.digest(PUBLIC[known], signed.encode(), f"sha{algorithm[2:]}")
    with pytest.raises(SignInRejected, match="the ID token is not good"):
        await username(provider, f"{signed}.{base64url(code)}")


@pytest.mark.parametrize("kid", ["1", "2", None])
@pytest.mark.parametrize("with_key", ["jwk", "jku", "x5u"])
async def test_a_token_that_brings_its_own_key_is_rejected(
    provider: OidcProvider, kid: str | None, with_key: str
) -> None:
    header: dict[str, Any] = {"alg": "RS256"} | ({"kid": kid} if kid else {})
    header[with_key] = (
        ATTACKER.as_dict(private=False) if with_key == "jwk" else f"{provider.issuer}/evil"
    )
    signed = unsigned(header, provider)
    private: Any = ATTACKER.private_key
    signature = private.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    with pytest.raises(SignInRejected, match="the ID token is not good"):
        await username(provider, f"{signed}.{base64url(signature)}")
    assert "/evil" not in provider.requests


async def test_a_token_of_another_kind_of_key_is_rejected(provider: OidcProvider) -> None:
    key = ECKey.generate_key("P-256", {"kid": "1"})
    token = jwt.encode({"alg": "ES256", "kid": "1"}, claims(provider), key)
    with pytest.raises(SignInRejected, match="the ID token is not good"):
        await username(provider, token)


@pytest.mark.filterwarnings("ignore:Key size should be")
async def test_a_short_key_of_the_provider_is_not_used(provider: OidcProvider) -> None:
    private = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - which must be refused
    short = RSAKey.import_key(
        private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), {"kid": "1"}
    )
    provider.key = short
    signed = unsigned({"alg": "RS256", "kid": "1"}, provider)
    signature = private.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    with pytest.raises(SignInRejected, match="the ID token is not good"):
        await username(provider, f"{signed}.{base64url(signature)}")
