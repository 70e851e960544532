"""State instances without a tab, and their values.

Relies on: `_reflex_internal_init=True` creates a state without a tab; `base_vars` are its own
variables; `get_delta` has those that were set; the browser's JSON is that of `json_dumps`.
"""

from typing import Any, TypeVar

import reflex as rx
from reflex_base.utils.format import json_dumps

AnyState = TypeVar("AnyState", bound=rx.State)


def detached(state: type[AnyState]) -> AnyState:
    """A new instance of the state without a tab."""
    return state(_reflex_internal_init=True)  # type: ignore[call-arg]


def values_of(state: rx.State) -> dict[str, Any]:
    """The values of the state's own variables, by their names."""
    return {name: state.get_value(name) for name in state.base_vars}


def deltas_of(*states: rx.State) -> str:
    """What was set in the states, as JSON in which the browser can apply it."""
    return json_dumps(
        {name: delta for state in states for name, delta in state.get_delta().items()}
    )
