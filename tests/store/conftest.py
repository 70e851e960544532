"""Fixtures of the store's tests."""

import pytest


@pytest.fixture
def patient() -> bool:
    """These tests see the statements' own time limits."""
    return False
