"""Members as one account system knows them: by username, or by an issuer's subject.

A username is that of another person in another account system, and an issuer may give it to
somebody else later. A member is therefore bound to the issuer's subject at the first single
sign-on, and recognized by it from then on (OpenID Connect Core 5.7).
"""

from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlmodel import Session, col, select

from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.store.meetings.tables import MeetingRow
from cme_reflex.store.people.tables import AttendeeRow, MemberRow, MemberSubjectRow
from cme_reflex.store.upsert import insert_into


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


def unbind(db: Session, member_id: int) -> int:
    """Forget the subjects of a member; the next single sign-on binds one. Returns their number."""
    statement = sa.delete(MemberSubjectRow).where(col(MemberSubjectRow.member_id) == member_id)
    return db.exec(statement).rowcount
