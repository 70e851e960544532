"""Bare applications of Reflex."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest


@pytest.fixture
def make_app(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """Makes applications without pages; what is this process's own stays as it was."""
    import engineio.packet
    import reflex as rx
    import socketio.packet
    from reflex_base.registry import RegistrationContext

    for packet in (engineio.packet.Packet, socketio.packet.Packet):
        monkeypatch.setattr(packet, "json", packet.json)
    before = RegistrationContext.ensure_context()

    def make(**options: Any) -> rx.App:
        RegistrationContext.set(before.fork())  # a context has one application
        return rx.App(**options)

    yield make
    RegistrationContext.set(before)
