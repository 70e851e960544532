"""OpenID Connect client: discovery, authorization code flow, ID token and claims.

OpenID Connect Core 1.0 with PKCE (RFC 7636) and the issuer in the response (RFC 9207). Authlib
makes the requests, within the bounds of `provider_requests`; joserfc verifies signatures.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from urllib.parse import urlsplit

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import Key, KeySet, RSAKey
from joserfc.jws import JWSRegistry

from cme_reflex.domain.meetings.meeting import SingleSignOn
from cme_reflex.services.sign_in.single_sign_on.provider_requests import (
    client_options,
    total_timeout,
)

LEEWAY = 30  # seconds by which two clocks may differ
METADATA_TTL = timedelta(hours=1)  # for the provider's metadata and keys
MIN_KEY_REFRESH_INTERVAL = timedelta(minutes=1)  # between two requests for an unknown key
SCOPE = "openid profile email"
# Asymmetric signatures only; never "none" or HS256, which others than the provider can make.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384")
MIN_RSA_BITS = 2048  # NIST SP 800-131A; a shorter key of a provider is not used
# What the libraries raise for a document that is no JSON, is nested without end, or has other types
# and numbers than the protocol.
_UNREADABLE = (ValueError, RecursionError, TypeError, OverflowError, AttributeError)


class ProviderUnavailable(Exception):
    """The provider is unreachable or its response is invalid; the message is for the log."""


class EndpointNotAllowed(ProviderUnavailable):
    """The provider names an endpoint on a host that the meeting does not allow."""

    def __init__(self, name: str, host: str) -> None:
        super().__init__(f"its {name} is on {host}, which endpoint_hosts does not list")
        self.name, self.host = name, host


class SignInRejected(Exception):
    """The provider's response was rejected; the message has the reason, for the log."""


@dataclass(frozen=True, slots=True)
class LoginSecrets:
    """Secrets of one login, against forged responses, replayed tokens and stolen codes."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Identity:
    """A person whom the provider has authenticated.

    The provider never gives `subject` to somebody else; `username` it may.
    """

    subject: str
    username: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderMetadata:
    """Provider metadata from its discovery document."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str
    uses_client_secret_post: bool
    sends_issuer: bool


_providers: dict[str, tuple[datetime, ProviderMetadata]] = {}
_keys: dict[str, tuple[datetime, KeySet]] = {}


def clear_cache() -> None:
    """Clear the cache of metadata and keys, for a process that changes its provider."""
    _providers.clear()
    _keys.clear()


async def check_provider(terms: SingleSignOn) -> None:
    """Fetch the provider's metadata and keys, without the cache.

    Raises ProviderUnavailable and EndpointNotAllowed.
    """
    provider = await _fetch_metadata(terms)
    await _fetch_keys(provider)


async def authorization_url(
    terms: SingleSignOn, secrets: LoginSecrets, redirect_uri: str, *, now: datetime
) -> str:
    """The URL of the provider's authorization request. Raises ProviderUnavailable."""
    provider = await _provider_metadata(terms, now)
    async with _client(terms, provider, "", redirect_uri) as client:
        url, _ = client.create_authorization_url(
            provider.authorization_endpoint,
            state=secrets.state,
            nonce=secrets.nonce,
            code_verifier=secrets.verifier,
        )
    return cast(str, url)


async def fetch_identity(
    terms: SingleSignOn,
    secrets: LoginSecrets,
    redirect_uri: str,
    answer: Mapping[str, str],
    *,
    client_secret: str,
    now: datetime,
) -> Identity:
    """The member's identity, from the query of the provider's redirect to the callback.

    The caller has verified its state. Raises SignInRejected and ProviderUnavailable.
    """
    provider = await _provider_metadata(terms, now)
    if answer.get("iss", "" if provider.sends_issuer else terms.issuer) != terms.issuer:
        raise SignInRejected("the answer is from another issuer")
    async with _client(terms, provider, client_secret, redirect_uri) as client:
        token = await _fetch_token(client, provider, answer.get("code", ""), secrets.verifier)
        claims = await _id_token_claims(terms, provider, token, secrets.nonce, now)
        if terms.username_claim not in claims and provider.userinfo_endpoint:
            claims = await _with_userinfo(client, provider, claims)
    # Whoever can enter any address at the provider must not sign in as its owner, so an address
    # counts only if the provider vouches for it (OpenID Connect Core 5.1: a JSON boolean).
    if terms.username_claim == "email" and claims.get("email_verified") is not True:
        raise SignInRejected("the e-mail address is not verified")
    return Identity(_text_claim(claims, "sub"), _text_claim(claims, terms.username_claim))


def _text_claim(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value.strip():
        raise SignInRejected(f"there is no claim {name!r}")
    return value


def _client(
    terms: SingleSignOn, provider: ProviderMetadata, client_secret: str, redirect_uri: str
) -> Any:
    method = "client_secret_post" if provider.uses_client_secret_post else "client_secret_basic"
    return AsyncOAuth2Client(
        terms.client_id,
        client_secret,
        token_endpoint_auth_method=method if client_secret else "none",
        scope=SCOPE,
        redirect_uri=redirect_uri,
        code_challenge_method="S256",
        leeway=0,  # a token of one minute is used immediately
        **client_options(),
    )


async def _fetch_token(
    client: Any, provider: ProviderMetadata, code: str, verifier: str
) -> Mapping[str, Any]:
    client.register_compliance_hook("access_token_response", _check_token_response)
    try:
        async with total_timeout():
            token = await client.fetch_token(
                provider.token_endpoint,
                grant_type="authorization_code",
                code=code,
                code_verifier=verifier,
            )
    except OAuthError as error:
        raise SignInRejected(f"the code was refused: {error.error}") from error
    except (httpx2.HTTPError, *_UNREADABLE) as error:
        raise ProviderUnavailable(f"no token: {error!r}") from error
    if not isinstance(token, dict):
        raise ProviderUnavailable("the token is no object")
    return cast(Mapping[str, Any], token)


def _check_token_response(response: httpx2.Response) -> httpx2.Response:
    # RFC 6749, section 5: a token has status 200, an error 400 or 401; all others are failures.
    return response if response.status_code in (400, 401) else response.raise_for_status()


async def _id_token_claims(
    terms: SingleSignOn,
    provider: ProviderMetadata,
    token: Mapping[str, Any],
    nonce: str,
    now: datetime,
) -> Mapping[str, Any]:
    """The claims of the ID token, validated by OpenID Connect Core, section 3.1.3.7."""
    registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
    id_token = str(token.get("id_token") or "")
    try:
        try:
            keys = await _provider_keys(provider, now, not_older_than=METADATA_TTL)
            decoded = jwt.decode(id_token, keys, registry=registry)
        except InvalidKeyIdError:
            # Providers rotate their keys, so reload them once for an unknown key.
            keys = await _provider_keys(provider, now, not_older_than=MIN_KEY_REFRESH_INTERVAL)
            decoded = jwt.decode(id_token, keys, registry=registry)
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            {
                "iss": {"essential": True, "value": terms.issuer},
                "aud": {"essential": True, "value": terms.client_id},
            },
            {
                "nonce": nonce,
                "client_id": terms.client_id,
                "access_token": token.get("access_token"),
            },
        )
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY)
    except (JoseError, *_UNREADABLE) as error:
        raise SignInRejected(f"the ID token is not good: {error}") from error
    return cast(Mapping[str, Any], claims)


async def _with_userinfo(
    client: Any, provider: ProviderMetadata, claims: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The claims, extended by those of the provider's userinfo endpoint."""
    try:
        async with total_timeout():
            response = await client.get(provider.userinfo_endpoint)
        userinfo = response.raise_for_status().json()
    except (httpx2.HTTPError, OAuthError, *_UNREADABLE) as error:
        raise ProviderUnavailable(f"no userinfo: {error!r}") from error
    if not isinstance(userinfo, dict) or userinfo.get("sub") != claims["sub"]:
        raise SignInRejected("the userinfo is about somebody else")
    return {**userinfo, **claims}


async def _provider_metadata(terms: SingleSignOn, now: datetime) -> ProviderMetadata:
    fetched_at, provider = _providers.get(terms.issuer, (None, None))
    if fetched_at is None or provider is None or now - fetched_at > METADATA_TTL:
        provider = await _fetch_metadata(terms)
        _providers[terms.issuer] = (now, provider)
    return provider


async def _fetch_metadata(terms: SingleSignOn) -> ProviderMetadata:
    url = f"{terms.issuer.rstrip('/')}/.well-known/openid-configuration"
    return _parse_metadata(terms, await _fetch_json(url))


def _parse_metadata(terms: SingleSignOn, document: Mapping[str, Any]) -> ProviderMetadata:
    if document.get("issuer") != terms.issuer:
        raise ProviderUnavailable(f"its document is of {document.get('issuer')!r}")
    methods = document.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return ProviderMetadata(
        authorization_endpoint=_endpoint(terms, document, "authorization_endpoint"),
        token_endpoint=_endpoint(terms, document, "token_endpoint"),
        jwks_uri=_endpoint(terms, document, "jwks_uri"),
        userinfo_endpoint=_endpoint(terms, document, "userinfo_endpoint", required=False),
        uses_client_secret_post="client_secret_basic" not in methods,
        sends_issuer=document.get("authorization_response_iss_parameter_supported") is True,
    )


def _endpoint(
    terms: SingleSignOn, document: Mapping[str, Any], name: str, *, required: bool = True
) -> str:
    url = document.get(name)
    if url is None and not required:
        return ""
    try:
        parts = urlsplit(url) if isinstance(url, str) else None
    except ValueError:
        parts = None
    # The endpoint must be as secure as the issuer.
    if parts is None or parts.scheme != urlsplit(terms.issuer).scheme or not parts.hostname:
        raise ProviderUnavailable(f"its document has {name} {str(url)[:80]!r}")
    if not terms.allows_endpoint(parts.hostname):
        raise EndpointNotAllowed(name, parts.hostname)
    return cast(str, url)


async def _provider_keys(
    provider: ProviderMetadata, now: datetime, *, not_older_than: timedelta
) -> KeySet:
    fetched_at, keys = _keys.get(provider.jwks_uri, (None, None))
    if fetched_at is None or keys is None or now - fetched_at > not_older_than:
        keys = await _fetch_keys(provider)
        _keys[provider.jwks_uri] = (now, keys)
    return keys


async def _fetch_keys(provider: ProviderMetadata) -> KeySet:
    document = await _fetch_json(provider.jwks_uri)
    try:
        keys = KeySet.import_key_set(cast(Any, document)).keys
        return KeySet([key for key in keys if not _is_short(key)])
    except (JoseError, KeyError, *_UNREADABLE) as error:
        raise ProviderUnavailable(f"its keys cannot be read: {error!r}") from error


def _is_short(key: Key) -> bool:
    return isinstance(key, RSAKey) and key.public_key.key_size < MIN_RSA_BITS


async def _fetch_json(url: str) -> Mapping[str, Any]:
    try:
        async with total_timeout(), httpx2.AsyncClient(**client_options()) as client:
            document = (await client.get(url)).raise_for_status().json()
    except (httpx2.HTTPError, *_UNREADABLE) as error:
        raise ProviderUnavailable(f"{url}: {error!r}") from error
    if not isinstance(document, dict):
        raise ProviderUnavailable(f"{url} is no object")
    return document
