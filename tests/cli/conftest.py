"""Fixtures of the tests of `cme`: its database, and settings that are read again afterwards."""

from collections.abc import Iterator

import pytest

from cme_reflex.settings import settings


@pytest.fixture
def chosen_database(
    database_kind: str, unmigrated_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database of this test in CME_DATABASE_URL."""
    _choose(unmigrated_url, monkeypatch)


@pytest.fixture
def migrated_database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """This test's database, with its tables, in CME_DATABASE_URL."""
    _choose(database_url, monkeypatch)


def _choose(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CME_DATABASE_URL", url)
    settings.cache_clear()


@pytest.fixture(autouse=True, scope="module")
def fresh_settings(remembered_migrations: None) -> Iterator[None]:
    """The settings, read again by whatever runs after the module."""
    yield
    settings.cache_clear()
