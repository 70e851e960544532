"""Registry of the event handlers that Reflex would run for a client.

Relies on: Reflex registers the handlers of all states, including its own, in
`reflex_base.registry.RegistrationContext`, by the full name that events carry.
"""

from collections.abc import Callable
from typing import Any

from reflex_base.registry import RegistrationContext


def event_handlers() -> dict[str, Callable[..., Any]]:
    """The functions of all handlers by the full name of their event."""
    registered = RegistrationContext.get().event_handlers
    return {name: each.handler.fn for name, each in registered.items()}
