"""Validation of events: only those on the allow-list pass, with a payload of the declared types.

`validate` is a pure function of name, payload and router data; `reflex_bridge/socket_endpoint.py`
puts it in front of Reflex. It fails closed: whatever cannot be validated is rejected.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from cme_reflex.web.events.event_allowlist import EventRule, event_allowlist
from cme_reflex.web.logs import log_extra

logger = logging.getLogger(__name__)

ADDRESS_LIMIT = 2_000  # characters of a page's address with its query
REFUSE_COMMAND = "command_queue.refuse"  # the end of the full name of the event


class RouterData(BaseModel):
    """The page of an event, as sent by the browser."""

    model_config = ConfigDict(strict=True)
    pathname: str = Field(default="/", max_length=ADDRESS_LIMIT)
    asPath: str = Field(default="/", max_length=ADDRESS_LIMIT, pattern="^/")  # noqa: N815 - Reflex's
    query: dict[str, str] = {}

    @field_validator("query")
    @classmethod
    def _is_of_an_address(cls, query: dict[str, str]) -> dict[str, str]:
        if sum(map(len, (*query, *query.values()))) > ADDRESS_LIMIT:
            raise ValueError("the query is longer than an address")
        return query

    @field_validator("asPath")
    @classmethod
    def _is_an_address(cls, address: str) -> str:
        urlsplit(address)
        return address


@dataclass(frozen=True, slots=True)
class Event:
    """A valid event, with the known fields of its router data."""

    name: str
    payload: Mapping[str, Any]
    router_data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why an event is rejected. `event` is the short name of a known event."""

    reason: str
    event: str = "unknown"


def validate(
    name: object, payload: object, router_data: object, rules: Mapping[str, EventRule]
) -> Event | Rejection:
    """The validated event, or the reason for its rejection; never raises."""
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
    except Exception:  # such as RecursionError: fail closed
        logger.exception("An event could not be validated")
    return Rejection("wrong arguments", short_name)


class EventValidator:
    """Validates events against the allow-list of these handlers, and logs rejections."""

    def __init__(self, handlers: Mapping[str, Callable[..., Any]]) -> None:
        self._rules = event_allowlist(handlers)
        self._refuse = next((name for name in handlers if name.endswith(REFUSE_COMMAND)), None)

    def validate(
        self, name: object, payload: object, router_data: object
    ) -> Mapping[str, Any] | None:
        """The fields of a valid event; None for a rejected one.

        A rejected command becomes an event that refuses it, so that the browser does not wait for
        a reply: a page of an earlier release may have stored it.
        """
        result = validate(name, payload, router_data, self._rules)
        if isinstance(result, Rejection):
            self._log(result)
            command = payload.get("command") if isinstance(payload, dict) else None
            if command is None or self._refuse is None:
                return None
            result = validate(self._refuse, {"command": command}, router_data, self._rules)
        return _fields(result) if isinstance(result, Event) else None

    def reject(self, reason: str) -> None:
        """Log the rejection of a message that is not an event."""
        self._log(Rejection(reason))

    def _log(self, rejection: Rejection) -> None:
        logger.warning(
            "event rejected", extra=log_extra(event=rejection.event, outcome=rejection.reason)
        )


def _fields(event: Event) -> Mapping[str, Any]:
    return {"name": event.name, "payload": event.payload, "router_data": event.router_data}


def _is_encodable(value: object) -> bool:
    """Whether every string in the value can be stored: valid Unicode, and no NUL for PostgreSQL."""
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
    except UnicodeEncodeError:  # a lone surrogate, which JSON can contain but UTF-8 cannot encode
        return False
    return "\0" not in value
