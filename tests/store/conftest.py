"""Fixtures of the store's tests."""

import pytest


@pytest.fixture
def statement_timeout() -> None:
    """These tests see the application's own time limit."""
