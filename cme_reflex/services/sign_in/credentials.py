"""Sign-in with a last name and badge, or with a member's username and password."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import cast

import sqlalchemy as sa
from sqlmodel import Session, col

from cme_reflex.domain.meetings.meeting import Meeting, SingleSignOn
from cme_reflex.domain.people.names import name_key, number_key, same_name
from cme_reflex.domain.sign_in.lockout import KNOWN_BROWSER_LOCKOUT, MEMBER_LOCKOUT, MEMBER_PAUSE
from cme_reflex.domain.sign_in.strength import SignInMethod
from cme_reflex.services.programme import programme_cache
from cme_reflex.services.sign_in import (
    known_browser,
    members,
    passwords,
    rate_limits,
    second_number,
)
from cme_reflex.services.sign_in.registrations import (
    SignInResult,
    create_sign_in,
    registrations,
    sign_in_member,
)
from cme_reflex.store.database import read, write
from cme_reflex.store.people.tables import AttendeeRow, MemberRow

BUSY_RETRY = timedelta(seconds=30)
INPUT_LIMIT = 200  # characters of a name, number or password


class InvalidCredentials(Exception):
    """The credentials are wrong; which part is never disclosed."""


class PasswordSignInDisabled(Exception):
    """Members of this meeting sign in with the society's single sign-on."""


async def sign_in_with_badge(
    meeting: str,
    last_name: str,
    number: str,
    second: str = "",
    *,
    now: datetime,
    address: str = "",
    known: str = "",
) -> str:
    """Sign in with last name and badge or confirmation number, or with both numbers.

    `address` is the client's IP address, if any, and `known` the cookie of `known_browser`.
    Returns the token for the cookie. Raises InvalidCredentials, TooManyAttempts,
    SecondNumberRequired and MeetingArchived.
    """
    if max(len(last_name), len(number), len(second)) > INPUT_LIMIT:
        raise InvalidCredentials
    numbers = tuple(dict.fromkeys(filter(None, map(number_key, (number, second)))))
    terms = await read(lambda db: programme_cache.by_code(db, meeting))
    attempt = second_number.NumberAttempt(
        meeting=meeting,
        name=name_key(last_name),
        numbers=numbers,
        address=address,
        always=terms is not None and not terms.meeting.sign_in.badge_alone,
    )
    tag = (
        await read(lambda db: known_browser.known_among(known, _with_number(db, attempt), now=now))
        if known
        else ""
    )
    await _check(attempt, tag, now)

    def sign_in(db: Session) -> str:
        matching = [
            registration
            for registration in _with_number(db, attempt)
            if same_name(registration.last_name, last_name)
            and {*numbers} <= {registration.badge, registration.confirmation}
        ]
        if len(matching) != 1:
            raise InvalidCredentials
        if not tag:
            second_number.succeed(db, attempt, person=str(matching[0].id), now=now)
        elif attempt.always:
            rate_limits.refund(db, (KNOWN_BROWSER_LOCKOUT, tag), person=tag, now=now)
        return create_sign_in(db, cast(int, matching[0].id), SignInMethod.NUMBER, now)

    try:
        return await write(sign_in)
    except InvalidCredentials:
        if not tag:
            await second_number.fail(attempt, now=now)
        raise


async def _check(attempt: second_number.NumberAttempt, tag: str, now: datetime) -> None:
    """Count an attempt at a browser that is known by this tag, or at any other.

    No lock and no demand for a second number stops a known browser. A meeting that always asks for
    both numbers asks there as well, and limits those who guess one of them there by the failures at
    that browser alone.
    """
    if not tag:
        await second_number.check(attempt, now=now)
    elif attempt.always:
        if len(attempt.numbers) < 2:
            raise second_number.SecondNumberRequired(always=True)
        await rate_limits.check((KNOWN_BROWSER_LOCKOUT, tag), now=now)


def _with_number(db: Session, attempt: second_number.NumberAttempt) -> Sequence[AttendeeRow]:
    has_number = sa.or_(
        col(AttendeeRow.badge).in_(attempt.numbers),
        col(AttendeeRow.confirmation).in_(attempt.numbers),
    )
    return cast(
        Sequence[AttendeeRow], db.exec(registrations(attempt.meeting).where(has_number)).all()
    )


async def sign_in_with_password(
    meeting: str,
    username: str,
    password: str,
    *,
    now: datetime,
    address: str = "",
    known: str = "",
) -> SignInResult:
    """Sign in a member with username and password.

    A browser that is known by this cookie is stopped by its own failures alone, not by those of
    others at its address, or with its member's username.

    Raises InvalidCredentials and TooManyAttempts; NotRegistered if the credentials are valid but
    the member has no registration; PasswordSignInDisabled if the meeting has single sign-on; and
    MeetingArchived.
    """
    terms = await _meeting(meeting)
    if terms is None:
        raise InvalidCredentials
    if terms.single_sign_on is not None:
        raise PasswordSignInDisabled
    username = username.strip().casefold()
    if max(len(username), len(password)) > INPUT_LIMIT or not username.isprintable():
        raise InvalidCredentials
    tag = await _known_member(terms, username, known, now)
    attempts = _password_limits(terms, username, address, tag)

    async def verified() -> MemberRow | None:
        member = await read(lambda db: members.find_by_username(db, terms, username))
        stored_hash = member.password_hash if member else None
        return member if await passwords.verify_password(stored_hash, password) else None

    try:
        # With a place, so that whoever is refused one has cost the database nothing, and no attempt
        # was counted.
        with passwords.place_in_queue(address):
            delay = await rate_limits.count(*attempts, now=now)
            member = None if delay else await verified()
        if delay:  # without one, or those who guess would hold the places of others as they wait
            await asyncio.sleep(delay.total_seconds())
            with passwords.place_in_queue(address):
                member = await verified()
    except passwords.TooManyVerifications:
        raise rate_limits.TooManyAttempts(now + BUSY_RETRY) from None
    if member is None:
        raise InvalidCredentials
    member_id, old_hash = cast(int, member.id), member.password_hash
    new_hash = await passwords.rehash_if_needed(old_hash, password)

    def record_success(db: Session) -> None:
        if new_hash is not None:
            _save_rehash(db, member_id, old_hash, new_hash)
        rate_limits.refund(db, *attempts, person=f"member {member_id}", now=now)

    await write(record_success)
    return await sign_in_member(meeting, member_id, _strength(member, now), now=now)


def _password_limits(
    terms: Meeting, username: str, address: str, tag: str
) -> list[rate_limits.LimitKey]:
    """The limits of attempts with a password at a browser that is known by this tag, or another."""
    if tag:
        return [(KNOWN_BROWSER_LOCKOUT, f"password {tag}")]
    return [
        (rate_limits.ADDRESS_BACKOFF, address),
        (MEMBER_LOCKOUT, f"{terms.accounts} {username} at {address}"),
        (MEMBER_PAUSE, f"{terms.accounts} {username}"),
    ]


async def _known_member(terms: Meeting, username: str, cookie: str, now: datetime) -> str:
    """The tag by which a browser is known for a registration of the member with this username."""
    if not cookie:
        return ""

    def find(db: Session) -> str:
        member = members.find_by_username(db, terms, username)
        # The same queries without such a member: nobody learns who is one.
        member_id = member.id if member else 0
        own = registrations(terms.code).where(AttendeeRow.member_id == member_id)
        return known_browser.known_among(cookie, db.exec(own), now=now)

    return await read(find)


async def single_sign_on_terms(meeting: str) -> SingleSignOn | None:
    """The meeting's single sign-on settings, or None if members sign in with a password."""
    terms = await _meeting(meeting)
    return terms.single_sign_on if terms is not None else None


async def _meeting(code: str) -> Meeting | None:
    programme = await read(lambda db: programme_cache.by_code(db, code))
    return programme.meeting if programme is not None else None


def _strength(member: MemberRow, now: datetime) -> SignInMethod:
    """What the password proves: no more than a badge if it was set by a link to a new address."""
    trusted_from = member.password_trusted_from
    if trusted_from is not None and now < trusted_from:
        return SignInMethod.NUMBER
    return SignInMethod.PASSWORD


def _save_rehash(db: Session, member_id: int, old_hash: str, new_hash: str) -> None:
    # Unless a load of the folder has set another password in between.
    statement = sa.update(MemberRow).where(
        col(MemberRow.id) == member_id, col(MemberRow.password_hash) == old_hash
    )
    db.exec(statement.values(password_hash=new_hash))
