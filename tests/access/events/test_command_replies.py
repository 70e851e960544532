"""Replies to commands: applied, refused for a reason, or postponed until a fault has passed."""

import re
import sqlite3
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa

from cme_reflex import text
from cme_reflex.services.claims import claim_lines
from cme_reflex.services.sign_in import authentication
from cme_reflex.store.database import DatabaseNotOpen, StatementTimeout
from cme_reflex.store.postgresql import CommitUncertain, DatabaseUnreachable
from cme_reflex.store.transient_errors import is_transient
from tests.support.access.attendees import DRAFTING, SUBMITTED, SignedInPeople
from tests.support.app_client import RunningApp, full_event_name

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])  # independent of the database


def sqlite_error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("…")
    error.sqlite_errorcode = code
    return error


def lost() -> sa.exc.DBAPIError:
    return sa.exc.DBAPIError(
        "SELECT", {}, asyncpg.InterfaceError("closed"), connection_invalidated=True
    )


FULL = sa.exc.OperationalError("INSERT", {}, sqlite_error(sqlite3.SQLITE_FULL))
TRANSIENT = [
    FULL,
    lost(),
    sa.exc.DBAPIError("INSERT", {}, asyncpg.ReadOnlySQLTransactionError("read-only")),
    asyncpg.CannotConnectNowError("the database system is starting up"),
    sa.exc.TimeoutError("QueuePool limit reached"),
    sqlite_error(sqlite3.SQLITE_BUSY),
    sqlite_error(sqlite3.SQLITE_IOERR_FSYNC),
    asyncpg.ConnectionDoesNotExistError("closed in the middle of an operation"),
    asyncpg.TooManyConnectionsError("too many clients already"),
    asyncpg.DeadlockDetectedError("deadlock"),
    asyncpg.InternalServerError("could not extend file"),
    asyncpg.InvalidPasswordError("it is being changed"),
    DatabaseUnreachable(111, "refused"),
    StatementTimeout(),
    CommitUncertain(),
    DatabaseNotOpen(),
]
DEFECTS = [
    sa.exc.IntegrityError("INSERT", {}, sqlite3.IntegrityError("CHECK constraint failed")),
    sa.exc.DataError("INSERT", {}, asyncpg.DataError("out of range")),
    KeyError("no such row"),
    FileNotFoundError(2, "no such file"),
    ConnectionRefusedError(111, "of another server"),
    TimeoutError(),
    PermissionError(),
    sqlite_error(sqlite3.SQLITE_ERROR),
    sa.exc.OperationalError("SELECT", {}, sqlite_error(sqlite3.SQLITE_ERROR)),
    sqlite3.ProgrammingError("Cannot operate on a closed database."),
    sa.exc.ProgrammingError("SELECT", {}, asyncpg.UndefinedTableError("no such table")),
    sa.exc.ProgrammingError("SELECT", {}, asyncpg.PostgresSyntaxError("syntax error")),
    asyncpg.UndefinedColumnError("no such column"),
    asyncpg.InterfaceError("another operation is in progress"),
    sa.exc.InvalidRequestError("a session in another state"),
]


async def replies(
    site: RunningApp, token: str, *events: tuple[str, dict[str, Any]]
) -> list[tuple[str, str, str]]:
    """The replies to these commands: id, outcome and reason."""
    found = []
    async with site.socket(token) as socket:
        for name, payload in events:
            await socket.send(name, payload)
            reply = socket.vars()["command_queue.reply"]
            found.append((reply["command"], reply["outcome"], reply["reason"]))
    return found


async def test_a_command_is_applied_once_and_acknowledged_each_time(
    site: RunningApp, people: SignedInPeople
) -> None:
    add = ("sessions.add", {"session_id": people.sessions["D"], "command": "one"})
    remove = ("sessions.remove", {"session_id": people.sessions["D"], "command": "two"})
    async with site.socket(people.tokens[DRAFTING]) as socket:
        numbers = []
        for name, payload in (add, remove, add):
            await socket.send(name, payload)
            shown = socket.vars()
            numbers.append(shown["command_queue.reply"]["number"])
        assert shown["command_queue.reply"]["outcome"] == "applied"
        assert numbers == [1, 2, 3]
        assert people.sessions["D"] not in shown["sessions.added"]


async def test_a_command_that_a_rule_refuses_is_answered_with_its_reason(
    site: RunningApp, people: SignedInPeople
) -> None:
    add = {"session_id": people.sessions["D"], "command": "one"}
    assert await replies(site, people.tokens[SUBMITTED], ("sessions.add", add)) == [
        ("one", "refused", text.claim.LOCKED)
    ]


async def test_only_an_attendees_own_pages_are_told_whose_commands_to_send(
    site: RunningApp, people: SignedInPeople
) -> None:
    owners: dict[str, list[str]] = {}
    for badge in (DRAFTING, SUBMITTED, ""):
        for _ in range(2):
            async with site.socket(people.tokens.get(badge, "")) as socket:
                await socket.send("sessions.load")
                owners.setdefault(badge, []).append(socket.vars().get("command_queue.attendee", ""))
    assert owners.pop("") == ["", ""]
    ids, keys = {}, set()
    for badge, (owner, again) in owners.items():
        assert owner == again
        ids[badge], _, key = owner.partition(".")
        assert re.fullmatch(r"[\w-]{24}", key)
        keys.add(key)
    assert ids == {badge: str(people.ids[badge]) for badge in (DRAFTING, SUBMITTED)}
    assert len(keys) == 2


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("sessions.add", {"session": 1, "command": "one"}),
        ("sessions.add", {"session_id": "1", "command": "one"}),
    ],
)
async def test_a_command_of_another_release_is_refused(
    site: RunningApp, people: SignedInPeople, event: str, payload: dict[str, Any]
) -> None:
    assert await replies(site, people.tokens[DRAFTING], (event, payload)) == [
        ("one", "refused", text.queue.OUTDATED)
    ]


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("home.set_hours", {"session_id": 1, "hours": "0.75"}),
        ("home.set_safety", {"session_id": 1, "hours": "0.25"}),
        ("home.undo", {"session_id": 1, "category1": "", "safety": ""}),
        ("sessions.undo", {"session_id": 1, "category1": "1.00", "safety": ""}),
        ("submit.choose_category1", {"chosen": "1.00"}),
        ("submit.choose_safety", {"chosen": ""}),
        ("submit.choose_all", {}),
    ],
)
async def test_a_command_of_the_release_with_two_fixed_credit_types_is_refused(
    site: RunningApp, people: SignedInPeople, event: str, payload: dict[str, Any]
) -> None:
    """It may wait in a browser; the queue lists it as refused, with what was tapped."""
    state, _, handler = event.partition(".")
    name = full_event_name(f"{state}.load").replace(".load", f".{handler}")
    async with site.socket(people.tokens[DRAFTING]) as socket:
        command = {"name": name, "payload": {**payload, "command": "one"}}
        await socket.emit({**command, "router_data": {"pathname": "/claim", "asPath": "/claim"}})
        reply = socket.vars()["command_queue.reply"]
    assert (reply["command"], reply["outcome"], reply["reason"]) == (
        "one",
        "refused",
        text.queue.OUTDATED,
    )


async def test_a_command_is_postponed_while_the_database_is_at_fault(
    site: RunningApp, people: SignedInPeople, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = {"session_id": people.sessions["D"], "command": "one"}
    outcomes = []
    async with site.socket(people.tokens[DRAFTING]) as socket:
        for module, function, error in (
            (claim_lines, "add_session", FULL),
            (authentication, "authenticate_hash", DatabaseUnreachable()),
        ):
            with monkeypatch.context() as fault:
                fault.setattr(module, function, _raising(error))
                await socket.send("sessions.add", add)
            outcomes.append(socket.vars()["command_queue.reply"]["outcome"])
        await socket.send("sessions.add", add)
        outcomes.append(socket.vars()["command_queue.reply"]["outcome"])
    assert outcomes == ["postponed", "postponed", "applied"]


async def test_a_command_that_fails_by_a_defect_is_refused(
    site: RunningApp, people: SignedInPeople, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claim_lines, "add_session", _raising(KeyError("no such row")))
    add = ("sessions.add", {"session_id": people.sessions["D"], "command": "one"})
    assert await replies(site, people.tokens[DRAFTING], add) == [
        ("one", "refused", text.queue.FAILED)
    ]


def _raising(error: Exception) -> Any:
    async def fail(*_: object, **__: object) -> None:
        raise error

    return fail


def test_faults_of_the_database_are_told_from_defects(database_kind: str) -> None:
    assert [is_transient(error) for error in TRANSIENT] == [True] * len(TRANSIENT)
    assert [is_transient(error) for error in DEFECTS] == [False] * len(DEFECTS)


async def test_an_immediate_action_is_answered_and_the_page_shows_why_it_is_refused(
    site: RunningApp, people: SignedInPeople
) -> None:
    async with site.socket(people.tokens[DRAFTING]) as socket:
        await socket.send("home.load", {})
        await socket.send("home.reopen", {"command": "one"})
        shown = socket.vars()
    reply = shown["command_queue.reply"]
    assert (reply["command"], reply["outcome"]) == ("one", "refused")
    assert shown["home.problem"] == reply["reason"] != ""


async def test_an_immediate_action_that_the_database_does_not_take_is_answered(
    site: RunningApp, people: SignedInPeople, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authentication, "authenticate_hash", _raising(DatabaseUnreachable()))
    submit = {"shown": "", "refusals": 0, "command": "one"}
    assert await replies(site, people.tokens[DRAFTING], ("submit.submit", submit)) == [
        ("one", "postponed", "")
    ]


async def test_a_page_that_cannot_be_loaded_or_refreshed_says_which(
    site: RunningApp, people: SignedInPeople, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = []
    async with site.socket(people.tokens[DRAFTING]) as socket:
        for event in ("home.load", "home.refresh", "home.load", "home.refresh"):
            is_at_fault = len(failed) != 2
            with monkeypatch.context() as fault:
                if is_at_fault:
                    error = _raising(DatabaseUnreachable())
                    fault.setattr(authentication, "authenticate_hash", error)
                await socket.send(event, {})
            failed.append(socket.vars().get("home.unavailable", ""))
    assert failed == ["load", "load", "", "refresh"]
