"""An OpenID Connect provider for tests, with a client that knows nothing of it, and a sign-in."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx

from cme_reflex.domain.meetings.meeting import SingleSignOn
from cme_reflex.services.sign_in.single_sign_on import oidc
from cme_reflex.services.sign_in.single_sign_on.oidc import LoginSecrets
from tests.support.servers.oidc_provider import CLIENT_SECRET, OidcProvider, run_oidc_provider

CALLBACK = "https://cme.example.org/sign-in/sso/callback"
SECRETS = LoginSecrets("state", "nonce", "v" * 43)


@contextmanager
def fresh_oidc_provider() -> Iterator[OidcProvider]:
    """Run a provider of which the client has cached nothing, before and afterwards."""
    oidc.clear_cache()
    with run_oidc_provider() as provider:
        yield provider
    oidc.clear_cache()


async def fetch_username(terms: SingleSignOn) -> str:
    """The username of a whole sign-in. Raises what `oidc.fetch_identity` raises."""
    now = datetime.now(UTC)
    address = await oidc.authorization_url(terms, SECRETS, CALLBACK, now=now)
    async with httpx.AsyncClient() as browser:
        back = httpx.URL((await browser.get(address)).headers["location"])
    identity = await oidc.fetch_identity(
        terms, SECRETS, CALLBACK, dict(back.params), client_secret=CLIENT_SECRET, now=now
    )
    return identity.username
