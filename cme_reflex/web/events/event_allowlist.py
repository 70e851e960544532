"""The allow-list of events: the events that a client may send, and the models of their payloads.

Reflex would run any public method of any state, its internal states included, for any client and
with any arguments: `setvar` sets any variable, `update_vars_internal` those stored in the browser.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from cme_reflex.web.access_policy import Audience, audience_of, payload_model

HASHES_LIMIT = 200  # states whose default values a page can have

_STRICT = ConfigDict(strict=True, extra="forbid")


class _NoPayload(BaseModel):
    model_config = _STRICT


class _Hydration(BaseModel):
    """Payload of a page's hydration. This application stores no vars in the browser."""

    model_config = _STRICT
    hashes: list[str] = Field(default=[], max_length=HASHES_LIMIT)


class _FrontendException(BaseModel):
    model_config = _STRICT
    info: str
    component_stack: str


@dataclass(frozen=True, slots=True)
class EventRule:
    """The audience of an event, and the model of its payload."""

    audience: Audience
    payload: type[BaseModel]


_ROOT = "reflex___state____state"
FRAMEWORK_EVENTS: Mapping[str, EventRule] = {
    # A tab opens: creates the tab's state and runs the page's `load`.
    f"{_ROOT}.hydrate_and_load": EventRule(Audience.ANYONE, _Hydration),
    # Navigation within the tab: runs the page's `load`, which authenticates by itself.
    f"{_ROOT}.reflex___state____on_load_internal_state.on_load_internal": EventRule(
        Audience.ANYONE, _NoPayload
    ),
    # An error in a page's script: writes a log line.
    f"{_ROOT}.reflex___state____frontend_event_exception_state.handle_frontend_exception": (
        EventRule(Audience.ANYONE, _FrontendException)
    ),
}
"""The internal handlers of Reflex that pages call; all others are rejected."""


def event_allowlist(handlers: Mapping[str, Callable[..., Any]]) -> dict[str, EventRule]:
    """The rules of all events that a client may send, by full name.

    `handlers` are all handlers that Reflex would run. Those for the server only and those without
    an audience are excluded. Raises Undeclared for a parameter without a type.
    """
    declared = {
        name: EventRule(audience, payload_model(handler))
        for name, handler in handlers.items()
        if (audience := audience_of(handler)) not in (None, Audience.SERVER)
    }
    return {**FRAMEWORK_EVENTS, **declared}
