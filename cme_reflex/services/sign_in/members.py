"""Members as one account system knows them: by username, or by an issuer's subject.

A username is that of another person in another account system, and an issuer may give it to
somebody else later. A member is therefore bound to the issuer's subject at the first single
sign-on, and recognized by it from then on (OpenID Connect Core 5.7).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlmodel import Session, col, select

from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.services.programme import programme_cache
from cme_reflex.services.sign_in import own_sign_ins
from cme_reflex.store.database import write
from cme_reflex.store.meetings.tables import MeetingRow
from cme_reflex.store.people.tables import AttendeeRow, MemberRow, MemberSubjectRow
from cme_reflex.store.upsert import insert_into

UNBOUND = "single sign-on unbound"  # before the reason, in the history of registrations


class MemberNotFound(Exception):
    """The account system has no member with this username."""


class SubjectMismatch(Exception):
    """The member with this username is bound to another subject of the issuer."""


def members_of(meeting: Meeting) -> Any:
    """Query of the members of the meeting's account system, and of those registered for it."""
    registered = (
        select(AttendeeRow.id)
        .join(MeetingRow, col(MeetingRow.id) == AttendeeRow.meeting_id)
        .where(AttendeeRow.member_id == MemberRow.id, MeetingRow.code == meeting.code)
        .exists()
    )
    # A member of an earlier account system who is registered comes before a namesake of this one.
    return (
        select(MemberRow)
        .where(sa.or_(col(MemberRow.accounts) == meeting.accounts, registered))
        .order_by(registered.desc(), col(MemberRow.id))
    )


def find_by_username(db: Session, meeting: Meeting, username: str) -> MemberRow | None:
    """The member whom the meeting's folder means by this username, or None."""
    query = members_of(meeting).where(MemberRow.username == username.strip().casefold())
    return cast(MemberRow | None, db.exec(query.limit(1)).one_or_none())


def identify(
    db: Session, meeting: Meeting, issuer: str, subject: str, username: str, *, now: datetime
) -> int:
    """The id of the member whom an issuer has authenticated; binds the subject at first.

    Raises MemberNotFound and SubjectMismatch.
    """
    bound = (
        members_of(meeting)
        .join(MemberSubjectRow, col(MemberSubjectRow.member_id) == MemberRow.id)
        .where(MemberSubjectRow.issuer == issuer, MemberSubjectRow.subject == subject)
    )
    member = cast(MemberRow | None, db.exec(bound.limit(1)).one_or_none())
    if member is not None:
        return cast(int, member.id)
    member = find_by_username(db, meeting, username)
    if member is None:
        raise MemberNotFound
    # Of two simultaneous logins with different subjects, the first binds the member.
    values = {"member_id": member.id, "issuer": issuer, "subject": subject, "linked_at": now}
    db.exec(insert_into(db, MemberSubjectRow).values(values).on_conflict_do_nothing())
    if db.get_one(MemberSubjectRow, (member.id, issuer)).subject != subject:
        raise SubjectMismatch
    return cast(int, member.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnboundMember:
    """A member whom staff have unbound: subjects forgotten, and valid sign-ins ended with them."""

    username: str
    subjects: int
    ended: int


async def unbind(
    meeting: str, username: str, *, reason: str, actor: str, now: datetime
) -> UnboundMember:
    """Forget the subjects of a member; the next single sign-on with the username binds one.

    Whoever signed in as the former subject is no longer the member, so all sign-ins of the member's
    registrations end, which their history tells. Raises MeetingNotFound, MemberNotFound and
    ReasonMissing.
    """
    if not reason.strip():
        raise own_sign_ins.ReasonMissing

    def forget(db: Session) -> UnboundMember:
        row = programme_cache.meeting_by_code(db, meeting)
        terms = programme_cache.get_in(db, cast(int, row.id), row.version).meeting
        member = find_by_username(db, terms, username)
        if member is None:
            raise MemberNotFound
        registered = select(AttendeeRow).where(AttendeeRow.member_id == member.id)
        ended = sum(
            own_sign_ins.end_of_registration(
                db, attendee, reason=f"{UNBOUND}: {reason.strip()}", actor=actor, now=now
            )
            for attendee in db.exec(registered.order_by(col(AttendeeRow.id)).with_for_update())
        )
        subjects = sa.delete(MemberSubjectRow).where(col(MemberSubjectRow.member_id) == member.id)
        forgotten = db.exec(subjects).rowcount
        return UnboundMember(username=member.username, subjects=forgotten, ended=ended)

    return await write(forget)
