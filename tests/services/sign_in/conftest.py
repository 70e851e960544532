"""Fixtures of the sign-in tests."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from argon2.profiles import get_default_parameters

from cme_reflex.services.sign_in import passwords
from tests.support.oidc import fresh_oidc_provider
from tests.support.servers.oidc_provider import OidcProvider


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """New hashes take microseconds; `costly_hashes` gives a test those of the application."""
    cheap = replace(passwords.PARAMETERS, time_cost=1, memory_cost=8, parallelism=1)
    with monkeypatch.context() as patch:
        patch.setattr(passwords, "PARAMETERS", cheap)
        passwords._dummy_hash.cache_clear()
        yield
    passwords._dummy_hash.cache_clear()


@pytest.fixture
def costly_hashes(cheap_hashes: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """New hashes have the parameters of the application: the library's."""
    monkeypatch.setattr(passwords, "PARAMETERS", get_default_parameters())


@pytest.fixture
def provider() -> Iterator[OidcProvider]:
    """An OpenID Connect provider that the client does not know yet."""
    with fresh_oidc_provider() as provider:
        yield provider
