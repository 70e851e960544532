"""Attempts to sign in: lockouts, equal responses and equal work for unknown people."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from sqlalchemy import Engine
from sqlmodel import select

from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.sign_in import credentials, passwords, registrations
from cme_reflex.services.sign_in.rate_limits import TooManyAttempts
from cme_reflex.store.people.tables import MemberRow
from tests.support.database.table_rows import fetch_one
from tests.support.meetings import FOLDER, MEETING, PASSWORD

pytestmark = pytest.mark.usefixtures("loaded")

MINUTE = timedelta(minutes=1)
Try = Callable[..., Awaitable[Any]]


async def number(name: str, typed: str, now: datetime, address: str = "") -> Any:
    return await credentials.sign_in_with_badge(MEETING.code, name, typed, now=now, address=address)


async def member(username: str, password: str, now: datetime, address: str = "") -> Any:
    return await credentials.sign_in_with_password(
        MEETING.code, username, password, now=now, address=address
    )


async def outcome(attempt: Awaitable[Any]) -> Any:
    """The outcome of an attempt: the exception's name, or success."""
    try:
        await attempt
    except credentials.InvalidCredentials:
        return "not recognised"
    except TooManyAttempts as refused:
        return refused.until
    return "in"


@pytest.mark.parametrize(
    ("way", "first", "second"),
    [
        (number, "Wrong", "102"),
        (number, "Wrong", "no such number"),
        (member, "kim", "wrong"),
        (member, "no such member", "wrong"),
    ],
)
async def test_five_failures_lock_what_exists_and_what_does_not_alike(
    way: Try, first: str, second: str, now: datetime
) -> None:
    answers = [await outcome(way(first, second, now)) for _ in range(7)]
    until = now + MINUTE
    assert answers == ["not recognised"] * 5 + [until, until]


async def test_a_lock_holds_against_the_right_name_and_lets_it_in_afterwards(
    now: datetime,
) -> None:
    for _ in range(5):
        await outcome(number("Wrong", "102", now))
    assert await outcome(number("Smith", "102", now)) == now + MINUTE
    assert await outcome(number("Smith", "102", now + MINUTE)) == "in"
    assert await outcome(number("Smith", "102", now + MINUTE)) == "in"


async def test_the_other_number_and_other_people_are_not_locked(now: datetime) -> None:
    for _ in range(5):
        await outcome(number("Wrong", "102", now))
    assert await outcome(number("Smith", "CONF102", now)) == "in"
    assert await outcome(number("Smith", "103", now)) == "in"


async def test_however_a_number_is_typed_its_failures_are_counted_together(now: datetime) -> None:
    for typed in ("conf102", " CONF-102", "Conf 102", "ＣＯＮＦ102", "conf-1-0-2"):
        assert await outcome(number("Wrong", typed, now)) == "not recognised"
    assert await outcome(number("Smith", "CONF102", now)) == now + MINUTE


async def test_a_success_begins_the_count_anew(now: datetime) -> None:
    for _ in range(3):
        for _ in range(4):
            assert await outcome(number("Wrong", "102", now)) == "not recognised"
        assert await outcome(number("Smith", "102", now)) == "in"


async def test_a_lock_lets_pass_who_proves_it_otherwise(now: datetime) -> None:
    """Single sign-on and e-mail links use this function."""
    for _ in range(5):
        await outcome(number("Wrong", "101", now))
        await outcome(member("kim", "wrong", now))
    kim = await fetch_one(select(MemberRow.id).where(MemberRow.username == "kim"))
    assert kim is not None
    assert isinstance(
        await registrations.sign_in_member(MEETING.code, kim, now=now), registrations.SignedIn
    )


async def test_thirty_guesses_at_once_get_five_answers(now: datetime) -> None:
    guesses = (outcome(number(f"Wrong{guess}", "102", now)) for guess in range(30))
    answers = await asyncio.gather(*guesses)
    assert sorted(map(str, answers)) == sorted(["not recognised"] * 5 + [str(now + MINUTE)] * 25)


async def test_a_walk_through_the_numbers_with_one_name_is_slowed_wherever_it_comes_from(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr("cme_reflex.services.sign_in.rate_limits.asyncio.sleep", sleep)
    answers = [
        await outcome(number("Smith", f"9{guess:05}", now, f"198.51.100.{guess}"))
        for guess in range(70)
    ]
    assert answers.count("not recognised") == 59
    assert len(waited) == 8
    assert max(waited) <= 8
    assert await outcome(number("O'Brien-Núñez", "101", now)) == "in"


async def count_queries(engine: Engine, attempt: Awaitable[Any]) -> int:
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        assert await outcome(attempt) == "not recognised"
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    return len(statements)


async def test_a_stranger_and_a_wrong_password_take_the_same_queries_and_one_hash(
    loaded: Engine, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashes: list[str] = []
    verify, compute = PasswordHasher.verify, PasswordHasher.hash

    def noted_verify(self: PasswordHasher, stored: Any, password: Any) -> Any:
        hashes.append("verify")
        return verify(self, stored, password)

    def noted_hash(self: PasswordHasher, *args: Any, **kwargs: Any) -> Any:
        hashes.append("hash")
        return compute(self, *args, **kwargs)

    passwords._dummy_hash.cache_clear()
    monkeypatch.setattr(PasswordHasher, "verify", noted_verify)
    monkeypatch.setattr(PasswordHasher, "hash", noted_hash)
    await credentials.single_sign_on_terms(MEETING.code)  # reads the meeting once for the process
    stranger = await count_queries(loaded, member("nobody", "wrong", now, "a"))
    wrong = await count_queries(loaded, member("kim", "wrong", now, "a"))
    assert stranger == wrong
    assert hashes == ["verify", "verify"]


async def test_a_wrong_name_and_a_wrong_number_take_the_same_queries(
    loaded: Engine, now: datetime
) -> None:
    wrong_name = await count_queries(loaded, number("Wrong", "102", now, "a"))
    wrong_number = await count_queries(loaded, number("Smith", "no such number", now, "a"))
    assert wrong_name == wrong_number


def test_nobodys_hash_costs_what_a_new_one_costs() -> None:
    assert not PasswordHasher().check_needs_rehash(passwords._dummy_hash())


async def kims_hash() -> str:
    return await fetch_one(select(MemberRow.password_hash).where(MemberRow.username == "kim"))


async def test_a_password_is_hashed_anew_at_sign_in_when_the_parameters_have_changed(
    now: datetime,
) -> None:
    before = await kims_hash()
    assert PasswordHasher().check_needs_rehash(before)
    await member("kim", PASSWORD, now)
    after = await kims_hash()
    assert after.startswith("$argon2id$")
    assert not PasswordHasher().check_needs_rehash(after)
    assert await outcome(member("kim", PASSWORD, now)) == "in"
    assert await outcome(member("kim", "wrong", now)) == "not recognised"
    assert await kims_hash() == after


async def test_a_wrong_password_is_not_hashed_anew(now: datetime) -> None:
    before = await kims_hash()
    await outcome(member("kim", "wrong", now))
    assert await kims_hash() == before


async def test_loading_the_folder_again_keeps_what_was_hashed_anew(now: datetime) -> None:
    await member("kim", PASSWORD, now)
    after = await kims_hash()
    report = await load_meeting(FOLDER, now=now)
    assert (report.changed, await kims_hash()) == (False, after)
