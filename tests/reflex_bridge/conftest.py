"""Fixtures: bare Reflex applications."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest


@pytest.fixture
def make_app(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """A factory of applications without pages; restores Reflex's global state afterwards."""
    import engineio.packet
    import reflex as rx
    import socketio.packet
    from reflex_base.registry import RegistrationContext

    for packet in (engineio.packet.Packet, socketio.packet.Packet):
        monkeypatch.setattr(packet, "json", packet.json)
    before = RegistrationContext.ensure_context()

    def make(**options: Any) -> rx.App:
        RegistrationContext.set(before.fork())  # a context can have only one application
        return rx.App(**options)

    yield make
    RegistrationContext.set(before)
