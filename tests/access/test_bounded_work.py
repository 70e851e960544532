"""The work for one event or request grows at most linearly with its input, and not with people.

Counted are the operations on the event loop, for the longest input that is let in and for a quarter
of it: of plain text, of characters that normalization expands up to eighteenfold, and of what
searches, names and addresses are split at.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from cme_reflex.reflex_bridge import registry
from cme_reflex.reflex_bridge.socket_protocol import EVENT
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.web.events.event_validation import event_allowlist
from tests.support.access.attendees import DRAFTING, FOLDER_WITH_PEOPLE, LAST_NAMES, SignedInPeople
from tests.support.access.events import VALID_PAYLOADS
from tests.support.app_client import RunningApp, SocketConnection, full_event_name
from tests.support.meetings import attendee
from tests.support.operations import OperationCounter

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])  # the work is above the database

LONG = 60_000  # characters; a message has at most 65,536
LONG_FORM = 8_000  # bytes; a form has at most 8,192
SLACK = 500  # operations: first uses, and the mail worker that looks into its queue
TEXTS = ["x", "\ufdfa", "\u3316", "a b ", "e\u0301", "ß", "İ", "'", "@a.", "9", "-", "%"]


def check_linear(short: int, long: int, what: object) -> None:
    """Four times the input may cost four times as much."""
    assert long <= 4 * short + SLACK, (what, short, long)


def text_parameters() -> Iterable[tuple[str, str]]:
    """Every event and each of its parameters that is a text, or a form of texts."""
    rules = event_allowlist(registry.event_handlers())
    for event in VALID_PAYLOADS:
        fields = rules[full_event_name(event)].payload.model_fields
        for name, field in fields.items():
            if name == "form" or field.annotation is str or str in get_args(field.annotation):
                yield event, name


async def cost(
    counter: OperationCounter, socket: SocketConnection, event: str, payload: dict[str, Any]
) -> int:
    """The operations for an event, sent with its characters as they are."""
    data = {
        "name": full_event_name(event),
        "payload": payload,
        "router_data": {"pathname": "/claim", "asPath": "/claim"},
    }
    frame = EVENT + json.dumps(["event", data], ensure_ascii=False)
    assert len(frame) <= 65_536
    with counter.count():
        await socket.send_frame(frame)
        await socket._done()
    assert socket.closed is None
    return counter.operations


async def test_an_event_costs_at_most_in_proportion_to_its_input(
    site: RunningApp, people: SignedInPeople
) -> None:
    counter = OperationCounter()
    parameters = list(text_parameters())
    assert len(parameters) > 15
    for event, name in parameters:
        valid = VALID_PAYLOADS[event]
        if "session_id" in valid:
            valid = valid | {"session_id": people.sessions["A"]}
        async with site.socket(people.tokens[DRAFTING]) as socket:
            await cost(counter, socket, f"{event.partition('.')[0]}.load", {})
            for text in TEXTS:
                costs = []
                for length in (LONG // 4, LONG):
                    size = len(text.encode())  # a message has at most so many bytes
                    value: object = text * (length // size)
                    if isinstance(valid.get(name), dict):
                        value = dict.fromkeys(
                            ["first_name", "last_name", "licence_id"],
                            text * (length // size // 3),
                        )
                    costs.append(await cost(counter, socket, event, valid | {name: value}))
                check_linear(costs[0], costs[1], (event, name, text))


REQUESTS: list[Callable[[str], dict[str, Any]]] = [
    lambda text: {"method": "POST", "url": "/sign-in", "data": {"last_name": text, "number": "9"}},
    lambda text: {"method": "POST", "url": "/sign-in", "data": {"last_name": "x", "number": text}},
    lambda text: {
        "method": "POST",
        "url": "/sign-in",
        "data": {"way": "member", "username": text, "password": "x"},
    },
    lambda text: {
        "method": "POST",
        "url": "/sign-in",
        "data": {"way": "member", "username": "x", "password": text},
    },
    lambda text: {"method": "POST", "url": "/sign-in-link/send", "data": {"email": text}},
    lambda text: {"method": "POST", "url": "/link/use", "data": {"token": text}},
    lambda text: {
        "method": "POST",
        "url": "/password/set",
        "data": {"password": text, "again": text},
    },
    lambda text: {"method": "POST", "url": "/sign-in/registration", "data": {"registration": text}},
    lambda text: {"method": "GET", "url": "/verify", "params": {"number": text}},
    lambda text: {"method": "GET", "url": f"/verify/{text.replace('%', '-')}"},
    lambda text: {"method": "GET", "url": f"/certificate/{text.replace('%', '-')}.pdf"},
    lambda text: {"method": "GET", "url": f"/{text.replace('%', '-')}"},
    lambda text: {"method": "GET", "url": "/" + f"{text[:2]}/" * (len(text) // 3)},
    lambda text: {"method": "GET", "url": "/sessions", "params": {"q": text}},
    lambda text: {"method": "GET", "url": "/sessions", "params": dict.fromkeys(range(len(text)))},
    lambda text: {"method": "GET", "url": "/sign-in/sso/callback", "params": {"state": text}},
    lambda text: {"method": "GET", "url": "/api/v1/claims", "params": {"cursor": text}},
    lambda text: {"method": "GET", "url": f"/api/v1/{text.replace('%', '-')}"},
    lambda text: {"method": "GET", "url": "/claim", "headers": {b"cookie": text.encode() + b'="'}},
    lambda text: {
        "method": "GET",
        "url": "/claim",
        "headers": {b"cookie": b'a="\\042";' * len(text)},
    },
    lambda text: {
        "method": "POST",
        "url": "/sign-out/browser",
        "headers": {b"cookie": f"cme_sign_in.{text[:2]}=x;".encode() * (len(text) // 8)},
    },
    lambda text: {"method": "POST", "url": "/sign-in", "headers": {b"origin": text.encode()}},
    lambda text: {
        "method": "GET",
        "url": "/api/v1/claims",
        "headers": {b"authorization": b"Bearer " + text.encode()},
    },
    lambda text: {
        "method": "GET",
        "url": "/privacy",
        "headers": {b"accept-encoding": text.encode()},
    },
    lambda text: {"method": "GET", "url": "/privacy", "headers": {b"range": text.encode()}},
    lambda text: {"method": "GET", "url": "/privacy", "headers": {b"if-none-match": text.encode()}},
]


@pytest.mark.parametrize("text", TEXTS)
async def test_a_request_costs_at_most_in_proportion_to_its_input(
    site: RunningApp, text: str
) -> None:
    counter = OperationCounter()
    async with site.client() as client:
        for request in REQUESTS:
            costs = []
            for length in (LONG_FORM // 4, LONG_FORM):
                # An encoded form has up to three bytes for each of a character's.
                value = text * (length // (3 * len(text.encode())))
                sent = request(value)
                await client.request(**sent)
                with counter.count():
                    answer = await client.request(**sent)
                assert answer.status_code < 500
                costs.append(counter.operations)
            check_linear(costs[0], costs[1], (request("…"), text))


async def test_the_work_does_not_depend_on_the_number_of_attendees(
    site: RunningApp, people: SignedInPeople
) -> None:
    async def costs() -> dict[str, int]:
        counter, found = OperationCounter(), {}
        async with site.client() as client:
            for request in REQUESTS:
                with counter.count():
                    await client.request(**request("901"))
                found[str(request("901"))] = counter.operations
        for event, valid in VALID_PAYLOADS.items():
            session = {"session_id": people.sessions["A"]} if "session_id" in valid else {}
            async with site.socket(people.tokens[DRAFTING]) as socket:
                await cost(counter, socket, f"{event.partition('.')[0]}.load", {})
                found[event] = await cost(counter, socket, event, valid | session)
        return found

    await costs()
    few = await costs()
    crowd = tuple(attendee(str(number), f"Person{number}") for number in range(2_000, 4_000))
    assert LAST_NAMES
    folder = replace(FOLDER_WITH_PEOPLE, attendees=(*FOLDER_WITH_PEOPLE.attendees, *crowd))
    await load_meeting(folder, now=datetime.now(UTC))
    await costs()
    many = await costs()
    assert {name: (few[name], many[name]) for name in few if many[name] > few[name] + SLACK} == {}
