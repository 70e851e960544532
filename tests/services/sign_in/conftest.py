"""Fixtures of the sign-in tests."""

from collections.abc import Iterator

import pytest

from tests.support.oidc import fresh_oidc_provider
from tests.support.servers.oidc_provider import OidcProvider


@pytest.fixture
def provider() -> Iterator[OidcProvider]:
    """An OpenID Connect provider that the client does not know yet."""
    with fresh_oidc_provider() as provider:
        yield provider
