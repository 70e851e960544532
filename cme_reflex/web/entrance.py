"""The entrance for what comes over the socket: only declared events pass, with declared arguments.

Reflex would run any public method of any state, those of its own states too, for any client and
with any arguments: `setvar` sets a variable, `update_vars_internal` what a browser keeps.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import reflex as rx
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from reflex.app import EventNamespace
from reflex_base.registry import RegistrationContext

from cme_reflex.logs import fields
from cme_reflex.web.doors import Audience, arguments_of, audience_of

logger = logging.getLogger(__name__)

ADDRESS_LIMIT = 2_000  # characters of a page's address with its query
HASHES_LIMIT = 200  # states whose defaults a page may hold

# What a client may send to the socket itself; Reflex answers a ping, and reads an error's report.
_MESSAGES = frozenset({"event", "ping", "client_error"})
_CONNECTION = frozenset({"connect", "disconnect"})

_STRICT = ConfigDict(strict=True, extra="forbid")


class Refused(Exception):
    """What came is no event that anybody may send."""

    def __init__(self, reason: str, event: str = "unknown") -> None:
        super().__init__(reason)
        self.reason = reason
        self.event = event


class _Nothing(BaseModel):
    model_config = _STRICT


class _Hydration(BaseModel):
    """A page that opens. Nothing of it is kept in the browser, so it brings no `vars`."""

    model_config = _STRICT
    hashes: list[str] = Field(default=[], max_length=HASHES_LIMIT)


class _PageFault(BaseModel):
    model_config = _STRICT
    info: str
    component_stack: str


class _Place(BaseModel):
    """The page on which something happened, as its browser tells it."""

    model_config = ConfigDict(strict=True)
    pathname: str = Field(default="/", max_length=ADDRESS_LIMIT)
    asPath: str = Field(default="/", max_length=ADDRESS_LIMIT, pattern="^/")  # noqa: N815 - Reflex's
    query: dict[str, str] = {}

    @field_validator("asPath")
    @classmethod
    def _an_address(cls, address: str) -> str:
        urlsplit(address)
        return address


_ROOT = "reflex___state____state"
OF_THE_FRAMEWORK: Mapping[str, tuple[Audience, type[BaseModel]]] = {
    # A page opens: the tab's own state, to which the next line's handlers belong.
    f"{_ROOT}.hydrate_and_load": (Audience.ANYONE, _Hydration),
    # Another page opens in it: runs that page's `load`, which asks for itself.
    f"{_ROOT}.reflex___state____on_load_internal_state.on_load_internal": (
        Audience.ANYONE,
        _Nothing,
    ),
    # A page's script failed: a line in the log.
    f"{_ROOT}.reflex___state____frontend_event_exception_state.handle_frontend_exception": (
        Audience.ANYONE,
        _PageFault,
    ),
}
"""The handlers of Reflex itself that a page calls; all its other ones are closed."""


@dataclass(frozen=True, slots=True)
class Door:
    """A handler as its callers see it."""

    audience: Audience
    arguments: type[BaseModel]


def declared() -> dict[str, Door]:
    """The doors of the socket by the full name of their event."""
    known = {name: Door(*door) for name, door in OF_THE_FRAMEWORK.items()}
    for name, registered in RegistrationContext.get().event_handlers.items():
        handler = registered.handler.fn
        if (audience := audience_of(handler)) is not None:
            known[name] = Door(audience, arguments_of(handler))
    return known


class Entrance(EventNamespace):
    """Reflex's end of the socket, behind a check of everything that comes in."""

    @cached_property
    def doors(self) -> dict[str, Door]:
        """What may be called from outside, by name."""
        return {
            name: door for name, door in declared().items() if door.audience is not Audience.SERVER
        }

    async def trigger_event(self, event: object, *args: Any) -> Any:
        """Let in messages of a client that is connected, and connections of one that is not.

        The library would also call `on_connect` for a client that sends a message of that name,
        with headers of the client's choice.
        """
        expected = _CONNECTION
        if self.server.manager.is_connected(args[0], self.namespace):
            expected = _MESSAGES if len(args) <= 2 else frozenset()
        if not isinstance(event, str) or event not in expected:
            _log(Refused("no such message"))
            return None
        return await super().trigger_event(event, *args)

    async def on_event(self, sid: str, data: Any = None) -> None:
        """Pass an event on to Reflex, if it is declared and well formed."""
        try:
            admitted = self.admit(data)
        except Refused as refused:
            _log(refused)
            return
        await super().on_event(sid, admitted)

    def admit(self, data: object) -> dict[str, Any]:
        """The event with what Reflex may know of it. Raises Refused."""
        if not isinstance(data, dict) or not isinstance(name := data.get("name"), str):
            raise Refused("no event")
        door = self.doors.get(name)
        if door is None:
            raise Refused("no such event")
        payload, place = data.get("payload") or {}, data.get("router_data") or {}
        short = name.rpartition("___")[2]
        try:
            door.arguments.model_validate(payload)
            known_place = _Place.model_validate(place)
        except (ValidationError, TypeError):
            raise Refused("wrong arguments", short) from None
        place = known_place.model_dump(exclude_unset=True)
        if not (_writable(payload) and _writable(place)):
            raise Refused("wrong arguments", short)
        return {"name": name, "payload": payload, "router_data": place}


def put_before(app: rx.App) -> None:
    """Put the entrance in the place of Reflex's own end of the socket."""
    if app.sio is None or app.event_namespace is None:
        raise RuntimeError("an application without a socket has no entrance")
    entrance = Entrance(app.event_namespace.namespace, app)
    app.sio.register_namespace(entrance)
    app._event_namespace = entrance  # noqa: SLF001 - Reflex makes it itself and takes no other


def _log(refused: Refused) -> None:
    logger.warning(
        "refused at the entrance", extra=fields(event=refused.event, outcome=refused.reason)
    )


def _writable(value: object) -> bool:
    """Whether every text in it can be written down: whole letters, and no NUL for PostgreSQL."""
    match value:
        case str():
            return _is_text(value)
        case dict():
            return all(map(_writable, [*value, *value.values()]))
        case list():
            return all(map(_writable, value))
    return True


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:  # half of a letter: JSON can name it, no encoding has it
        return False
    return "\0" not in value
