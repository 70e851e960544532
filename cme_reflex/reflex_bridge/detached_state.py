"""State instances without a tab.

Relies on: `_reflex_internal_init=True` creates a state without a tab.
"""

from typing import TypeVar

import reflex as rx

AnyState = TypeVar("AnyState", bound=rx.State)


def detached(state: type[AnyState]) -> AnyState:
    """A new instance of the state without a tab."""
    return state(_reflex_internal_init=True)  # type: ignore[call-arg]
