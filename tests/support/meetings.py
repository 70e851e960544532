"""A small meeting for tests, built without files; a test changes only what it is about."""

from datetime import UTC, datetime
from typing import Any

from argon2 import PasswordHasher

from cme_reflex.domain.credit.credit_type import Amount
from cme_reflex.domain.programme.programme import Delivery
from cme_reflex.formats.meeting_folder.records import (
    AttendeeRecord,
    MeetingFolder,
    MemberRecord,
    SessionRecord,
)
from tests.support.values.meeting_values import (
    CATEGORY1,
    MEETING,
    ZONE,
    with_terms,  # noqa: F401 - tests import the whole meeting from here
)

PASSWORD = "face-lift-2024"
# One round of hashing, because these tests do not depend on its cost.
_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def _at(clock: str) -> datetime:
    hour, minute = clock.split(":")
    return datetime(2024, 9, 26, int(hour), int(minute), tzinfo=ZONE).astimezone(UTC)


def session(
    code: str, start: str, end: str, hours: str, *, safety: int = 0, **more: Any
) -> SessionRecord:
    """A session on Sep 26 between two wall clock times, with its hours of Category 1.

    `safety` is the part that is Patient Safety, in quarter hours.
    """
    amounts = {"category1": CATEGORY1.parse(hours), "safety": Amount(safety)}
    fields: dict[str, Any] = {
        "title": f"Session {code}",
        "kind": "panel",
        "track": "Breast",
        "room": "6A",
        "speakers": ("Ana Restrepo, MD",),
        "delivery": Delivery.BOTH,
        "credit": {of: amount for of, amount in amounts.items() if amount},
        "eligible": True,
        "on_demand_from": datetime(2024, 10, 14, 15, tzinfo=UTC),
    }
    return SessionRecord(
        code=code,
        starts_at=_at(start),
        ends_at=_at(end),
        **{**fields, **more},
    )


SESSIONS = (
    session("A", "8:00", "9:30", "1.50", safety=4),
    session("B", "9:45", "11:45", "2.00"),
    session(
        "C", "9:00", "10:30", "1.50", delivery=Delivery.LIVE, faculty_badges=frozenset({"102"})
    ),
    session("D", "8:00", "10:00", "2.00", delivery=Delivery.ON_DEMAND),
    session("COM", "12:00", "13:00", "0.00", kind="committee", eligible=False),
)


def attendee(badge: str, last_name: str, **more: Any) -> AttendeeRecord:
    """An attendee whose confirmation number is the badge with CONF before it."""
    fields: dict[str, Any] = {
        "first_name": "Kim",
        "suffix": "",
        "confirmation": f"CONF{badge}",
        "email": "",
        "profession": "physician",
        "registration_type": "full",
        "member": None,
    }
    return AttendeeRecord(badge=badge, last_name=last_name, **{**fields, **more})


ATTENDEES = (
    attendee("101", "O'Brien-Núñez", suffix="Jr", member="kim"),
    attendee("102", "Smith"),
    attendee("103", "Smith", registration_type="day"),
)


def member(username: str) -> MemberRecord:
    """A member with the password PASSWORD."""
    return MemberRecord(
        username=username,
        last_name="Kim",
        first_name="Kim",
        suffix="",
        email="",
        password_hash=_HASH,
    )


FOLDER = MeetingFolder(
    meeting=MEETING,
    sessions=SESSIONS,
    attendees=ATTENDEES,
    members=(member("kim"), member("unregistered")),
)
