"""A state outside of any tab.

Relies on: a state is made without a tab by `_reflex_internal_init=True`.
"""

from typing import TypeVar

import reflex as rx

AnyState = TypeVar("AnyState", bound=rx.State)


def detached(state: type[AnyState]) -> AnyState:
    """A new instance of the state that belongs to no tab."""
    return state(_reflex_internal_init=True)  # type: ignore[call-arg]
