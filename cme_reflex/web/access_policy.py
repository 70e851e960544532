"""Access policy: every event handler and every HTTP route declares who may call it.

Nothing is open by default. A handler without an audience is rejected before it reaches Reflex
(`web/events/event_validation.py`), a route without one does not come into the application at all
(`checked_routes`), and what Reflex serves by itself is closed by `AuthRedirectMiddleware`.
"""

from collections.abc import Callable
from enum import StrEnum
from inspect import Parameter, signature
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, create_model
from starlette.routing import Route

from cme_reflex.reflex_bridge.form_data import form_data_as_dict

Callee = TypeVar("Callee", bound=Callable[..., Any])

# A form travels as pairs under a key of Reflex's own; a ticked box in it is no text.
FormFields = Annotated[
    dict[str, str | bool | int | float | None], BeforeValidator(form_data_as_dict)
]

_STRICT = ConfigDict(strict=True, extra="forbid")


class Audience(StrEnum):
    """Who may call a handler or a route."""

    ANYONE = "anyone"
    ATTENDEE = "a signed-in attendee"
    SYSTEM = "a system with a token"
    SERVER = "the server itself"


class Undeclared(TypeError):
    """A handler or route that does not declare who may call it, or what it takes."""


def allow(audience: Audience) -> Callable[[Callee], Callee]:
    """Declare who may call a handler or the endpoint of a route; stands right above it.

    It declares and does not check: an attendee's identity is proved by
    `state.base.authenticated`, which declares it too, or by the endpoint itself.
    """

    def declare(callee: Callee) -> Callee:
        callee.audience = audience  # type: ignore[attr-defined]
        return callee

    return declare


def audience_of(callee: object) -> Audience | None:
    """Who may call it; None where that is not declared."""
    return getattr(callee, "audience", None)


def checked_routes(*routes: Route) -> list[Route]:
    """The routes, each of which declares who may call it. Raises Undeclared."""
    for route in routes:
        if audience_of(route.endpoint) is None:
            raise Undeclared(f"{route.path} does not say who may call it: @allow(…)")
    return list(routes)


def payload_model(handler: Callable[..., Any]) -> type[BaseModel]:
    """The pydantic model of a handler's payload: exactly its parameters, exactly of their types.

    Reflex itself enforces neither. Raises Undeclared for a parameter without a type.
    """
    fields: dict[str, Any] = {}
    for name, parameter in list(signature(handler).parameters.items())[1:]:
        if parameter.annotation is Parameter.empty:
            raise Undeclared(f"{handler.__qualname__}: {name} has no type")
        kind = FormFields if parameter.annotation == dict[str, str] else parameter.annotation
        fields[name] = (kind, ... if parameter.default is Parameter.empty else parameter.default)
    return create_model(handler.__qualname__, __config__=_STRICT, **fields)
