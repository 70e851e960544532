"""The server's end of the socket: JSON by orjson, and the validation of events in front of Reflex.

An answer to a search holds dozens of values, which Reflex's own JSON writes in twice the time.

Relies on: Reflex writes dataclasses, and values that JSON has no word for, with
`reflex_base.utils.serializers.serialize`, which leaves private headers out, and serves events as
`reflex.app.EventNamespace`, a Socket.IO namespace that the application keeps as
`_event_namespace`, whose `trigger_event` sees every message and whose `on_event(sid, data)` takes
an event as a dictionary with `name`, `payload` and `router_data`.
"""

import json
from collections.abc import Mapping
from inspect import iscoroutinefunction, signature
from typing import Any, Protocol

import orjson
import reflex as rx
from reflex_base.utils.serializers import serialize

from cme_reflex.reflex_bridge import FrameworkChanged

try:
    from reflex.app import EventNamespace
except ImportError as error:
    raise FrameworkChanged(__doc__) from error

# What a client may send to the socket itself; Reflex answers a ping, and reads an error's report.
_MESSAGES = frozenset({"event", "ping", "client_error"})
_CONNECTION = frozenset({"connect", "disconnect"})


# Of its own accord orjson would write dataclasses whole, the page's request headers among them, of
# which Reflex's serializer leaves out the cookie.
_OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS


def dumps(value: object, **_: object) -> str:
    """A message as JSON, the same that Reflex would write."""
    return orjson.dumps(value, default=serialize, option=_OPTIONS).decode()


loads = json.loads
"""Parses a message as Reflex does."""


class Validator(Protocol):
    """Decides which events Reflex gets."""

    def validate(
        self, name: object, payload: object, router_data: object
    ) -> Mapping[str, Any] | None:
        """The fields of a valid event, as Reflex gets them; None for any other."""

    def reject(self, reason: str) -> None:
        """Take note of a message that is no event at all."""


class ValidatingNamespace(EventNamespace):
    """Reflex's end of the socket, behind the validation of everything that comes in."""

    def __init__(self, namespace: str, app: rx.App, validator: Validator) -> None:
        super().__init__(namespace, app)
        self._validator = validator

    async def trigger_event(self, event: object, *args: Any) -> Any:
        """Pass messages of a client that is connected, and connections of one that is not.

        The library would also call `on_connect` for a client that sends a message of that name,
        with headers of the client's choice.
        """
        expected = _CONNECTION
        if self.server.manager.is_connected(args[0], self.namespace):
            expected = _MESSAGES if len(args) <= 2 else frozenset()
        if not isinstance(event, str) or event not in expected:
            self._validator.reject("no such message")
            return None
        return await super().trigger_event(event, *args)

    async def on_event(self, sid: str, data: Any = None) -> None:
        """Pass an event on to Reflex if it is valid."""
        received = data if isinstance(data, dict) else {}
        valid = self._validator.validate(
            received.get("name"),
            received.get("payload") or {},
            received.get("router_data") or {},
        )
        if valid is not None:
            await super().on_event(sid, dict(valid))


def install(app: rx.App, validator: Validator) -> None:
    """Let every event of the application pass the validator first.

    Raises FrameworkChanged where that cannot be made sure: then the application must not start.
    """
    try:
        framework, server = app.event_namespace, app.sio
        if framework is None or server is None:
            raise FrameworkChanged(__doc__)
        namespace = ValidatingNamespace(framework.namespace, app, validator)
        server.register_namespace(namespace)
        app._event_namespace = namespace  # noqa: SLF001 - Reflex makes it itself and takes no other
        installed = server.namespace_handlers[namespace.namespace] is namespace
        installed = installed and app.event_namespace is namespace
    except (AttributeError, KeyError, TypeError) as error:
        raise FrameworkChanged(__doc__) from error
    if not (installed and _overrides_fit()):
        raise FrameworkChanged(__doc__)


def _overrides_fit() -> bool:
    """Whether what is overridden here is what Reflex and Socket.IO would call."""
    overridden = ("trigger_event", "on_event")
    return all(
        iscoroutinefunction(getattr(EventNamespace, name, None)) for name in overridden
    ) and list(signature(EventNamespace.on_event).parameters) == ["self", "sid", "data"]
