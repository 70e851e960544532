"""Tables of members and attendees."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel, col

from cme_reflex.store.columns import UtcDateTime


class MemberRow(SQLModel, table=True):
    """A member's account. `username` is stored in lower case, and unique among `accounts`.

    `accounts` is `Meeting.accounts` of the meetings with the same account system. A sign-in may
    update `password_hash` to newer parameters; `loaded_hash` is a digest of the hash in the folder,
    so that loading the folder again changes nothing. `former_email` is the address before the last
    change, at `email_changed_at`. A password that was set by a link to a new address counts as weak
    until `password_trusted_from`.
    """

    __tablename__ = "member"
    __table_args__ = (sa.UniqueConstraint("accounts", "username"),)

    id: int | None = Field(default=None, primary_key=True)
    accounts: str
    username: str
    last_name: str
    first_name: str
    suffix: str = ""
    email: str = ""
    password_hash: str
    loaded_hash: str
    former_email: str = ""
    email_changed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    password_trusted_from: datetime | None = Field(default=None, sa_type=UtcDateTime)


class MemberSubjectRow(SQLModel, table=True):
    """A member's subject at an OpenID Connect issuer, linked at the first single sign-on."""

    __tablename__ = "member_subject"
    __table_args__ = (sa.Index("ix_member_subject_issuer", "issuer", "subject"),)

    member_id: int = Field(foreign_key="member.id", primary_key=True)
    issuer: str = Field(primary_key=True)
    subject: str
    linked_at: datetime = Field(sa_type=UtcDateTime)


class AttendeeRow(SQLModel, table=True):
    """A registration for one meeting. `name_key` is the last name as compared at sign-in.

    `profession` is the code of one of the meeting's professions. Browsers that signed in until
    `browsers_forgotten_at` are not known any more, and choices and links that were pending then
    do not sign in; weak ones that were pending at `weak_ended_at` do not either.
    `email_changed_at` is the last change of the address, and `former_email` the address before it.
    Whoever left the list of registrations does not sign in from `blocked_at` on; the claim stays.
    """

    __tablename__ = "attendee"
    __table_args__ = (
        sa.UniqueConstraint("meeting_id", "badge"),
        sa.UniqueConstraint("meeting_id", "confirmation"),
    )

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int = Field(foreign_key="meeting.id")
    member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    last_name: str
    first_name: str
    suffix: str = ""
    name_key: str
    badge: str
    confirmation: str
    email: str = ""
    profession: str
    registration_type: str
    name_on_certificate: str | None = None
    corrected_profession: str | None = None
    former_email: str = ""
    email_changed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    browsers_forgotten_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    weak_ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    blocked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


IS_LISTED = col(AttendeeRow.blocked_at).is_(None)
"""Whether a registration is in the list of registrations, so that somebody can sign in with it."""


class RegistrationAuditRow(SQLModel, table=True):
    """An entry of a registration's audit log. Append-only; `what` is a RegistrationEvent."""

    __tablename__ = "registration_audit"
    __table_args__ = (
        sa.CheckConstraint("what IN ('reporting data changed', 'sign-ins ended')", name="what"),
    )

    id: int | None = Field(default=None, primary_key=True)
    attendee_id: int = Field(foreign_key="attendee.id", index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    what: str
    reason: str = ""
