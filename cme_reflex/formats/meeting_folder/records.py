"""Records of a meeting folder, without database ids."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cme_reflex.domain.credit.credit_type import Amounts
from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.domain.programme.programme import Delivery
from cme_reflex.formats.meeting_folder.credit.old_folders import Places


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRecord:
    """One row of sessions.csv. Instants are aware UTC.

    `credit` has the credit types of which the session gives credit; `identifiers` are the session's
    by credit type, such as the number under which an accreditor lists it.
    """

    code: str
    title: str
    kind: str
    track: str
    room: str
    starts_at: datetime
    ends_at: datetime
    speakers: tuple[str, ...]
    delivery: Delivery
    credit: Amounts
    eligible: bool
    identifiers: Mapping[str, str] = field(default_factory=dict)
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
    profession: str  # a code of the meeting's
    registration_type: str
    member: str | None  # the member's user name, in lower case


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRecord:
    """One row of members.csv. The user name is in lower case, the password an argon2 hash.

    `hash_as_exported`: the hash is the one that an export wrote, so an existing member's password,
    which may have changed since, stays.
    """

    username: str
    last_name: str
    first_name: str
    suffix: str
    email: str
    password_hash: str
    hash_as_exported: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingFolder:
    """The contents of a meeting folder, in the order of its files.

    `based_on_version` is the meeting's version that it was exported from, if it was.
    """

    meeting: Meeting
    sessions: tuple[SessionRecord, ...]
    attendees: tuple[AttendeeRecord, ...]
    members: tuple[MemberRecord, ...]
    images: Mapping[str, bytes] = field(default_factory=dict)  # by digest
    places: Places = field(default_factory=dict, compare=False)  # of an old folder's keys
    based_on_version: int | None = field(default=None, compare=False)
