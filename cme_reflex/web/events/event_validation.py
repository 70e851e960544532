"""Allow-list of events: only declared events pass, with a payload of the declared types.

Reflex would run any public method of any state, those of its own states too, for any client and
with any arguments: `setvar` sets a variable, `update_vars_internal` what a browser stores.
`validate` is a pure function of what came in; `reflex_bridge/socket_endpoint.py` puts it in front
of Reflex. It fails closed: whatever cannot be validated is rejected.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from cme_reflex.web.access_policy import Audience, audience_of, payload_model
from cme_reflex.web.logs import log_extra

logger = logging.getLogger(__name__)

ADDRESS_LIMIT = 2_000  # characters of a page's address with its query
HASHES_LIMIT = 200  # states whose defaults a page may hold

_STRICT = ConfigDict(strict=True, extra="forbid")


class _NoPayload(BaseModel):
    model_config = _STRICT


class _Hydration(BaseModel):
    """A page that opens. Nothing of it is stored in the browser, so it brings no `vars`."""

    model_config = _STRICT
    hashes: list[str] = Field(default=[], max_length=HASHES_LIMIT)


class _FrontendException(BaseModel):
    model_config = _STRICT
    info: str
    component_stack: str


class RouterData(BaseModel):
    """The page on which an event happened, according to its browser."""

    model_config = ConfigDict(strict=True)
    pathname: str = Field(default="/", max_length=ADDRESS_LIMIT)
    asPath: str = Field(default="/", max_length=ADDRESS_LIMIT, pattern="^/")  # noqa: N815 - Reflex's
    query: dict[str, str] = {}

    @field_validator("asPath")
    @classmethod
    def _is_an_address(cls, address: str) -> str:
        urlsplit(address)
        return address


@dataclass(frozen=True, slots=True)
class EventRule:
    """Who may send an event, and the model of its payload."""

    audience: Audience
    payload: type[BaseModel]


@dataclass(frozen=True, slots=True)
class Event:
    """An event that passed; of its router data only what is known."""

    name: str
    payload: Mapping[str, Any]
    router_data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why an event did not pass. `event` is the short name of an event that is known."""

    reason: str
    event: str = "unknown"


_ROOT = "reflex___state____state"
FRAMEWORK_EVENTS: Mapping[str, EventRule] = {
    # A page opens: the tab's own state, to which the next line's handlers belong.
    f"{_ROOT}.hydrate_and_load": EventRule(Audience.ANYONE, _Hydration),
    # Another page opens in it: runs that page's `load`, which authenticates by itself.
    f"{_ROOT}.reflex___state____on_load_internal_state.on_load_internal": EventRule(
        Audience.ANYONE, _NoPayload
    ),
    # A page's script failed: a line in the log.
    f"{_ROOT}.reflex___state____frontend_event_exception_state.handle_frontend_exception": (
        EventRule(Audience.ANYONE, _FrontendException)
    ),
}
"""The handlers of Reflex itself that a page calls; all its other ones are closed."""


def event_allowlist(handlers: Mapping[str, Callable[..., Any]]) -> dict[str, EventRule]:
    """The rules of all events that a client may send, by full name.

    `handlers` are all handlers that Reflex would run; those for the server alone, and those
    without an audience, are left out. Raises Undeclared for a parameter without a type.
    """
    declared = {
        name: EventRule(audience, payload_model(handler))
        for name, handler in handlers.items()
        if (audience := audience_of(handler)) not in (None, Audience.SERVER)
    }
    return {**FRAMEWORK_EVENTS, **declared}


def validate(
    name: object, payload: object, router_data: object, rules: Mapping[str, EventRule]
) -> Event | Rejection:
    """The event as Reflex may have it, or why it is rejected; it never raises."""
    if not isinstance(name, str):
        return Rejection("no event")
    rule = rules.get(name)
    if rule is None:
        return Rejection("no such event")
    short_name = name.rpartition("___")[2]
    try:
        rule.payload.model_validate(payload)
        known = RouterData.model_validate(router_data).model_dump(exclude_unset=True)
        if isinstance(payload, dict) and _is_encodable(payload) and _is_encodable(known):
            return Event(name, payload, known)
    except (ValidationError, TypeError):
        pass
    except Exception:  # such as RecursionError: nothing passes that was not found valid
        logger.exception("An event could not be validated")
    return Rejection("wrong arguments", short_name)


class EventValidator:
    """Validates events against the allow-list of these handlers, and logs what is rejected."""

    def __init__(self, handlers: Mapping[str, Callable[..., Any]]) -> None:
        self._rules = event_allowlist(handlers)

    def validate(
        self, name: object, payload: object, router_data: object
    ) -> Mapping[str, Any] | None:
        """The fields of a valid event; None for any other."""
        match validate(name, payload, router_data, self._rules):
            case Event() as event:
                return {
                    "name": event.name,
                    "payload": event.payload,
                    "router_data": event.router_data,
                }
            case Rejection() as rejection:
                self._log(rejection)
        return None

    def reject(self, reason: str) -> None:
        """Reject a message that is no event at all."""
        self._log(Rejection(reason))

    def _log(self, rejection: Rejection) -> None:
        logger.warning(
            "event rejected", extra=log_extra(event=rejection.event, outcome=rejection.reason)
        )


def _is_encodable(value: object) -> bool:
    """Whether every text in it can be stored: valid Unicode, and no NUL for PostgreSQL."""
    match value:
        case str():
            return _is_text(value)
        case dict():
            return all(map(_is_encodable, [*value, *value.values()]))
        case list():
            return all(map(_is_encodable, value))
    return True


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:  # a lone surrogate: JSON can name it, no encoding has it
        return False
    return "\0" not in value
