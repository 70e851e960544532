"""Server side of the socket: JSON by orjson, and validation of events in front of Reflex.

A reply to a search has dozens of values; Reflex's own JSON takes twice the time for them.

Relies on: Reflex encodes dataclasses, and values that JSON cannot represent, with
`reflex_base.utils.serializers.serialize`, which omits private headers, and serves events as
`reflex.app.EventNamespace`, a Socket.IO namespace that the application has as
`_event_namespace`, whose `trigger_event` gets every message and whose `on_event(sid, data)` gets
an event as a dictionary with `name`, `payload` and `router_data`.
"""

import json
from collections.abc import Mapping
from inspect import iscoroutinefunction, signature
from typing import Any, Protocol

import orjson
import reflex as rx
from reflex_base.utils.serializers import serialize

from cme_reflex.reflex_bridge import FrameworkChanged, socket_protocol

try:
    from reflex.app import EventNamespace
except ImportError as error:
    raise FrameworkChanged(__doc__) from error

# Messages that a connected client may send; Reflex answers a ping, and logs a client error.
_MESSAGES = frozenset({"event", "ping", "client_error"})
_NEW_TOKEN = "new_token"  # noqa: S105 - a message that Reflex sends to a duplicated tab
_MEETING = "HTTP_X_MEETING"  # the header of web/middleware/socket_sign_in.py in a WSGI environment
_CONNECTION = frozenset({"connect", "disconnect"})


# By default orjson encodes all fields of a dataclass, including the request headers with the
# cookie, which Reflex's serializer omits.
_OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS


def dumps(value: object, **_: object) -> str:
    """A message as JSON, the same as Reflex's own."""
    return orjson.dumps(value, default=serialize, option=_OPTIONS).decode()


def loads(text: str) -> object:
    """A message from JSON. Raises ValueError for malformed JSON and for too many levels.

    Browsers send half of a character that an input's maximum length has cut, which orjson refuses.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        try:
            return json.loads(text)
        except RecursionError:
            raise ValueError("too many levels") from None


def is_message_of_a_page(text: str, *, joined: bool) -> bool:
    """Whether a page could send this message, before or after it has joined.

    A page joins once, with its first event as an object, then sends events, answers pings and
    disconnects. Binary packets, acknowledgements, other namespaces and JSON that cannot be decoded
    are rejected here, so that the libraries behind never raise for what a client sends.
    """
    if text in (socket_protocol.PONG, socket_protocol.CLOSE):
        return True
    if not joined:
        joins, data = text.startswith(socket_protocol.CONNECT), text[len(socket_protocol.CONNECT) :]
        return joins and (not data or isinstance(_decoded(data), dict))
    if text.startswith(socket_protocol.EVENT):
        message = _decoded(text[len(socket_protocol.EVENT) :])
        return isinstance(message, list) and bool(message) and isinstance(message[0], str)
    return text == socket_protocol.DISCONNECT


def _decoded(text: str) -> object:
    try:
        return loads(text)
    except ValueError:
        return None


class Validator(Protocol):
    """Decides which events Reflex gets."""

    def validate(
        self, name: object, payload: object, router_data: object
    ) -> Mapping[str, Any] | None:
        """The fields of a valid event, to pass to Reflex; None for a rejected one."""

    def reject(self, reason: str) -> None:
        """Log the rejection of a message that is not an event."""


class ValidatingNamespace(EventNamespace):
    """Reflex's Socket.IO namespace, behind the validation of every message."""

    def __init__(self, namespace: str, app: rx.App, validator: Validator) -> None:
        super().__init__(namespace, app)
        self._validator = validator

    async def trigger_event(self, event: object, *args: Any) -> Any:
        """Pass on messages of connected clients, and `connect` only for a client that is not.

        The library would call `on_connect` also for a message of that name, with headers of the
        client's choice.
        """
        expected = _CONNECTION
        if self.server.manager.is_connected(args[0], self.namespace):
            expected = _MESSAGES if len(args) <= 2 else frozenset()
        if not isinstance(event, str) or event not in expected:
            self._validator.reject("no such message")
            return None
        return await super().trigger_event(event, *args)

    async def emit(self, event: str, data: Any = None, to: str | None = None, **more: Any) -> None:
        """Emit to a client. A new token for its tab has the tab's meeting, as every token has."""
        if event == _NEW_TOKEN and to is not None:
            environ = self.server.get_environ(to, self.namespace)
            data = socket_protocol.tab_token(environ.get(_MEETING, ""), data)
        await super().emit(event, data, to=to, **more)

    async def on_event(self, sid: str, data: Any = None) -> None:
        """Pass a valid event on to Reflex."""
        received = data if isinstance(data, dict) else {}
        valid = self._validator.validate(
            received.get("name"),
            received.get("payload") or {},
            received.get("router_data") or {},
        )
        if valid is not None:
            await super().on_event(sid, dict(valid))


def install(app: rx.App, validator: Validator) -> None:
    """Validate every event of the application before Reflex gets it.

    Raises FrameworkChanged if that cannot be ensured: then the application must not start.
    """
    try:
        framework, server = app.event_namespace, app.sio
        if framework is None or server is None:
            raise FrameworkChanged(__doc__)
        namespace = ValidatingNamespace(framework.namespace, app, validator)
        server.register_namespace(namespace)
        app._event_namespace = namespace  # noqa: SLF001 - Reflex has no hook for it
        installed = server.namespace_handlers[namespace.namespace] is namespace
        installed = installed and app.event_namespace is namespace
    except (AttributeError, KeyError, TypeError) as error:
        raise FrameworkChanged(__doc__) from error
    if not (installed and _overrides_fit()):
        raise FrameworkChanged(__doc__)


def _overrides_fit() -> bool:
    """Whether Reflex and Socket.IO still call the methods that are overridden here."""
    overridden = ("trigger_event", "on_event")
    return all(
        iscoroutinefunction(getattr(EventNamespace, name, None)) for name in overridden
    ) and list(signature(EventNamespace.on_event).parameters) == ["self", "sid", "data"]
