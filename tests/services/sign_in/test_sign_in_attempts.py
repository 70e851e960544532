"""Attempts to sign in: lockouts, equal responses and equal work for unknown people."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from sqlalchemy import Engine
from sqlmodel import select

from cme_reflex.domain.meetings.meeting import SignInTerms
from cme_reflex.domain.people.names import name_key
from cme_reflex.domain.sign_in import second_number
from cme_reflex.domain.sign_in.lockout import MEMBER_PAUSE
from cme_reflex.domain.sign_in.second_number import (
    FAILURES,
    IN_FLIGHT,
    NumberAttempt,
    SecondNumberRequired,
)
from cme_reflex.domain.sign_in.strength import SignInMethod
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.sign_in import (
    authentication,
    credentials,
    known_browser,
    passwords,
    rate_limits,
    registrations,
)
from cme_reflex.services.sign_in import second_number as second_number_service
from cme_reflex.services.sign_in.rate_limits import ADDRESS_BACKOFF, TooManyAttempts
from cme_reflex.store.database import StatementTimeout
from cme_reflex.store.people.tables import MemberRow
from cme_reflex.store.sign_in.tables import RateLimitCounterRow
from tests.support.database.table_rows import fetch, fetch_one
from tests.support.meetings import FOLDER, MEETING, PASSWORD, attendee
from tests.support.models.guessing import MemoryCounters, Simulation

pytestmark = pytest.mark.usefixtures("loaded")

MINUTE = timedelta(minutes=1)
Try = Callable[..., Awaitable[Any]]


async def number(
    name: str, typed: str, now: datetime, address: str = "", second: str = "", known: str = ""
) -> Any:
    return await credentials.sign_in_with_badge(
        MEETING.code, name, typed, second, now=now, address=address, known=known
    )


async def member(
    username: str, password: str, now: datetime, address: str = "", known: str = ""
) -> Any:
    return await credentials.sign_in_with_password(
        MEETING.code, username, password, now=now, address=address, known=known
    )


async def outcome(attempt: Awaitable[Any]) -> Any:
    """The outcome of an attempt: the exception's name, or success."""
    try:
        await attempt
    except credentials.InvalidCredentials:
        return "not recognised"
    except TooManyAttempts as refused:
        return refused.until
    except SecondNumberRequired:
        return "both numbers"
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
        await registrations.sign_in_member(MEETING.code, kim, SignInMethod.SINGLE_SIGN_ON, now=now),
        registrations.SignedIn,
    )


async def test_thirty_guesses_at_once_get_five_answers(now: datetime) -> None:
    guesses = (outcome(number(f"Wrong{guess}", "102", now)) for guess in range(30))
    answers = await asyncio.gather(*guesses)
    assert sorted(map(str, answers)) == sorted(["not recognised"] * 5 + [str(now + MINUTE)] * 25)


async def fail_everywhere(now: datetime, failures: int) -> list[Any]:
    """Failures with other numbers, each from another address."""
    return [
        await outcome(number("Smith", f"9{guess:05}", now, f"198.51.100.{guess}"))
        for guess in range(failures)
    ]


async def test_after_twelve_failures_of_a_meeting_both_numbers_are_asked_of_everybody(
    now: datetime,
) -> None:
    answers = await fail_everywhere(now, 15)
    assert answers == ["not recognised"] * FAILURES.capacity + ["both numbers"] * 3
    assert await outcome(number("Smith", "102", now)) == "both numbers"
    assert await outcome(number("Smith", "CONF102", now)) == "both numbers"
    assert await outcome(number("Nobody", "102", now)) == "both numbers"
    assert await outcome(number("Smith", "102", now, second="CONF102")) == "in"
    assert await outcome(number("Smith", "conf-102", now, second=" 102")) == "in"


@pytest.mark.parametrize("second", ["CONF103", "102", "no such number"])
async def test_the_second_number_must_be_the_same_registrations_other_one(
    now: datetime, second: str
) -> None:
    await fail_everywhere(now, FAILURES.capacity)
    answer = "both numbers" if second == "102" else "not recognised"
    assert await outcome(number("Smith", "102", now, second=second)) == answer


async def test_a_quarter_of_an_hour_after_the_failures_one_number_is_enough_again(
    now: datetime,
) -> None:
    await fail_everywhere(now, FAILURES.capacity)
    assert await outcome(number("Smith", "102", now + 14 * MINUTE)) == "both numbers"
    assert await outcome(number("Smith", "102", now + 15 * MINUTE)) == "in"


async def test_guesses_that_go_on_keep_the_demand_up(now: datetime) -> None:
    await fail_everywhere(now, FAILURES.capacity)
    for minute in range(60):
        for second in range(0, 60, 10):
            at = now + minute * MINUTE + timedelta(seconds=second)
            assert await outcome(number("Smith", "900000", at, "b")) == "both numbers"
    assert await outcome(number("Smith", "102", now + 74 * MINUTE)) == "both numbers"
    assert await outcome(number("Smith", "102", now + 75 * MINUTE)) == "in"


async def test_attendees_who_mistype_and_then_sign_in_raise_no_demand(now: datetime) -> None:
    badges = [str(badge) for badge in range(500, 500 + 3 * FAILURES.capacity)]
    people = tuple(attendee(badge, f"Name{badge}") for badge in badges)
    await load_meeting(replace(FOLDER, attendees=(*FOLDER.attendees, *people)), now=now)
    for badge in badges:
        assert await outcome(number(f"Nome{badge}", badge, now, "hall")) == "not recognised"
        assert await outcome(number(f"Name{badge}", badge, now, "hall")) == "in"


async def test_one_attendee_who_fails_again_and_again_raises_it_all_the_same(
    now: datetime,
) -> None:
    answers = []
    for guess in range(2 * FAILURES.capacity):
        answers.append(await outcome(number("Smith", f"9{guess}", now, "hall")))
        await outcome(number("Smith", "102", now, "hall"))
    assert answers.count("not recognised") <= FAILURES.capacity + 1
    assert answers[-1] == "both numbers"


async def test_strangers_elsewhere_do_not_lock_a_members_password(now: datetime) -> None:
    for stranger in range(60):
        attempt = credentials.sign_in_with_password(
            MEETING.code, "kim", "wrong", now=now, address=f"203.0.113.{stranger}"
        )
        with pytest.raises(credentials.InvalidCredentials):
            await attempt
    await credentials.sign_in_with_password(
        MEETING.code, "kim", PASSWORD, now=now, address="192.0.2.1"
    )


async def test_of_many_guesses_at_once_few_are_answered(now: datetime) -> None:
    guesses = (outcome(number("Wrong", f"9{guess:05}", now)) for guess in range(100))
    answers = await asyncio.gather(*guesses)
    assert set(answers) == {"not recognised", "both numbers"}
    assert answers.count("not recognised") <= FAILURES.capacity + IN_FLIGHT.capacity


async def test_a_statement_that_fails_while_an_attempt_is_counted_is_told_as_it_is(
    loaded: Engine, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def time_out(*_: object, **__: object) -> None:
        raise StatementTimeout

    deleted: list[object] = []
    monkeypatch.setattr(second_number_service.rules, "check", time_out)
    monkeypatch.setattr(second_number_service, "delete_expired_counters", deleted.append)
    with pytest.raises(StatementTimeout):
        await number("Wrong", "102", now)
    assert deleted == []


async def test_a_known_browser_signs_its_member_in_whatever_others_try_at_its_address(
    now: datetime,
) -> None:
    signed_in = await member("kim", PASSWORD, now)
    context = await authentication.authenticate(MEETING.code, signed_in.token, now=now)
    cookie = known_browser.remember("", context.attendee.id, now=now)
    for _ in range(ADDRESS_BACKOFF.threshold + 40):
        with suppress(TooManyAttempts):
            await rate_limits.count((ADDRESS_BACKOFF, "hall"), now=now)
    for _ in range(5):
        await outcome(member("kim", "wrong", now, "elsewhere"))
    assert await outcome(member("kim", PASSWORD, now, "hall")) != "in"
    assert await outcome(member("kim", PASSWORD, now, "elsewhere")) != "in"
    for address in ("hall", "elsewhere"):
        assert await outcome(member("kim", PASSWORD, now, address, cookie)) == "in"
    # It is known for its own member alone, and five failures lock it and nobody else.
    assert await outcome(member("pat", PASSWORD, now, "hall", cookie)) != "in"
    for _ in range(5):
        assert await outcome(member("kim", "wrong", now, "home", cookie)) == "not recognised"
    assert await outcome(member("kim", PASSWORD, now, "home", cookie)) == now + MINUTE
    assert await outcome(member("kim", PASSWORD, now, "home")) == "in"


async def test_a_known_browser_is_stopped_neither_by_a_lock_nor_by_the_demand(
    now: datetime,
) -> None:
    token = await number("Smith", "102", now)
    signed_in = await authentication.authenticate(MEETING.code, token, now=now)
    cookie = known_browser.remember("", signed_in.attendee.id, now=now)
    for _ in range(5):
        await outcome(number("Wrong", "102", now))
    assert await outcome(number("Smith", "102", now)) == now + MINUTE
    assert await outcome(number("Smith", "102", now, known=cookie)) == "in"
    await fail_everywhere(now, FAILURES.capacity)
    assert await outcome(number("Smith", "103", now, known=cookie)) == "both numbers"
    assert await outcome(number("Smith", "102", now, known=cookie)) == "in"
    assert await outcome(number("Wrong", "102", now, known=cookie)) == "not recognised"
    assert await outcome(number("Smith", "102", now, known=f"{cookie}x")) == "both numbers"


async def test_a_lock_of_one_number_is_passed_with_both(now: datetime) -> None:
    for _ in range(5):
        await outcome(number("Wrong", "102", now))
    assert await outcome(number("Smith", "102", now)) == now + MINUTE
    assert await outcome(number("Smith", "102", now, second="CONF102")) == "in"


async def test_a_lock_is_for_one_address(now: datetime) -> None:
    for _ in range(5):
        await outcome(number("Wrong", "102", now, "a"))
    assert await outcome(number("Smith", "102", now, "a")) == now + MINUTE
    assert await outcome(number("Smith", "102", now, "b")) == "in"


async def test_a_meeting_may_refuse_one_number_alone(now: datetime) -> None:
    strict = replace(
        FOLDER, meeting=replace(FOLDER.meeting, sign_in=SignInTerms(badge_alone=False))
    )
    await load_meeting(strict, now=now)
    assert await outcome(number("Smith", "102", now)) == "both numbers"
    assert await outcome(number("Smith", "102", now, second="CONF102")) == "in"


async def test_a_known_browser_is_no_second_number(now: datetime) -> None:
    """At a shared computer anybody could use it; who guesses there is stopped there alone."""
    strict = replace(
        FOLDER, meeting=replace(FOLDER.meeting, sign_in=SignInTerms(badge_alone=False))
    )
    await load_meeting(strict, now=now)
    token = await number("Smith", "102", now, second="CONF102")
    signed_in = await authentication.authenticate(MEETING.code, token, now=now)
    known = known_browser.remember("", signed_in.attendee.id, now=now)
    elsewhere = known_browser.remember("", signed_in.attendee.id, now=now - MINUTE)
    assert await outcome(number("Smith", "102", now, known=known)) == "both numbers"
    assert await outcome(number("Smith", "102", now, second="CONF102", known=known)) == "in"
    answers = [
        await outcome(number("Smith", "102", now, second=f"CONF{guess}", known=known))
        for guess in range(6)
    ]
    assert answers == ["not recognised"] * 5 + [now + MINUTE]
    right = ("Smith", "102", now)
    assert await outcome(number(*right, second="CONF102", known=known)) == now + MINUTE
    assert await outcome(number(*right, second="CONF102", known=elsewhere)) == "in"
    assert await outcome(number(*right, second="CONF102")) == "in"


async def test_the_service_decides_like_the_simulated_rules(now: datetime) -> None:
    """The same attempts, of attendees and of an attacker, at the service and in memory."""
    simulation = Simulation(7, attendees=0)
    dice = random.Random(7)  # noqa: S311 - attempts that can be repeated
    names, numbers = ("Smith", "Wrong"), ("102", "103", "CONF102", "900000")
    for step in range(150):
        at = now + timedelta(seconds=20 * step)
        name, typed, second = dice.choice(names), dice.choice(numbers), dice.choice(("", "CONF102"))
        address = dice.choice(("a", "b"))
        attempt = NumberAttempt(
            meeting=MEETING.code,
            name=name_key(name),
            numbers=tuple(dict.fromkeys(filter(None, (typed, second)))),
            address=address,
        )
        answer = await outcome(number(name, typed, at, address, second))
        assert (step, answer) == (step, _simulated(simulation.counters, attempt, answer, at))


def _simulated(counters: MemoryCounters, attempt: NumberAttempt, answer: Any, now: datetime) -> Any:
    """The answer of the rules; who is registered only the service knows."""
    try:
        second_number.check(counters, attempt, now=now)
    except TooManyAttempts as refused:
        return refused.until
    except SecondNumberRequired:
        return "both numbers"
    if answer == "in":
        second_number.succeed(counters, attempt, person=attempt.name, now=now)
    else:
        second_number.fail(counters, attempt, now=now)
    return answer if answer in ("in", "not recognised") else "evaluated"


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
    await credentials.single_sign_on_terms(MEETING.code)  # reads the meeting once for the process
    wrong_name = await count_queries(loaded, number("Wrong", "102", now, "a"))
    wrong_number = await count_queries(loaded, number("Smith", "no such number", now, "a"))
    assert wrong_name == wrong_number


@pytest.mark.usefixtures("costly_hashes")
def test_nobodys_hash_costs_what_a_new_one_costs() -> None:
    assert not PasswordHasher().check_needs_rehash(passwords._dummy_hash())


async def kims_hash() -> str:
    return await fetch_one(select(MemberRow.password_hash).where(MemberRow.username == "kim"))


@pytest.mark.usefixtures("costly_hashes")
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


async def test_of_many_passwords_at_once_those_that_would_wait_for_long_are_refused(
    now: datetime,
) -> None:
    attempts = (
        credentials.sign_in_with_password(
            MEETING.code, f"nobody{attempt}", "wrong", now=now, address="192.0.2.1"
        )
        for attempt in range(2 * passwords.MAX_WAITING)
    )
    answers = await asyncio.gather(*attempts, return_exceptions=True)
    kinds = [type(answer) for answer in answers]
    assert set(kinds) == {credentials.InvalidCredentials, TooManyAttempts}
    verified = kinds.count(credentials.InvalidCredentials)
    assert verified >= passwords.MAX_WAITING // 2
    assert not passwords._waiting
    # Each had a username of its own; of those that were refused none was counted.
    counted = select(RateLimitCounterRow).where(RateLimitCounterRow.scope == MEMBER_PAUSE.scope)
    assert len(await fetch(counted)) == verified


def test_an_address_has_at_most_half_of_the_places_that_others_have_left() -> None:
    taken: dict[str, int] = {}
    with ExitStack() as places:
        for address in map(str, range(6)):
            with suppress(passwords.TooManyVerifications):
                while True:
                    places.enter_context(passwords.place_in_queue(address))
                    taken[address] = taken.get(address, 0) + 1
        with pytest.raises(passwords.TooManyVerifications):
            places.enter_context(passwords.place_in_queue("another"))
    assert [*taken.values()] == [20, 10, 5, 3, 1, 1]
    assert not passwords._waiting


async def test_who_is_slowed_down_holds_no_place_of_those_whose_passwords_are_verified(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four attempts at each of four addresses that have failed too often: more than places."""
    slow = replace(ADDRESS_BACKOFF, threshold=0, step=timedelta(seconds=1))
    monkeypatch.setattr(rate_limits, "ADDRESS_BACKOFF", slow)
    monkeypatch.setattr(passwords, "MAX_WAITING", 6)
    may_go_on = asyncio.Event()
    waits: list[float] = []

    async def sleep(delay: float) -> None:
        waits.append(delay)
        await may_go_on.wait()

    monkeypatch.setattr(credentials, "asyncio", SimpleNamespace(sleep=sleep))
    slowed: list[asyncio.Task[Any]] = []
    for attempt in range(16):
        before = len(waits)
        slowed.append(
            asyncio.create_task(member(f"nobody{attempt}", "wrong", now, f"192.0.2.{attempt % 4}"))
        )
        while not slowed[-1].done() and len(waits) == before:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
    assert len(waits) == 12  # all but the first at each address
    assert await outcome(member("kim", PASSWORD, now, "198.51.100.1")) == "in"
    may_go_on.set()
    answers = await asyncio.gather(*slowed, return_exceptions=True)
    assert {type(answer) for answer in answers} <= {credentials.InvalidCredentials, TooManyAttempts}
    assert not passwords._waiting
