"""Every handler, called without a sign-in, by another attendee, and after submission."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from sqlmodel import select

from cme_reflex.store.people.tables import AttendeeRow
from cme_reflex.web.access_policy import Audience, audience_of, payload_model
from tests.support.access.attendees import (
    DRAFTING,
    SECRET,
    SUBMITTED,
    VISITING,
    SignedInPeople,
    table_rows,
)
from tests.support.access.events import REPORTING_EVENTS, VALID_PAYLOADS, Payload
from tests.support.app_client import RunningApp, SocketConnection, event_handlers
from tests.support.database.table_rows import fetch


def valid(event: str, session_id: int) -> Payload:
    payload = VALID_PAYLOADS[event]
    return {**payload, "session_id": session_id} if "session_id" in payload else payload


def attendees_handlers() -> dict[str, Any]:
    return {
        name.rpartition("___")[2].lstrip("_"): registered.handler.fn
        for name, registered in event_handlers().items()
        if audience_of(registered.handler.fn) is Audience.ATTENDEE
    }


def test_every_handler_for_attendees_is_called_here() -> None:
    assert set(VALID_PAYLOADS) == set(attendees_handlers())


@pytest.fixture(autouse=True)
def no_error_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A rejection is not an error: nothing above a warning is logged."""
    yield
    worse = [record for record in caplog.records if record.levelno > logging.WARNING]
    assert worse == []


def is_disclosed(socket: SocketConnection) -> bool:
    return any(SECRET in text for text in socket.frames)


async def test_without_a_sign_in_nothing_is_changed_or_disclosed(
    site: RunningApp, people: SignedInPeople
) -> None:
    before = await table_rows()
    for sign_in in ("", "made-up", people.tokens[DRAFTING][:-1]):
        for event in VALID_PAYLOADS:
            async with site.socket(sign_in) as socket:
                await socket.send(event, valid(event, people.sessions["A"]))
                shown = socket.vars()
            page = event.partition(".")[0]
            assert (event, shown.pop(f"{page}.redirect_to")) == (event, "/#expired")
            assert not is_disclosed(socket)
            assert shown[f"{page}.attendee"] == ""
    assert await table_rows() == before


async def test_nothing_of_another_attendee_is_changed_or_disclosed(
    site: RunningApp, people: SignedInPeople
) -> None:
    mine = people.ids[VISITING]
    before = await table_rows(without=mine)
    async with site.socket(people.tokens[VISITING]) as socket:
        for event in VALID_PAYLOADS:
            await socket.send(event, valid(event, people.sessions["A"]))
        # The evaluation of a session on another attendee's claim.
        await socket.send("evaluation.load", path=f"/evaluation?session={people.sessions['B']}")
        assert not is_disclosed(socket)
    assert await table_rows(without=mine) == before
    # The events did run: this attendee's claim was started.
    assert (await table_rows(only=mine))["claim"]


async def test_after_submission_the_owner_cannot_change_the_claim(
    site: RunningApp, people: SignedInPeople
) -> None:
    before = await table_rows()
    async with site.socket(people.tokens[SUBMITTED]) as socket:
        for event in VALID_PAYLOADS:
            if event not in REPORTING_EVENTS:
                await socket.send(event, valid(event, people.sessions["A"]))
    assert await table_rows() == before


async def test_unknown_ids_and_those_of_another_meeting_are_rejected(
    site: RunningApp, people: SignedInPeople
) -> None:
    before = await table_rows(without=people.ids[VISITING])
    ids = [*people.elsewhere.values(), 0, -1, 10**6, 2**31, 2**63, 2**70]
    async with site.socket(people.tokens[VISITING]) as socket:
        for event, payload in VALID_PAYLOADS.items():
            if "session_id" not in payload:
                continue
            for number in ids:
                await socket.send(event, valid(event, number))
                page = event.partition(".")[0]
                assert socket.vars()[f"{page}.problem"] == (
                    "This session is not eligible for credit."
                ), (event, number)
        await socket.send("sessions.add", {"session_id": people.sessions["COM"]})
        for number in [*ids, "x", "-1", "1e3", "²", ""]:
            await socket.send("evaluation.load", path=f"/evaluation?session={number}")
            assert socket.vars()["evaluation.session_id"] == 0
    assert await table_rows(without=people.ids[VISITING]) == before
    assert (await table_rows(only=people.ids[VISITING]))["claim_line"] == []


WRONG: list[object] = [None, True, 0, 1.5, "1", "\0", "a\0b", "\ud800", [], [[]], {}, {"a": {}}]


def is_valid(handler: Any, payload: Payload) -> bool:
    try:
        payload_model(handler).model_validate(payload)
    except (ValueError, TypeError):
        return False
    return not any(value in ("\0", "a\0b", "\ud800") for value in payload.values())


async def test_wrong_types_are_rejected(
    site: RunningApp, people: SignedInPeople, caplog: pytest.LogCaptureFixture
) -> None:
    before = await table_rows()
    async with site.socket(people.tokens[DRAFTING]) as socket:
        socket.frames.clear()
        for event, handler in attendees_handlers().items():
            payload = valid(event, people.sessions["A"])
            tries = [{**payload, name: wrong} for name in payload for wrong in WRONG]
            tries += [{k: v for k, v in payload.items() if k != name} for name in payload]
            tries += [{**payload, "context": 1}, {**payload, "self": 1}, {**payload, "command": 7}]
            tries += [["not", "an", "object"], "text", 7]  # type: ignore[list-item]
            for wrong in tries:
                if isinstance(wrong, dict) and is_valid(handler, wrong):
                    continue
                caplog.clear()
                await socket.send(event, wrong)
                (record,) = caplog.records
                assert record.cme_fields == {"event": event, "outcome": "wrong arguments"}
        assert set(socket.frames) == {'42/_event,["ping","pong"]'}
    assert await table_rows() == before


async def test_huge_values_change_and_break_nothing(
    site: RunningApp, people: SignedInPeople
) -> None:
    before = await table_rows()
    async with site.socket(people.tokens[DRAFTING]) as socket:
        # A name is stored as it was entered, so that Submit does not use the former one.
        for event in VALID_PAYLOADS.keys() - {"submit.correct_name"}:
            payload = valid(event, people.sessions["A"])
            for name, value in payload.items():
                if isinstance(value, str):
                    for huge in ("9" * 60_000, "x " * 30_000, "ß" * 10_000, "\n" * 30_000):
                        await socket.send(event, {**payload, name: huge})
                elif isinstance(value, int) and not isinstance(value, bool):
                    for number in (10**400, -(10**400)):
                        await socket.send(event, {**payload, name: number})
        assert socket.closed is None
    assert await table_rows() == before


async def test_of_a_huge_name_the_beginning_is_stored(
    site: RunningApp, people: SignedInPeople
) -> None:
    async with site.socket(people.tokens[DRAFTING]) as socket:
        payload = valid("submit.correct_name", people.sessions["A"])
        await socket.send("submit.correct_name", {**payload, "name": "ß" * 10_000})
        assert socket.closed is None
    names = [row.name_on_certificate for row in await fetch(select(AttendeeRow))]
    assert [name for name in names if name and SECRET not in name] == ["ß" * 1_000]


@pytest.mark.parametrize(
    "name",
    ["home.setvar", "update_vars_internal_state.update_vars_internal", "error_banner.show",
     "state.hydrate", "state.set_is_hydrated", "on_load_internal_state.set_is_hydrated"],
)  # fmt: skip
async def test_events_outside_the_allow_list_do_nothing(
    site: RunningApp, people: SignedInPeople, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    async with site.socket(people.tokens[DRAFTING]) as socket:
        socket.frames.clear()
        payload = {"var_name": "attendee", "value": "X"} if "setvar" in name else {}
        await socket.send(name, payload)
        assert set(socket.frames) == {'42/_event,["ping","pong"]'}
    (record,) = caplog.records
    assert record.cme_fields == {"event": "unknown", "outcome": "no such event"}


async def test_a_client_cannot_act_as_the_library_that_connects_it(
    site: RunningApp, people: SignedInPeople, caplog: pytest.LogCaptureFixture
) -> None:
    cookie = f"cme_sign_in={people.tokens[DRAFTING]}"
    async with site.socket(people.tokens[VISITING]) as socket:
        for message in ("connect", "disconnect", "trigger_event", "", "__init__"):
            await socket.emit({"asgi.scope": {"headers": [["cookie", cookie]]}}, message)
        await socket.send("home.load")
        assert socket.vars()["home.attendee"] == "Kim Smith"
    outcomes = [r.cme_fields["outcome"] for r in caplog.records if r.levelname == "WARNING"]
    assert outcomes == 5 * ["no such message"]
