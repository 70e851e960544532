"""Signing in and out, and who holds a cookie."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeAlias, cast

import sqlalchemy as sa
from sqlmodel import Session, col, select

from cme_reflex.domain.meetings.meeting import SingleSignOn
from cme_reflex.domain.people.attendee import PHYSICIAN, Attendee
from cme_reflex.domain.people.names import name_key, number_key, same_name
from cme_reflex.services.programme import programme_cache
from cme_reflex.services.sign_in import passwords, rate_limits
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.services.sign_in.tokens import new_token, token_hash
from cme_reflex.store.claims.tables import ClaimRow
from cme_reflex.store.database import read, write
from cme_reflex.store.expiry import delete_expired
from cme_reflex.store.meetings.tables import MeetingRow
from cme_reflex.store.people.tables import AttendeeRow, MemberRow
from cme_reflex.store.sign_in.tables import RegistrationChoiceRow, SignInRow

SIGN_IN_LIFETIME = timedelta(days=7)  # from one congress day to the quiet weekend after it
IDLE_TIMEOUT = timedelta(hours=12)  # over lunch and an afternoon's sessions, not over night
LAST_SEEN_PRECISION = timedelta(minutes=5)  # how exactly it is known when somebody was last seen
CHOICE_LIFETIME = timedelta(minutes=10)
INPUT_LIMIT = 200  # characters; a longer name, number or password is nobody's

# Asked at every event, so it is put together once: that takes longer than the answer.
_BY_TOKEN = (
    select(
        AttendeeRow,
        MeetingRow.version,
        SignInRow.seen_at,
        sa.func.coalesce(ClaimRow.revision, 0).label("claim_revision"),
    )
    .join(SignInRow, col(SignInRow.attendee_id) == AttendeeRow.id)
    .join(MeetingRow, col(MeetingRow.id) == AttendeeRow.meeting_id)
    .outerjoin(ClaimRow, col(ClaimRow.attendee_id) == AttendeeRow.id)
    .where(
        SignInRow.token_hash == sa.bindparam("token"),
        col(SignInRow.expires_at) > sa.bindparam("now"),
        col(SignInRow.seen_at) > sa.bindparam("idle"),
        MeetingRow.code == sa.bindparam("meeting"),
    )
)

_ENDED = delete_expired(
    SignInRow,
    sa.or_(
        col(SignInRow.expires_at) <= sa.bindparam("now"),
        col(SignInRow.seen_at) <= sa.bindparam("idle"),
    ),
)
_OLD_CHOICES = delete_expired(
    RegistrationChoiceRow, col(RegistrationChoiceRow.expires_at) <= sa.bindparam("now")
)


class InvalidCredentials(Exception):
    """No such combination; it is never said which part was wrong."""


class NotRegistered(Exception):
    """The person is known, but there is no registration for this meeting."""


class NotSignedIn(Exception):
    """The cookie names no sign-in that is still good."""


class PasswordSignInDisabled(Exception):
    """Members of this meeting use the society's single sign-on."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The token of a sign-in, for its cookie."""

    token: str


@dataclass(frozen=True, slots=True)
class RegistrationChoiceRequired:
    """Who it is, is known; `token` is for the cookie of the choice among their registrations."""

    token: str


SignInResult: TypeAlias = SignedIn | RegistrationChoiceRequired


@dataclass(frozen=True, slots=True)
class RegistrationOption:
    """One of several registrations of one person, as its owner tells it from the others."""

    attendee_id: int
    kind: str
    badge: str
    confirmation: str


async def sign_in_with_badge(
    meeting: str, last_name: str, number: str, *, now: datetime, address: str = ""
) -> str:
    """Sign an attendee in with last name and badge or confirmation number.

    `address` is where the attempt comes from, if over the network. Returns the
    token for the cookie. Raises InvalidCredentials and TooManyAttempts.
    """
    if max(len(last_name), len(number)) > INPUT_LIMIT:
        raise InvalidCredentials
    key, number = name_key(last_name), number_key(number)
    attempts: list[rate_limits.LimitKey] = [
        (rate_limits.ADDRESS_BACKOFF, address),
        (rate_limits.NAME_BACKOFF, key and f"{meeting} {key}"),
        (rate_limits.NUMBER_LOCKOUT, f"{meeting} {number}"),
    ]
    await rate_limits.check(*attempts, now=now)

    def sign_in(db: Session) -> str:
        of_number = sa.or_(
            col(AttendeeRow.badge) == number, col(AttendeeRow.confirmation) == number
        )
        found = db.exec(_registrations(meeting).where(of_number)).all()
        matching = [attendee for attendee in found if same_name(attendee.last_name, last_name)]
        if len(matching) != 1:
            raise InvalidCredentials
        token = _create_session(db, cast(int, matching[0].id), now)
        rate_limits.refund(db, *attempts, person=f"attendee {matching[0].id}", now=now)
        return token

    return await write(sign_in)


async def sign_in_with_password(
    meeting: str, username: str, password: str, *, now: datetime, address: str = ""
) -> SignInResult:
    """Sign a member in with the provider's credential.

    Raises InvalidCredentials and TooManyAttempts; NotRegistered where the credential is right and
    the meeting has no registration for it; PasswordSignInDisabled where there is single sign-on.
    """
    if await single_sign_on_terms(meeting) is not None:
        raise PasswordSignInDisabled
    username = username.strip().casefold()
    if max(len(username), len(password)) > INPUT_LIMIT or not username.isprintable():
        raise InvalidCredentials
    attempts: list[rate_limits.LimitKey] = [
        (rate_limits.ADDRESS_BACKOFF, address),
        (rate_limits.MEMBER_LOCKOUT, username),
    ]
    await rate_limits.check(*attempts, now=now)
    of_name = select(MemberRow).where(MemberRow.username == username)
    member = await read(lambda db: db.exec(of_name).one_or_none())
    right = await passwords.verify_password(member.password_hash if member else None, password)
    if member is None or not right:
        raise InvalidCredentials
    member_id, before = cast(int, member.id), member.password_hash
    anew = await passwords.rehash_if_needed(before, password)

    def succeed(db: Session) -> None:
        if anew is not None:
            _save_rehash(db, member_id, before, anew)
        rate_limits.refund(db, *attempts, person=f"member {member_id}", now=now)

    await write(succeed)
    return await sign_in_member(meeting, member_id, now=now)


async def single_sign_on_terms(meeting: str) -> SingleSignOn | None:
    """Where the meeting's members prove who they are, if not with a password here."""
    loaded = await read(lambda db: programme_cache.by_code(db, meeting))
    return loaded.meeting.single_sign_on if loaded is not None else None


async def sign_in_member(meeting: str, member_id: int, *, now: datetime) -> SignInResult:
    """Sign in a member who has proven who it is. Raises NotRegistered."""
    theirs = _registrations(meeting).where(AttendeeRow.member_id == member_id)
    return await write(lambda db: start_session(db, db.exec(theirs).all(), now=now))


def start_session(db: Session, registrations: Any, *, now: datetime) -> SignInResult:
    """Sign in a person who has proven to be the owner of all these rows of attendees.

    One is taken, several are asked about, none is NotRegistered.
    """
    ids = [cast(int, registration.id) for registration in registrations]
    if not ids:
        raise NotRegistered
    if len(ids) == 1:
        return SignedIn(_create_session(db, ids[0], now))
    token = new_token()
    db.exec(_OLD_CHOICES, params={"now": now})
    until = now + CHOICE_LIFETIME
    db.add(RegistrationChoiceRow(token_hash=token_hash(token), attendee_ids=ids, expires_at=until))
    return RegistrationChoiceRequired(token)


async def registration_options(
    meeting: str, token: str, *, now: datetime
) -> tuple[RegistrationOption, ...]:
    """What an undecided person chooses from; the choice stays open. Raises NotSignedIn."""

    def found(db: Session) -> tuple[RegistrationOption, ...]:
        open_choice = select(RegistrationChoiceRow).where(
            RegistrationChoiceRow.token_hash == token_hash(token),
            RegistrationChoiceRow.expires_at > now,
        )
        choice = db.exec(open_choice).one_or_none()
        if choice is None:
            raise NotSignedIn
        theirs = _registrations(meeting).where(col(AttendeeRow.id).in_(choice.attendee_ids))
        loaded = programme_cache.by_code(db, meeting)
        kinds = loaded.meeting.registration_types if loaded is not None else ()
        labels = {kind.code: kind.label for kind in kinds}
        return tuple(
            RegistrationOption(
                attendee_id=cast(int, row.id),
                kind=labels.get(row.registration_type, row.registration_type),
                badge=row.badge,
                confirmation=row.confirmation,
            )
            for row in db.exec(theirs)
        )

    return await read(found)


async def choose_registration(token: str, attendee_id: int, *, now: datetime) -> str:
    """Sign in with one of the registrations; the choice is used up by a right answer.

    Returns the token for the cookie. Raises NotSignedIn, also for what was not offered.
    """

    def use(db: Session) -> str:
        # Deleted before it is looked at, so that of two answers at once one comes too late.
        deleted = db.exec(
            sa.delete(RegistrationChoiceRow)
            .where(
                col(RegistrationChoiceRow.token_hash) == token_hash(token),
                col(RegistrationChoiceRow.expires_at) > now,
            )
            .returning(col(RegistrationChoiceRow.attendee_ids))
        )
        offered = deleted.scalar_one_or_none()
        if offered is None or attendee_id not in offered:
            raise NotSignedIn
        return _create_session(db, attendee_id, now)

    return await write(use)


async def sign_out(token: str) -> None:
    """End the sign-in on the server, for every tab that holds the cookie."""
    ended = sa.delete(SignInRow).where(col(SignInRow.token_hash) == token_hash(token))
    await write(lambda db: db.exec(ended))


async def authenticate(meeting: str, token: str, *, now: datetime) -> RequestContext:
    """The context of this token's holder, with the newest programme. Raises NotSignedIn."""
    return await authenticate_hash(meeting, token_hash(token), now=now)


async def authenticate_hash(meeting: str, hashed: str, *, now: datetime) -> RequestContext:
    """The same by the token's hash, which is computed once for a connection."""
    session = await read(lambda db: find_session(db, meeting, hashed, now=now))
    await touch(session, now=now)
    return session.context


class FoundSession(NamedTuple):
    """A valid sign-in: the hash of its token, its context, and when it was last used (aware)."""

    token_hash: str
    context: RequestContext
    seen_at: datetime


def find_session(db: Session, meeting: str, hashed: str, *, now: datetime) -> FoundSession:
    """The valid sign-in whose token has this hash, by one query. Raises NotSignedIn."""
    asked = {"token": hashed, "now": now, "idle": now - IDLE_TIMEOUT, "meeting": meeting}
    # Columns answer to the same names as an object does, and cost a third of it.
    found: Any = db.connection().execute(_BY_TOKEN, asked).one_or_none()
    if found is None:
        raise NotSignedIn
    newest = programme_cache.get_in(db, found.meeting_id, found.version)
    context = RequestContext(
        attendee_from_row(found), newest.meeting, newest, claim_revision=found.claim_revision
    )
    return FoundSession(hashed, context, found.seen_at)


async def touch(session: FoundSession, *, now: datetime) -> None:
    """Write every few minutes that the holder was seen."""
    if session.seen_at > now - LAST_SEEN_PRECISION:
        return
    # Only forward, and only what is still there: another tab may have signed out.
    touched = sa.update(SignInRow).where(
        col(SignInRow.token_hash) == session.token_hash, col(SignInRow.seen_at) < now
    )
    await write(lambda db: db.exec(touched.values(seen_at=now)))


def _create_session(db: Session, attendee_id: int, now: datetime) -> str:
    token = new_token()
    db.exec(_ENDED, params={"now": now, "idle": now - IDLE_TIMEOUT})
    db.add(
        SignInRow(
            token_hash=token_hash(token),
            attendee_id=attendee_id,
            created_at=now,
            seen_at=now,
            expires_at=now + SIGN_IN_LIFETIME,
        )
    )
    return token


def _save_rehash(db: Session, member_id: int, before: str, anew: str) -> None:
    # Unless a load of the folder brought another password in between.
    unchanged = sa.update(MemberRow).where(
        col(MemberRow.id) == member_id, col(MemberRow.password_hash) == before
    )
    db.exec(unchanged.values(password_hash=anew))


def _registrations(meeting: str) -> Any:
    return (
        select(AttendeeRow)
        .join(MeetingRow, col(MeetingRow.id) == AttendeeRow.meeting_id)
        .where(MeetingRow.code == meeting)
        .order_by(col(AttendeeRow.id))
    )


def attendee_from_row(row: AttendeeRow) -> Attendee:
    """Who a registration's row is about."""
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
