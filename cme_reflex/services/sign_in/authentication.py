"""Authentication: sign-in with a badge or a password, sign-out, and sessions by cookie."""

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

SIGN_IN_LIFETIME = timedelta(days=7)  # from the meeting to the weekend after it
IDLE_TIMEOUT = timedelta(hours=12)  # lasts through a day of sessions, not overnight
LAST_SEEN_PRECISION = timedelta(minutes=5)  # so that not every event writes
CHOICE_LIFETIME = timedelta(minutes=10)
INPUT_LIMIT = 200  # characters of a name, number or password

# Executed at every event, so it is built once: building takes longer than executing.
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

_DELETE_EXPIRED_SESSIONS = delete_expired(
    SignInRow,
    sa.or_(
        col(SignInRow.expires_at) <= sa.bindparam("now"),
        col(SignInRow.seen_at) <= sa.bindparam("idle"),
    ),
)
_DELETE_EXPIRED_CHOICES = delete_expired(
    RegistrationChoiceRow, col(RegistrationChoiceRow.expires_at) <= sa.bindparam("now")
)


class InvalidCredentials(Exception):
    """The credentials are wrong; which part is never disclosed."""


class NotRegistered(Exception):
    """The person is authenticated, but has no registration for this meeting."""


class NotSignedIn(Exception):
    """The cookie has no token of a valid sign-in."""


class PasswordSignInDisabled(Exception):
    """Members of this meeting sign in with the society's single sign-on."""


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


async def sign_in_with_badge(
    meeting: str, last_name: str, number: str, *, now: datetime, address: str = ""
) -> str:
    """Sign in with last name and badge or confirmation number.

    `address` is the client's IP address, if any. Returns the token for the cookie.
    Raises InvalidCredentials and TooManyAttempts.
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
        has_number = sa.or_(
            col(AttendeeRow.badge) == number, col(AttendeeRow.confirmation) == number
        )
        attendees = db.exec(_registrations(meeting).where(has_number)).all()
        matching = [each for each in attendees if same_name(each.last_name, last_name)]
        if len(matching) != 1:
            raise InvalidCredentials
        token = _create_session(db, cast(int, matching[0].id), now)
        rate_limits.refund(db, *attempts, person=f"attendee {matching[0].id}", now=now)
        return token

    return await write(sign_in)


async def sign_in_with_password(
    meeting: str, username: str, password: str, *, now: datetime, address: str = ""
) -> SignInResult:
    """Sign in a member with username and password.

    Raises InvalidCredentials and TooManyAttempts; NotRegistered if the credentials are valid but
    the member has no registration; PasswordSignInDisabled if the meeting has single sign-on.
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
    query = select(MemberRow).where(MemberRow.username == username)
    member = await read(lambda db: db.exec(query).one_or_none())
    is_valid = await passwords.verify_password(member.password_hash if member else None, password)
    if member is None or not is_valid:
        raise InvalidCredentials
    member_id, old_hash = cast(int, member.id), member.password_hash
    new_hash = await passwords.rehash_if_needed(old_hash, password)

    def record_success(db: Session) -> None:
        if new_hash is not None:
            _save_rehash(db, member_id, old_hash, new_hash)
        rate_limits.refund(db, *attempts, person=f"member {member_id}", now=now)

    await write(record_success)
    return await sign_in_member(meeting, member_id, now=now)


async def single_sign_on_terms(meeting: str) -> SingleSignOn | None:
    """The meeting's single sign-on settings, or None if members sign in with a password."""
    programme = await read(lambda db: programme_cache.by_code(db, meeting))
    return programme.meeting.single_sign_on if programme is not None else None


async def sign_in_member(meeting: str, member_id: int, *, now: datetime) -> SignInResult:
    """Sign in an authenticated member. Raises NotRegistered."""
    query = _registrations(meeting).where(AttendeeRow.member_id == member_id)
    return await write(lambda db: start_session(db, db.exec(query).all(), now=now))


def start_session(db: Session, registrations: Any, *, now: datetime) -> SignInResult:
    """Sign in an authenticated person with these registrations.

    With several registrations the person must choose one. Raises NotRegistered without any.
    """
    ids = [cast(int, registration.id) for registration in registrations]
    if not ids:
        raise NotRegistered
    if len(ids) == 1:
        return SignedIn(_create_session(db, ids[0], now))
    token = new_token()
    db.exec(_DELETE_EXPIRED_CHOICES, params={"now": now})
    until = now + CHOICE_LIFETIME
    db.add(RegistrationChoiceRow(token_hash=token_hash(token), attendee_ids=ids, expires_at=until))
    return RegistrationChoiceRequired(token)


async def registration_options(
    meeting: str, token: str, *, now: datetime
) -> tuple[RegistrationOption, ...]:
    """The options of a pending registration choice. Raises NotSignedIn."""

    def load(db: Session) -> tuple[RegistrationOption, ...]:
        query = select(RegistrationChoiceRow).where(
            RegistrationChoiceRow.token_hash == token_hash(token),
            RegistrationChoiceRow.expires_at > now,
        )
        choice = db.exec(query).one_or_none()
        if choice is None:
            raise NotSignedIn
        registrations = _registrations(meeting).where(col(AttendeeRow.id).in_(choice.attendee_ids))
        programme = programme_cache.by_code(db, meeting)
        kinds = programme.meeting.registration_types if programme is not None else ()
        labels = {kind.code: kind.label for kind in kinds}
        return tuple(
            RegistrationOption(
                attendee_id=cast(int, row.id),
                kind=labels.get(row.registration_type, row.registration_type),
                badge=row.badge,
                confirmation=row.confirmation,
            )
            for row in db.exec(registrations)
        )

    return await read(load)


async def choose_registration(token: str, attendee_id: int, *, now: datetime) -> str:
    """Sign in with one of the offered registrations, which completes the choice.

    Returns the token for the cookie. Raises NotSignedIn, also for a registration not offered.
    """

    def consume(db: Session) -> str:
        # Deleted before it is checked, so that only one of two simultaneous answers succeeds.
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

    return await write(consume)


async def sign_out(token: str) -> None:
    """End the sign-in on the server, for all tabs with its cookie."""
    statement = sa.delete(SignInRow).where(col(SignInRow.token_hash) == token_hash(token))
    await write(lambda db: db.exec(statement))


async def authenticate(meeting: str, token: str, *, now: datetime) -> RequestContext:
    """The request context of a session token, with the newest programme. Raises NotSignedIn."""
    return await authenticate_hash(meeting, token_hash(token), now=now)


async def authenticate_hash(meeting: str, hashed: str, *, now: datetime) -> RequestContext:
    """Like `authenticate`, by the token's hash, which is computed once for a connection."""
    session = await read(lambda db: find_session(db, meeting, hashed, now=now))
    await touch(session, now=now)
    return session.context


class FoundSession(NamedTuple):
    """A valid sign-in: its token's hash, its request context, and its last recorded use (aware)."""

    token_hash: str
    context: RequestContext
    seen_at: datetime


def find_session(db: Session, meeting: str, hashed: str, *, now: datetime) -> FoundSession:
    """The sign-in whose token has this hash, in one query. Raises NotSignedIn."""
    parameters = {"token": hashed, "now": now, "idle": now - IDLE_TIMEOUT, "meeting": meeting}
    # Columns have the same names as an object's attributes, and cost a third of it.
    row: Any = db.connection().execute(_BY_TOKEN, parameters).one_or_none()
    if row is None:
        raise NotSignedIn
    newest = programme_cache.get_in(db, row.meeting_id, row.version)
    context = RequestContext(
        attendee_from_row(row), newest.meeting, newest, claim_revision=row.claim_revision
    )
    return FoundSession(hashed, context, row.seen_at)


async def touch(session: FoundSession, *, now: datetime) -> None:
    """Record the session's use, at most every few minutes."""
    if session.seen_at > now - LAST_SEEN_PRECISION:
        return
    # An update that matches only an existing, older row: another tab may have signed out.
    statement = sa.update(SignInRow).where(
        col(SignInRow.token_hash) == session.token_hash, col(SignInRow.seen_at) < now
    )
    await write(lambda db: db.exec(statement.values(seen_at=now)))


def _create_session(db: Session, attendee_id: int, now: datetime) -> str:
    token = new_token()
    db.exec(_DELETE_EXPIRED_SESSIONS, params={"now": now, "idle": now - IDLE_TIMEOUT})
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


def _save_rehash(db: Session, member_id: int, old_hash: str, new_hash: str) -> None:
    # Unless a load of the folder has set another password in between.
    statement = sa.update(MemberRow).where(
        col(MemberRow.id) == member_id, col(MemberRow.password_hash) == old_hash
    )
    db.exec(statement.values(password_hash=new_hash))


def _registrations(meeting: str) -> Any:
    return (
        select(AttendeeRow)
        .join(MeetingRow, col(MeetingRow.id) == AttendeeRow.meeting_id)
        .where(MeetingRow.code == meeting)
        .order_by(col(AttendeeRow.id))
    )


def attendee_from_row(row: AttendeeRow) -> Attendee:
    """The attendee of a registration's row."""
    return Attendee(
        id=cast(int, row.id),
        last_name=row.last_name,
        first_name=row.first_name,
        suffix=row.suffix,
        entered_name=row.name_on_certificate,
        badge=row.badge,
        is_physician=(row.corrected_profession or row.profession) == PHYSICIAN,
        registration_type=row.registration_type,
    )
