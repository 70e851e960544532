"""Temporary settings for a test."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from cme_reflex.settings import settings


@contextmanager
def override_settings(**variables: str) -> Iterator[None]:
    """Set these environment variables until the end of the block, and reload the settings."""
    with mock.patch.dict(os.environ, variables):
        settings.cache_clear()
        try:
            yield
        finally:
            settings.cache_clear()
