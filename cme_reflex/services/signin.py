"""Signing in and out, and who holds a cookie."""

import asyncio
import hashlib
import secrets
from datetime import datetime, timedelta
from functools import lru_cache
from typing import cast

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from cme_reflex.domain.attendee import PHYSICIAN, Attendee
from cme_reflex.domain.names import name_key, number_key
from cme_reflex.services import programme
from cme_reflex.services.visit import Visit
from cme_reflex.store.database import reading, transaction
from cme_reflex.store.tables import AttendeeRow, MeetingRow, MemberRow, SignInRow

LASTS = timedelta(days=7)  # from one congress day to the quiet weekend after it
TOKEN_BYTES = 32  # 256 bits that nobody guesses
INPUT_LIMIT = 200  # characters; a longer name, number or password is nobody's


class NotRecognised(Exception):
    """No such combination; it is never said which part was wrong."""


class NotRegistered(Exception):
    """The member's password is right, but there is no registration for this meeting."""


class NotSignedIn(Exception):
    """The cookie names no sign-in that is still good."""


async def with_number(meeting: str, last_name: str, number: str, *, now: datetime) -> str:
    """Sign an attendee in with last name and badge or confirmation number.

    Returns the token for the cookie. Raises NotRecognised.
    """
    if max(len(last_name), len(number)) > INPUT_LIMIT:
        raise NotRecognised
    key, number = name_key(last_name), number_key(number)
    async with transaction() as db:
        found = (
            await db.exec(
                select(AttendeeRow)
                .join(MeetingRow, col(MeetingRow.id) == AttendeeRow.meeting_id)
                .where(
                    MeetingRow.code == meeting,
                    sa.or_(
                        col(AttendeeRow.badge) == number, col(AttendeeRow.confirmation) == number
                    ),
                )
            )
        ).all()
        matching = [attendee for attendee in found if key and attendee.name_key == key]
        if len(matching) != 1:
            raise NotRecognised
        return await _begin(db, matching[0], now)


async def as_member(meeting: str, username: str, password: str, *, now: datetime) -> str:
    """Sign a member in with the provider's credential.

    Returns the token for the cookie. Raises NotRecognised, or NotRegistered
    where the credential is right and the meeting has no registration for it.
    """
    if max(len(username), len(password)) > INPUT_LIMIT:
        raise NotRecognised
    async with reading() as db:
        member = (
            await db.exec(
                select(MemberRow).where(MemberRow.username == username.strip().casefold())
            )
        ).one_or_none()
    stored = member.password_hash if member else _nobodys_hash()
    # Hashing takes a good part of a tenth of a second: not on everybody's event loop.
    right = await asyncio.to_thread(_verify, stored, password)
    if member is None or not right:
        raise NotRecognised
    async with transaction() as db:
        attendee = (
            await db.exec(
                select(AttendeeRow)
                .join(MeetingRow, col(MeetingRow.id) == AttendeeRow.meeting_id)
                .where(MeetingRow.code == meeting, AttendeeRow.member_id == member.id)
                .order_by(col(AttendeeRow.id))
                .limit(1)
            )
        ).one_or_none()
        if attendee is None:
            raise NotRegistered
        return await _begin(db, attendee, now)


async def sign_out(token: str) -> None:
    """End the sign-in on the server, for every tab that holds the cookie."""
    async with transaction() as db:
        await db.exec(sa.delete(SignInRow).where(col(SignInRow.token_hash) == _hash(token)))


async def visit(meeting: str, token: str, *, now: datetime) -> Visit:
    """Who holds this token, with the meeting's newest programme: one query. Raises NotSignedIn."""
    async with reading() as db:
        found = (
            await db.exec(
                select(AttendeeRow, MeetingRow.version)
                .join(SignInRow, col(SignInRow.attendee_id) == AttendeeRow.id)
                .join(MeetingRow, col(MeetingRow.id) == AttendeeRow.meeting_id)
                .where(
                    SignInRow.token_hash == _hash(token),
                    SignInRow.expires_at > now,
                    MeetingRow.code == meeting,
                )
            )
        ).one_or_none()
        if found is None:
            raise NotSignedIn
        attendee, version = found
        return Visit(_attendee(attendee), await programme.current(db, attendee.meeting_id, version))


async def _begin(db: AsyncSession, attendee: AttendeeRow, now: datetime) -> str:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    await db.exec(sa.delete(SignInRow).where(col(SignInRow.expires_at) <= now))
    db.add(
        SignInRow(
            token_hash=_hash(token),
            attendee_id=cast(int, attendee.id),
            created_at=now,
            expires_at=now + LASTS,
        )
    )
    return token


def _attendee(row: AttendeeRow) -> Attendee:
    return Attendee(
        id=cast(int, row.id),
        last_name=row.last_name,
        first_name=row.first_name,
        suffix=row.suffix,
        badge=row.badge,
        is_physician=(row.corrected_profession or row.profession) == PHYSICIAN,
        registration_type=row.registration_type,
        corrected_name=row.name_on_certificate,
    )


def _hash(token: str) -> str:
    # The token is 256 random bits, so one round of SHA-256 keeps it secret.
    return hashlib.sha256(token.encode()).hexdigest()


@lru_cache
def _nobodys_hash() -> str:
    # Compared where there is no such member, so that the answer takes as long.
    return PasswordHasher().hash(secrets.token_hex())


def _verify(stored: str, password: str) -> bool:
    try:
        return PasswordHasher().verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
