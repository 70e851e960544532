"""Records of a meeting folder, without database ids."""

from dataclasses import dataclass
from datetime import datetime

from cme_reflex.domain.credit.quarters import Quarters
from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.domain.programme.programme import Delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRecord:
    """One row of sessions.csv. Instants are aware UTC, credit is in quarter hours."""

    code: str
    title: str
    kind: str
    track: str
    room: str
    starts_at: datetime
    ends_at: datetime
    speakers: tuple[str, ...]
    delivery: Delivery
    quarters: Quarters
    safety: Quarters
    eligible: bool
    faculty_badges: frozenset[str] = frozenset()
    on_demand_from: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendeeRecord:
    """One row of attendees.csv. Badge and confirmation number are normalized by `number_key`."""

    last_name: str
    first_name: str
    suffix: str
    badge: str
    confirmation: str
    email: str
    is_physician: bool
    registration_type: str
    member: str | None  # the member's user name, in lower case


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRecord:
    """One row of members.csv. The user name is in lower case, the password an argon2 hash."""

    username: str
    last_name: str
    first_name: str
    suffix: str
    email: str
    password_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingFolder:
    """The contents of a meeting folder, in the order of its files."""

    meeting: Meeting
    sessions: tuple[SessionRecord, ...]
    attendees: tuple[AttendeeRecord, ...]
    members: tuple[MemberRecord, ...]
