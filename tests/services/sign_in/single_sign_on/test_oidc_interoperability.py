"""OpenID Connect client with a third-party provider in its own process."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from cme_reflex.domain.meetings.meeting import SingleSignOn
from cme_reflex.services.sign_in.single_sign_on import oidc
from cme_reflex.services.sign_in.single_sign_on.oidc import LoginSecrets, SignInRejected
from tests.support.e2e.cme_server import free_port

CALLBACK = "https://cme.example.org/sign-in/sso/callback"
OWN = LoginSecrets("a-state", "a-nonce", "v" * 43)
KIM = {
    "sub": "4711",
    "preferred_username": "kim",
    "email": "kim@example.org",
    "email_verified": True,
}
STARTS_WITHIN = 60  # seconds


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--user-claims", json.dumps(KIM), "--require-nonce", "true"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await(f"http://127.0.0.1:{port}", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _await(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline:
        assert process.poll() is None, "the provider ended"
        try:
            httpx.get(f"{url}/.well-known/openid-configuration")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the provider did not answer")


@pytest.mark.parametrize("claim", ["preferred_username", "sub", "email"])
async def test_the_provider_tells_the_username_once(issuer: str, claim: str) -> None:
    oidc.clear_cache()
    now = datetime.now(UTC)
    terms = SingleSignOn(issuer=issuer, client_id="cme", label="l", username_claim=claim)
    address = await oidc.authorization_url(terms, OWN, CALLBACK, now=now)
    async with httpx.AsyncClient() as browser:
        consented = await browser.post(address, data={"sub": KIM["sub"]})
    answer = dict(httpx.URL(consented.headers["location"]).params)
    assert answer["state"] == OWN.state
    identity = await oidc.fetch_identity(terms, OWN, CALLBACK, answer, client_secret="any", now=now)
    assert (identity.subject, identity.username) == (KIM["sub"], KIM[claim])
    with pytest.raises(SignInRejected, match="invalid_grant"):
        await oidc.fetch_identity(terms, OWN, CALLBACK, answer, client_secret="any", now=now)
