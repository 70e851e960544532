"""A small meeting as a value; a test changes only what it is about."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from cme_reflex.domain.credit.claimable import OverlapPolicy
from cme_reflex.domain.credit.credit_type import Amount, CreditStatements, CreditType, Receiver
from cme_reflex.domain.evaluations.form import Form, Question, QuestionKind
from cme_reflex.domain.meetings.meeting import (
    Branding,
    ClaimTerms,
    Meeting,
    Profession,
    Provider,
    RegistrationType,
    ReportingTerms,
)

ZONE = ZoneInfo("America/Los_Angeles")

CATEGORY1 = CreditType(
    code="category1",
    label="Category 1",
    name_one="AMA PRA Category 1 Credit™",
    name_many="AMA PRA Category 1 Credits™",
    maximum=Amount(40),
    registration_maxima={"day": Amount(6)},
    awarded_to=frozenset({"physician"}),
    participation_for=frozenset({"other"}),
    statements=CreditStatements(accreditation="Accredited.", designation="Designated."),
    reported_to=Receiver.PARS,
)
SAFETY = CreditType(
    code="safety",
    label="Patient Safety",
    name_one="Patient Safety",
    name_many="Patient Safety",
    maximum=Amount(8),
    part_of="category1",
    reported_to=Receiver.PARS,
)

# What a submitted version keeps of them: not the limits, which are no part of a proof.
SUBMITTED_CATEGORY1 = replace(CATEGORY1, maximum=None, registration_maxima={})
SUBMITTED_SAFETY = replace(SAFETY, maximum=None)

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
    ),
    look=Branding(accent="#0b5563", accent_dark="#7fd3dd"),
    claim=ClaimTerms(
        opens_at=datetime(2024, 9, 26, 15, tzinfo=UTC),
        closes_at=datetime(2030, 12, 31, 23, tzinfo=UTC),
        note="Credits claimed are the maximum number of credits allowed.",
        attestation="I attest.",
    ),
    credit_types=(CATEGORY1, SAFETY),
    professions=(
        Profession(code="physician", label="Physician (MD or DO)", degrees=("MD", "DO")),
        Profession(code="other", label="Other"),
    ),
    registration_types=(
        RegistrationType(code="full", label="Full"),
        RegistrationType(code="day", label="One day"),
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


def with_terms(**terms: Any) -> Meeting:
    """The meeting with other terms of claiming."""
    return replace(MEETING, claim=replace(MEETING.claim, **terms))
