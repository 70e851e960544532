"""Settings for the time of a test."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from cme_reflex.settings import settings


@contextmanager
def override_settings(**variables: str) -> Iterator[None]:
    """These variables of the environment, read anew before and after."""
    with mock.patch.dict(os.environ, variables):
        settings.cache_clear()
        try:
            yield
        finally:
            settings.cache_clear()
