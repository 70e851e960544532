"""Sign-in of an authenticated person to a registration, chosen from several where there are."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias, cast

import sqlalchemy as sa
from sqlmodel import Session, col, select

from cme_reflex.domain.sign_in.strength import SignInMethod
from cme_reflex.services.programme import programme_cache
from cme_reflex.services.sign_in.authentication import IDLE_TIMEOUT, NotSignedIn
from cme_reflex.services.sign_in.tokens import new_token, token_hash
from cme_reflex.store.database import read, write
from cme_reflex.store.expiry import delete_expired
from cme_reflex.store.meetings.tables import MeetingRow
from cme_reflex.store.people.tables import IS_LISTED, AttendeeRow
from cme_reflex.store.sign_in.tables import RegistrationChoiceRow, SignInRow

SIGN_IN_LIFETIME = timedelta(days=7)  # from the meeting to the weekend after it
SIGN_INS_LIMIT = 20  # of a registration, by numbers and in stronger ways each
CHOICE_LIFETIME = timedelta(minutes=10)

_DELETE_EXPIRED_SIGN_INS = delete_expired(
    SignInRow,
    sa.or_(
        col(SignInRow.expires_at) <= sa.bindparam("now"),
        col(SignInRow.seen_at) <= sa.bindparam("idle"),
    ),
)
_DELETE_EXPIRED_CHOICES = delete_expired(
    RegistrationChoiceRow, col(RegistrationChoiceRow.expires_at) <= sa.bindparam("now")
)
# Locked, so that no sign-in begins while the meeting is archived, or loaded without the person.
_LOCK_ENDS = (
    select(MeetingRow.archived_at, AttendeeRow.blocked_at)
    .join(AttendeeRow, col(AttendeeRow.meeting_id) == MeetingRow.id)
    .where(AttendeeRow.id == sa.bindparam("attendee"))
    .with_for_update(read=True, of=MeetingRow)
)


def end_pending(attendee: AttendeeRow, *, now: datetime, by: SignInMethod | None = None) -> None:
    """End what could still become a sign-in of this registration: choices and links until now.

    A weak sign-in, `by` which they are ended, ends weak ones alone: whoever knows a badge could
    otherwise end its owner's links. A single sign-on in progress goes on: whoever completes it
    proves to the provider who he is.
    """
    if by is None or by.is_strong:
        attendee.browsers_forgotten_at = now
    attendee.weak_ended_at = now


def may_complete(attendee: AttendeeRow, method: SignInMethod, begun_at: datetime) -> bool:
    """Whether nobody has ended a pending sign-in of this registration since it began."""
    ended_at = attendee.browsers_forgotten_at if method.is_strong else attendee.weak_ended_at
    return ended_at is None or begun_at > ended_at


class NotRegistered(Exception):
    """The person is authenticated, but has no registration for this meeting."""


class MeetingArchived(Exception):
    """The meeting is archived: nobody signs in to it any more."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A successful sign-in: the token for its cookie."""

    token: str


@dataclass(frozen=True, slots=True)
class RegistrationChoiceRequired:
    """The person must choose a registration; `token` is for the cookie of the choice."""

    token: str


SignInResult: TypeAlias = SignedIn | RegistrationChoiceRequired


@dataclass(frozen=True, slots=True)
class RegistrationOption:
    """One of several registrations of a person, with the facts that distinguish it."""

    attendee_id: int
    kind: str
    badge: str
    confirmation: str


async def sign_in_member(
    meeting: str, member_id: int, method: SignInMethod, *, now: datetime
) -> SignInResult:
    """Sign in an authenticated member. Raises NotRegistered and MeetingArchived."""
    query = registrations(meeting).where(AttendeeRow.member_id == member_id)
    return await write(lambda db: start_sign_in(db, db.exec(query).all(), method, now=now))


def start_sign_in(db: Session, found: Any, method: SignInMethod, *, now: datetime) -> SignInResult:
    """Sign in an authenticated person with these registrations.

    With several registrations the person must choose one. Raises NotRegistered without any, and
    MeetingArchived.
    """
    ids = [cast(int, registration.id) for registration in found]
    if not ids:
        raise NotRegistered
    if len(ids) == 1:
        return SignedIn(create_sign_in(db, ids[0], method, now))
    token = new_token()
    db.exec(_DELETE_EXPIRED_CHOICES, params={"now": now})
    until = now + CHOICE_LIFETIME
    db.add(
        RegistrationChoiceRow(
            token_hash=token_hash(token), attendee_ids=ids, method=method, expires_at=until
        )
    )
    return RegistrationChoiceRequired(token)


async def registration_options(
    meeting: str, token: str, *, now: datetime
) -> tuple[RegistrationOption, ...]:
    """The options of a pending registration choice. Raises NotSignedIn."""

    def load(db: Session) -> tuple[RegistrationOption, ...]:
        choice = _pending_choice(db, token, now)
        begun_at, method = choice.expires_at - CHOICE_LIFETIME, SignInMethod(choice.method)
        offered = registrations(meeting).where(col(AttendeeRow.id).in_(choice.attendee_ids))
        programme = programme_cache.by_code(db, meeting)
        kinds = programme.meeting.registration_types if programme is not None else ()
        labels = {kind.code: kind.label for kind in kinds}
        options = tuple(
            RegistrationOption(
                attendee_id=cast(int, row.id),
                kind=labels.get(row.registration_type, row.registration_type),
                badge=row.badge,
                confirmation=row.confirmation,
            )
            for row in db.exec(offered)
            if may_complete(row, method, begun_at)
        )
        if not options:
            raise NotSignedIn
        return options

    return await read(load)


async def choose_registration(token: str, attendee_id: int, *, now: datetime) -> str:
    """Sign in with one of the offered registrations, which completes the choice.

    Returns the token for the cookie. Raises NotSignedIn, also for a registration not offered,
    MeetingArchived and NotRegistered.
    """
    await read(lambda db: _pending_choice(db, token, now))  # an unknown token writes nothing

    def consume(db: Session) -> str:
        # Deleted before it is checked, so that only one of two simultaneous answers succeeds.
        deleted = db.exec(
            sa.delete(RegistrationChoiceRow)
            .where(
                col(RegistrationChoiceRow.token_hash) == token_hash(token),
                col(RegistrationChoiceRow.expires_at) > now,
            )
            .returning(
                col(RegistrationChoiceRow.attendee_ids),
                col(RegistrationChoiceRow.method),
                col(RegistrationChoiceRow.expires_at),
            )
        )
        choice = deleted.one_or_none()
        if choice is None or attendee_id not in choice.attendee_ids:
            raise NotSignedIn
        method = SignInMethod(choice.method)
        attendee = db.get(AttendeeRow, attendee_id, with_for_update=True)
        if attendee is None or not may_complete(
            attendee, method, choice.expires_at - CHOICE_LIFETIME
        ):
            raise NotSignedIn
        return create_sign_in(db, attendee_id, method, now)

    return await write(consume)


def _pending_choice(db: Session, token: str, now: datetime) -> RegistrationChoiceRow:
    query = select(RegistrationChoiceRow).where(
        RegistrationChoiceRow.token_hash == token_hash(token),
        RegistrationChoiceRow.expires_at > now,
    )
    choice = db.exec(query).one_or_none()
    if choice is None:
        raise NotSignedIn
    return choice


def create_sign_in(
    db: Session,
    attendee_id: int,
    method: SignInMethod,
    now: datetime,
    *,
    begun_at: datetime | None = None,
) -> str:
    """Sign in a registration. Returns the token for the cookie.

    Raises MeetingArchived, and NotRegistered for one that left the list of registrations.

    `begun_at`: when the person proved who it is, if not now; the sign-in's lifetime counts from it.

    Of more than SIGN_INS_LIMIT sign-ins the longest unused ones end. Whoever knows a badge cannot
    end a stronger sign-in so, and cannot fill the owner's list without end.
    """
    archived_at, blocked_at = db.exec(_LOCK_ENDS, params={"attendee": attendee_id}).one()
    if archived_at is not None:
        raise MeetingArchived
    if blocked_at is not None:
        raise NotRegistered
    token, begun_at = new_token(), begun_at or now
    db.exec(_DELETE_EXPIRED_SIGN_INS, params={"now": now, "idle": now - IDLE_TIMEOUT})
    _end_unused(db, attendee_id, is_strong=method.is_strong)
    db.add(
        SignInRow(
            token_hash=token_hash(token),
            attendee_id=attendee_id,
            method=method,
            created_at=begun_at,
            seen_at=now,
            expires_at=begun_at + SIGN_IN_LIFETIME,
        )
    )
    return token


def _end_unused(db: Session, attendee_id: int, *, is_strong: bool) -> None:
    """Leave room for one more sign-in of this strength."""
    is_number = col(SignInRow.method) == SignInMethod.NUMBER
    unused = (
        select(SignInRow.token_hash)
        .where(SignInRow.attendee_id == attendee_id, sa.not_(is_number) if is_strong else is_number)
        .order_by(col(SignInRow.seen_at).desc(), col(SignInRow.created_at).desc())
        .offset(SIGN_INS_LIMIT - 1)
    )
    tokens = db.exec(unused).all()
    if tokens:
        db.exec(sa.delete(SignInRow).where(col(SignInRow.token_hash).in_(tokens)))


async def sign_out(*tokens: str) -> None:
    """End these sign-ins on the server, for all tabs with their cookies.

    Unknown tokens write nothing: whoever makes tokens up must not occupy the database.
    """
    is_one_of_them = col(SignInRow.token_hash).in_([*map(token_hash, tokens)])
    known = select(SignInRow.token_hash).where(is_one_of_them).limit(1)
    if await read(lambda db: db.exec(known).first()) is not None:
        statement = sa.delete(SignInRow).where(is_one_of_them)
        await write(lambda db: db.exec(statement))


async def sign_out_elsewhere(token: str, others: Collection[str]) -> set[str]:
    """End those of the other sign-ins that are of the same member, as going over makes them.

    Returns their tokens. Call it before `sign_out`.
    """

    def member_of(hashed: str) -> Any:
        query = select(AttendeeRow.member_id).join(
            SignInRow, col(SignInRow.attendee_id) == AttendeeRow.id
        )
        return query.where(SignInRow.token_hash == hashed)

    hashes = {token_hash(each): each for each in others}

    def same_member(db: Session) -> list[str]:
        member = db.exec(member_of(token_hash(token))).one_or_none()
        if member is None:
            return []
        query = (
            select(SignInRow.token_hash)
            .join(AttendeeRow, col(AttendeeRow.id) == SignInRow.attendee_id)
            .where(AttendeeRow.member_id == member, col(SignInRow.token_hash).in_(hashes))
        )
        return list(db.exec(query))

    ended = await read(same_member) if hashes else []
    if ended:
        statement = sa.delete(SignInRow).where(col(SignInRow.token_hash).in_(ended))
        await write(lambda db: db.exec(statement))
    return {hashes[each] for each in ended}


def registrations(meeting: str) -> Any:
    """Query of all registrations for this meeting with which somebody can sign in."""
    return (
        select(AttendeeRow)
        .join(MeetingRow, col(MeetingRow.id) == AttendeeRow.meeting_id)
        .where(MeetingRow.code == meeting, IS_LISTED)
        .order_by(col(AttendeeRow.id))
    )
