"""Access policy: every event handler and every HTTP route declares who may call it.

Access is denied by default. A handler without an audience is rejected before it reaches Reflex
(`web/events/event_validation.py`), a route without one raises Undeclared at startup
(`checked_routes`), and `AuthRedirectMiddleware` blocks the endpoints that Reflex itself serves.
"""

from collections.abc import Callable
from enum import StrEnum
from inspect import Parameter, signature
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model
from starlette.routing import Route

from cme_reflex.reflex_bridge.form_data import form_data_as_dict

Callee = TypeVar("Callee", bound=Callable[..., Any])

TEXT_LIMIT = 1_000  # characters of a handler's argument; answers have a limit of their own
FIELD_LIMIT = 30  # of a form

LongText = Annotated[str, "as long as a message"]
"""The type of an argument that may be longer, and is cut by the service; no state keeps it."""

ShortText = Annotated[str, Field(max_length=TEXT_LIMIT)]

# Reflex sends a form as pairs under a key of its own; a checked checkbox in it is not a string.
FormFields = Annotated[
    dict[ShortText, ShortText | bool | int | float | None],
    Field(max_length=FIELD_LIMIT),
    BeforeValidator(form_data_as_dict),
]

_STRICT = ConfigDict(strict=True, extra="forbid")


class Audience(StrEnum):
    """Audience of a handler or a route: the callers that it accepts."""

    ANYONE = "anyone"
    ATTENDEE = "a signed-in attendee"
    SYSTEM = "a system with a token"
    SERVER = "the server itself"


class Undeclared(TypeError):
    """A handler or route without a declared audience, or a handler's parameter without a type."""


def allow(audience: Audience) -> Callable[[Callee], Callee]:
    """Decorator that declares the audience of a handler or of a route's endpoint.

    It declares and does not check. `state.base.authenticated`, which declares the audience too,
    verifies an attendee's identity; an endpoint verifies it by itself.
    """

    def declare(callee: Callee) -> Callee:
        callee.audience = audience  # type: ignore[attr-defined]
        return callee

    return declare


def audience_of(callee: object) -> Audience | None:
    """The declared audience of a handler or endpoint; None without one."""
    return getattr(callee, "audience", None)


def checked_routes(*routes: Route) -> list[Route]:
    """These routes as a list. Raises Undeclared for a route without an audience."""
    for route in routes:
        if audience_of(route.endpoint) is None:
            raise Undeclared(f"{route.path} declares no audience: add @allow(…) to its endpoint")
    return list(routes)


def payload_model(handler: Callable[..., Any]) -> type[BaseModel]:
    """The pydantic model of a handler's payload: exactly its parameters, strictly of their types.

    A text has at most TEXT_LIMIT characters, as states keep it.

    Reflex enforces neither. Raises Undeclared for a parameter without a type.
    """
    fields: dict[str, Any] = {}
    for name, parameter in list(signature(handler).parameters.items())[1:]:
        if parameter.annotation is Parameter.empty:
            raise Undeclared(f"{handler.__qualname__}: {name} has no type")
        annotation = parameter.annotation
        kind = FormFields if annotation == dict[str, str] else annotation
        kind = ShortText if annotation is str else kind
        fields[name] = (kind, ... if parameter.default is Parameter.empty else parameter.default)
    return create_model(handler.__qualname__, __config__=_STRICT, **fields)
