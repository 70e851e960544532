"""A small meeting for tests, built without files; a test changes only what it is about."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from argon2 import PasswordHasher

from cme_reflex.domain.credit.claimable import OverlapPolicy
from cme_reflex.domain.credit.quarters import Quarters, parse_hours
from cme_reflex.domain.evaluations.form import Form, Question, QuestionKind
from cme_reflex.domain.meetings.meeting import (
    Branding,
    ClaimTerms,
    CreditType,
    Meeting,
    Provider,
    RegistrationType,
    ReportingTerms,
)
from cme_reflex.domain.programme.programme import Delivery
from cme_reflex.formats.meeting_folder.records import (
    AttendeeRecord,
    MeetingFolder,
    MemberRecord,
    SessionRecord,
)

ZONE = ZoneInfo("America/Los_Angeles")
PASSWORD = "face-lift-2024"
# One round of hashing, because these tests do not depend on its cost.
_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)

MEETING = Meeting(
    code="test24",
    name="The Test Meeting 2024",
    short_name="TEST24",
    starts_on=date(2024, 9, 26),
    ends_on=date(2024, 9, 29),
    time_zone=str(ZONE),
    location="San Diego, California",
    format="Live activity",
    overlap_policy=OverlapPolicy.RESOLVE,
    provider=Provider(
        name="Society of Tests",
        short_name="SOT",
        account_name="society.example",
        help_contact="Member Services",
        help_email="help@example.org",
        accreditation_statement="Accredited.",
        designation_statement="Designated.",
    ),
    look=Branding(accent="#0b5563", accent_dark="#7fd3dd"),
    claim=ClaimTerms(
        opens_at=datetime(2024, 9, 26, 15, tzinfo=UTC),
        closes_at=datetime(2030, 12, 31, 23, tzinfo=UTC),
        note="Credits claimed are the maximum number of credits allowed.",
        attestation="I attest.",
    ),
    category1=CreditType(label="Category 1", name="AMA PRA", maximum=Quarters(40)),
    safety=CreditType(label="Patient Safety", name="Patient Safety", maximum=Quarters(8)),
    registration_types=(
        RegistrationType(code="full", label="Full"),
        RegistrationType(code="day", label="One day", maximum=Quarters(6)),
    ),
    session_form=Form(
        (
            Question(key="objectives", kind=QuestionKind.SCALE, text="Were the objectives met?"),
            Question(key="comment", kind=QuestionKind.TEXT, text="Comments"),
        )
    ),
    overall_form=Form(
        (
            Question(key="bias", kind=QuestionKind.YES_NO, text="Free of bias?", required=True),
            Question(key="change", kind=QuestionKind.SOME_OF, text="Change?", options=("A", "B")),
        )
    ),
    reporting=ReportingTerms(
        name="Learner Credit Reporting",
        consent_version="1",
        text="We can report.",
        consent="I consent.",
        boards=("ABS",),
        pars_activity_id="202412345",
    ),
    privacy="Kept six years.",
)


def _at(clock: str) -> datetime:
    hour, minute = clock.split(":")
    return datetime(2024, 9, 26, int(hour), int(minute), tzinfo=ZONE).astimezone(UTC)


def session(code: str, start: str, end: str, hours: str, **more: Any) -> SessionRecord:
    """A session on Sep 26 between two wall clock times, with its Category 1 hours."""
    fields: dict[str, Any] = {
        "title": f"Session {code}",
        "kind": "panel",
        "track": "Breast",
        "room": "6A",
        "speakers": ("Ana Restrepo, MD",),
        "delivery": Delivery.BOTH,
        "safety": Quarters(0),
        "eligible": True,
        "on_demand_from": datetime(2024, 10, 14, 15, tzinfo=UTC),
    }
    return SessionRecord(
        code=code,
        starts_at=_at(start),
        ends_at=_at(end),
        quarters=parse_hours(hours),
        **{**fields, **more},
    )


SESSIONS = (
    session("A", "8:00", "9:30", "1.50", safety=Quarters(4)),
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
        "is_physician": True,
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


def with_terms(**terms: Any) -> Meeting:
    """The meeting with other terms of claiming."""
    return replace(MEETING, claim=replace(MEETING.claim, **terms))
