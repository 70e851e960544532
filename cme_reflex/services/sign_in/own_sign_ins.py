"""Sign-ins of a registration: seen and ended by their owner, or all ended by staff."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import sqlalchemy as sa
from sqlmodel import Session, col, select

from cme_reflex.domain.people.audit import RegistrationEvent
from cme_reflex.domain.people.names import full_name, number_key
from cme_reflex.domain.sign_in.strength import SignInMethod, StrongerSignInRequired
from cme_reflex.services.programme.programme_cache import meeting_by_code
from cme_reflex.services.sign_in import registrations
from cme_reflex.services.sign_in.authentication import IDLE_TIMEOUT, NotSignedIn
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.services.sign_in.tokens import token_hash
from cme_reflex.store.database import read, write
from cme_reflex.store.people.tables import AttendeeRow, RegistrationAuditRow
from cme_reflex.store.sign_in.tables import SignInRow


class RegistrationNotFound(LookupError):
    """No registration of the meeting has this number."""


class ReasonMissing(ValueError):
    """A reason is required to end somebody's sign-ins, for the audit log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSignIn:
    """A valid sign-in, as shown to its owner. Datetimes are aware UTC.

    `reference` identifies it among the owner's and is no secret. `may_end` is false for one that
    is stronger than the sign-in that asks.
    """

    reference: str
    method: SignInMethod
    browser: str
    created_at: datetime
    seen_at: datetime
    is_current: bool
    may_end: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedSignIns:
    """The registration whose sign-ins staff have ended, and how many there were."""

    name: str
    badge: str
    ended: int


async def record_browser(token: str, browser: str) -> int:
    """Record the kind of browser of a new sign-in. Returns the attendee's id.

    Raises NotSignedIn if the sign-in has been ended since it was made.
    """
    statement = (
        sa.update(SignInRow)
        .where(col(SignInRow.token_hash) == token_hash(token))
        .values(browser=browser)
        .returning(col(SignInRow.attendee_id))
    )
    attendee_id = await write(lambda db: cast(int | None, db.exec(statement).scalar_one_or_none()))
    if attendee_id is None:
        raise NotSignedIn
    return attendee_id


async def list_own(context: RequestContext, *, now: datetime) -> tuple[OwnSignIn, ...]:
    """The valid sign-ins of this registration: the current one first, then by last use."""

    def load(db: Session) -> tuple[OwnSignIn, ...]:
        found = [_own_sign_in(row, context) for row in _valid(db, context.attendee.id, now)]
        found.sort(key=lambda each: (each.is_current, each.seen_at), reverse=True)
        return tuple(found)

    return await read(load)


async def end_own(context: RequestContext, reference: str, *, now: datetime) -> None:
    """End one of the registration's other sign-ins; one that has ended already changes nothing.

    Pending sign-ins that are no stronger than this one end as well. Raises StrongerSignInRequired
    for a sign-in that is stronger.
    """

    def end(db: Session) -> None:
        attendee = db.get_one(AttendeeRow, context.attendee.id, with_for_update=True)
        for row in _valid(db, context.attendee.id, now):
            if _reference(row) != reference or row.token_hash == context.sign_in:
                continue
            if not _own_sign_in(row, context).may_end:
                raise StrongerSignInRequired
            db.delete(row)
            registrations.end_pending(attendee, by=context.method, now=now)

    await write(end)


async def end_all(
    meeting: str, number: str, *, reason: str, actor: str, now: datetime
) -> EndedSignIns:
    """End all sign-ins of the registration with this badge or confirmation number.

    Raises MeetingNotFound, RegistrationNotFound and ReasonMissing.
    """
    if not reason.strip():
        raise ReasonMissing
    key = number_key(number)

    def end(db: Session) -> EndedSignIns:
        meeting_id = cast(int, meeting_by_code(db, meeting).id)
        query = select(AttendeeRow).where(
            AttendeeRow.meeting_id == meeting_id,
            sa.or_(col(AttendeeRow.badge) == key, col(AttendeeRow.confirmation) == key),
        )
        rows = db.exec(query.with_for_update()).all()
        if len(rows) != 1:
            raise RegistrationNotFound(number)
        name = full_name(rows[0].first_name, rows[0].last_name, rows[0].suffix)
        ended = end_of_registration(db, rows[0], reason=reason, actor=actor, now=now)
        return EndedSignIns(name=name, badge=rows[0].badge, ended=ended)

    return await write(end)


def end_of_registration(
    db: Session, attendee: AttendeeRow, *, reason: str, actor: str, now: datetime
) -> int:
    """End all sign-ins of a registration, pending ones too, and record why.

    Its browsers are not known any more, so the next sign-in of each is one of a new browser.
    Returns how many were valid.
    """
    attendee_id = cast(int, attendee.id)
    registrations.end_pending(attendee, now=now)
    ended = len(_valid(db, attendee_id, now))
    db.exec(sa.delete(SignInRow).where(col(SignInRow.attendee_id) == attendee_id))
    db.add(
        RegistrationAuditRow(
            attendee_id=attendee_id,
            at=now,
            actor=actor,
            what=RegistrationEvent.SIGN_INS_ENDED,
            reason=reason.strip(),
        )
    )
    return ended


def _valid(db: Session, attendee_id: int, now: datetime) -> list[SignInRow]:
    query = select(SignInRow).where(
        SignInRow.attendee_id == attendee_id,
        SignInRow.expires_at > now,
        SignInRow.seen_at > now - IDLE_TIMEOUT,
    )
    return list(db.exec(query).all())


def _own_sign_in(row: SignInRow, context: RequestContext) -> OwnSignIn:
    method = SignInMethod(row.method)
    is_current = row.token_hash == context.sign_in
    return OwnSignIn(
        reference=_reference(row),
        method=method,
        browser=row.browser,
        created_at=row.created_at,
        seen_at=row.seen_at,
        is_current=is_current,
        may_end=not is_current and (context.method.is_strong or not method.is_strong),
    )


def _reference(row: SignInRow) -> str:
    # Not the hash itself: connections authenticate by it.
    return hashlib.sha256(f"reference {row.token_hash}".encode()).hexdigest()[:16]
