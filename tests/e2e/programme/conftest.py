"""Fixtures of the browser tests of the session list."""

import pytest
from playwright.sync_api import Page

from tests.support.e2e.session_list import Wire


@pytest.fixture
def wire(page: Page) -> Wire:
    """A recorder of the page's socket; request it before the page opens one."""
    wire = Wire()
    page.on("websocket", wire.watch)
    return wire
