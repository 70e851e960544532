"""The allow-list of events, as a pure function of what came in."""

from typing import Any

import pytest
from pydantic import BaseModel

from cme_reflex.web.access_policy import Audience, Undeclared, allow
from cme_reflex.web.events.event_validation import (
    FRAMEWORK_EVENTS,
    Event,
    EventRule,
    Rejection,
    event_allowlist,
    validate,
)


class State:
    """Handlers as a state has them."""

    @allow(Audience.ATTENDEE)
    async def add(self, session_id: int, command: str = "") -> None: ...

    @allow(Audience.ANYONE)
    async def dismiss(self) -> None: ...

    @allow(Audience.SERVER)
    async def show(self) -> None: ...

    async def setvar(self, name: str, value: Any) -> None: ...


HANDLERS = {
    "root.___page.add": State.add,
    "root.___page.dismiss": State.dismiss,
    "root.___page.show": State.show,
    "root.___page.setvar": State.setvar,
}
RULES = event_allowlist(HANDLERS)
WRONG = Rejection("wrong arguments", "page.add")


def add(payload: object, router_data: object = None) -> Event | Rejection:
    return validate("root.___page.add", payload, router_data or {}, RULES)


def test_the_list_has_what_is_declared_for_clients_and_what_a_page_of_reflex_needs() -> None:
    assert set(RULES) - set(FRAMEWORK_EVENTS) == {"root.___page.add", "root.___page.dismiss"}
    assert {rule.audience for rule in RULES.values()} == {Audience.ANYONE, Audience.ATTENDEE}


def test_a_handler_whose_parameter_has_no_type_does_not_come_into_the_list() -> None:
    @allow(Audience.ANYONE)
    async def untyped(self: object, session_id) -> None: ...  # type: ignore[no-untyped-def]

    with pytest.raises(Undeclared, match="session_id has no type"):
        event_allowlist({"root.___page.untyped": untyped})


def test_a_valid_event_passes_with_what_is_known_of_its_page() -> None:
    place = {"pathname": "/claim", "asPath": "/claim?q=a", "query": {"q": "a"}, "headers": {"x": 1}}
    known = {"pathname": "/claim", "asPath": "/claim?q=a", "query": {"q": "a"}}
    payload = {"session_id": 7, "command": "c"}
    assert add(payload, place) == Event("root.___page.add", payload, known)


@pytest.mark.parametrize(
    "name", ["root.___page.show", "root.___page.setvar", "root.___page.none", "", "add"]
)
def test_what_is_not_in_the_list_is_rejected(name: str) -> None:
    assert validate(name, {}, {}, RULES) == Rejection("no such event")


@pytest.mark.parametrize("name", [None, 7, [], {}, b"root.___page.dismiss", True])
def test_what_has_no_name_is_rejected(name: object) -> None:
    assert validate(name, {}, {}, RULES) == Rejection("no event")


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "payload",
    [
        {}, {"session_id": "7"}, {"session_id": True}, {"session_id": None}, {"session_id": 1.0},
        {"session_id": 7, "context": 1}, {"session_id": 7, "command": 7}, [], [7], "text", 7, None,
        {"session_id": 7, "command": "\0"}, {"session_id": 7, "command": "\ud800"},
    ],
)  # fmt: skip
def test_wrong_arguments_are_rejected(payload: object) -> None:
    assert add(payload) == WRONG


@pytest.mark.parametrize(
    "place",
    [
        "text", [1], {"asPath": "claim"}, {"asPath": "/" * 2_001}, {"asPath": 7},
        {"asPath": "//["}, {"query": {"q": 1}}, {"query": []}, {"pathname": "\0"},
        {"query": {"\ud800": ""}},
    ],
)  # fmt: skip
def test_a_page_that_cannot_be_is_rejected(place: object) -> None:
    assert add({"session_id": 7}, place) == WRONG


class AnyPayload(BaseModel):
    value: Any


class Broken(BaseModel):
    """A model that fails in a way that nobody expected."""

    @classmethod
    def model_validate(cls, *_: Any, **__: Any) -> Any:
        raise RuntimeError("no such thing")


@pytest.mark.parametrize(
    ("model", "payload"),
    [(Broken, {}), (AnyPayload, {"value": nested(100_000)})],
    ids=["broken", "too deep"],
)
def test_what_cannot_be_validated_is_rejected(model: type[BaseModel], payload: object) -> None:
    rules = {"root.___page.add": EventRule(Audience.ANYONE, model)}
    assert validate("root.___page.add", payload, {}, rules) == WRONG
