"""The allow-list of events, as a pure function of name, payload and router data."""

from typing import Any

import pytest
from pydantic import BaseModel

from cme_reflex.web.access_policy import FIELD_LIMIT, TEXT_LIMIT, Audience, Undeclared, allow
from cme_reflex.web.events.event_allowlist import FRAMEWORK_EVENTS, EventRule, event_allowlist
from cme_reflex.web.events.event_validation import (
    ADDRESS_LIMIT,
    Event,
    EventValidator,
    Rejection,
    validate,
)


class State:
    """Sample handlers."""

    @allow(Audience.ATTENDEE)
    async def add(self, session_id: int, command: str = "") -> None: ...

    @allow(Audience.ATTENDEE)
    async def save(self, form: dict[str, str]) -> None: ...

    @allow(Audience.ANYONE)
    async def dismiss(self) -> None: ...

    @allow(Audience.SERVER)
    async def show(self) -> None: ...

    async def setvar(self, name: str, value: Any) -> None: ...


HANDLERS = {
    "root.___page.add": State.add,
    "root.___page.save": State.save,
    "root.___page.dismiss": State.dismiss,
    "root.___page.show": State.show,
    "root.___page.setvar": State.setvar,
}
RULES = event_allowlist(HANDLERS)
WRONG = Rejection("wrong arguments", "page.add")


def add(payload: object, router_data: object = None) -> Event | Rejection:
    return validate("root.___page.add", payload, router_data or {}, RULES)


def test_the_allow_list_has_events_for_clients_and_those_of_the_framework() -> None:
    assert set(RULES) - set(FRAMEWORK_EVENTS) == {
        "root.___page.add",
        "root.___page.save",
        "root.___page.dismiss",
    }
    assert {rule.audience for rule in RULES.values()} == {Audience.ANYONE, Audience.ATTENDEE}


def test_a_parameter_without_a_type_raises() -> None:
    @allow(Audience.ANYONE)
    async def untyped(self: object, session_id) -> None: ...  # type: ignore[no-untyped-def]

    with pytest.raises(Undeclared, match="session_id has no type"):
        event_allowlist({"root.___page.untyped": untyped})


def test_a_valid_event_passes_with_its_known_router_data() -> None:
    place = {"pathname": "/claim", "asPath": "/claim?q=a", "query": {"q": "a"}, "headers": {"x": 1}}
    known = {"pathname": "/claim", "asPath": "/claim?q=a", "query": {"q": "a"}}
    payload = {"session_id": 7, "command": "c"}
    assert add(payload, place) == Event("root.___page.add", payload, known)


@pytest.mark.parametrize(
    "name", ["root.___page.show", "root.___page.setvar", "root.___page.none", "", "add"]
)
def test_an_event_outside_the_allow_list_is_rejected(name: str) -> None:
    assert validate(name, {}, {}, RULES) == Rejection("no such event")


@pytest.mark.parametrize("name", [None, 7, [], {}, b"root.___page.dismiss", True])
def test_an_event_without_a_name_is_rejected(name: object) -> None:
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
def test_invalid_router_data_is_rejected(place: object) -> None:
    assert add({"session_id": 7}, place) == WRONG


class AnyPayload(BaseModel):
    value: Any


class Broken(BaseModel):
    """A model whose validation fails unexpectedly."""

    @classmethod
    def model_validate(cls, *_: Any, **__: Any) -> Any:
        raise RuntimeError("no such thing")


@pytest.mark.parametrize(
    ("model", "payload"),
    [(Broken, {}), (AnyPayload, {"value": nested(100_000)})],
    ids=["broken", "too deep"],
)
def test_an_event_whose_validation_fails_is_rejected(
    model: type[BaseModel], payload: object
) -> None:
    rules = {"root.___page.add": EventRule(Audience.ANYONE, model)}
    assert validate("root.___page.add", payload, {}, rules) == WRONG


class CommandQueue:
    """The handler that refuses a command."""

    @allow(Audience.ANYONE)
    async def refuse(self, command: str) -> None: ...


@pytest.mark.parametrize(
    ("name", "payload", "passed"),
    [
        ("root.___page.add", {"session_id": 1, "command": "one"}, ("root.___page.add", 2)),
        ("root.___page.toggle", {"session_id": 1, "command": "one"}, ("refuse", 1)),
        ("root.___page.add", {"session": 1, "command": "one"}, ("refuse", 1)),
        ("root.___page.toggle", {"session_id": 1}, None),
        ("root.___page.toggle", {"command": 1}, None),
        ("root.___page.toggle", {"command": "\0"}, None),
        ("root.___page.toggle", None, None),
    ],
)
def test_a_rejected_command_is_refused_so_that_the_browser_gets_a_reply(
    name: str, payload: object, passed: tuple[str, int] | None
) -> None:
    refuse = {"root.___command_queue.refuse": CommandQueue.refuse}
    event = EventValidator({**HANDLERS, **refuse}).validate(name, payload, {})
    found = event and (event["name"].removeprefix("root.___command_queue."), len(event["payload"]))
    assert found == passed


@pytest.mark.parametrize(
    "form",
    [
        {"name": "c" * (TEXT_LIMIT + 1)},
        {"c" * (TEXT_LIMIT + 1): ""},
        {f"name{number}": "" for number in range(FIELD_LIMIT + 1)},
    ],
)
def test_a_form_that_no_page_sends_is_rejected(form: dict[str, object]) -> None:
    def save(form: object) -> Event | Rejection:
        return validate("root.___page.save", {"form": form}, {}, RULES)

    assert isinstance(save({"name": "c" * TEXT_LIMIT}), Event)
    assert save(form) == Rejection("wrong arguments", "page.save")


def test_a_text_or_a_query_that_no_page_sends_is_rejected() -> None:
    assert isinstance(add({"session_id": 7, "command": "c" * TEXT_LIMIT}), Event)
    assert add({"session_id": 7, "command": "c" * (TEXT_LIMIT + 1)}) == WRONG
    query = {"q": "x" * ADDRESS_LIMIT}
    assert add({"session_id": 7}, {"query": query}) == WRONG
