"""An OpenID Connect provider for tests, with a client that knows nothing of it, and a sign-in."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx

from cme_reflex.domain.meetings.meeting import SingleSignOn
from cme_reflex.services.sign_in import oidc
from cme_reflex.services.sign_in.oidc import LoginSecrets
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
    """The result of a whole sign-in. Raises what `oidc.fetch_username` raises."""
    now = datetime.now(UTC)
    address = await oidc.authorization_url(terms, SECRETS, CALLBACK, now=now)
    async with httpx.AsyncClient() as browser:
        back = httpx.URL((await browser.get(address)).headers["location"])
    return await oidc.fetch_username(
        terms, SECRETS, CALLBACK, dict(back.params), client_secret=CLIENT_SECRET, now=now
    )
