"""Hypothesis strategies for meeting folders: valid ones, with every kind of value in them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from cme_reflex.domain.credit.claimable import OverlapPolicy
from cme_reflex.domain.credit.credit_type import (
    Amount,
    CreditStatements,
    CreditType,
    Need,
    Partial,
    Rounding,
)
from cme_reflex.domain.evaluations.form import Form, Question, QuestionKind
from cme_reflex.domain.meetings.meeting import Meeting, PaperSize, ProfessionBy, SignInTerms
from cme_reflex.domain.programme.programme import Delivery
from cme_reflex.formats.meeting_folder.records import (
    AttendeeRecord,
    MeetingFolder,
    MemberRecord,
    SessionRecord,
)
from tests.support.files.folder_files import PASSWORD_HASH
from tests.support.files.programme_strategies import texts
from tests.support.values.meeting_values import CATEGORY1, MEETING, SAFETY

written = st.text(st.characters(codec="utf-8"), max_size=30)
"""Texts of meeting.toml: whatever a text in quotes can say, over several lines, too."""

zones = st.sampled_from(["America/Chicago", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"])
moments = st.datetimes(datetime(2023, 1, 1), datetime(2025, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
increments = st.sampled_from([Fraction(1, 4), Fraction(1, 2), Fraction(1), Fraction(1, 10)])


def _questions() -> st.SearchStrategy[Question]:
    common = {"text": written, "required": st.booleans()}
    return st.one_of(
        st.builds(
            Question,
            key=texts,
            kind=st.just(QuestionKind.SCALE),
            points=st.integers(3, 10),
            low=written,
            high=written,
            **common,
        ),
        st.builds(
            Question,
            key=texts,
            kind=st.sampled_from([QuestionKind.ONE_OF, QuestionKind.SOME_OF]),
            options=st.lists(written, min_size=2, max_size=4, unique=True).map(tuple),
            **common,
        ),
        st.builds(
            Question,
            key=texts,
            kind=st.sampled_from([QuestionKind.YES_NO, QuestionKind.TEXT]),
            tags=st.lists(written, max_size=2).map(tuple),
            **common,
        ),
    )


forms = st.lists(_questions(), max_size=3, unique_by=lambda question: question.key).map(
    lambda questions: Form(tuple(questions))
)


@st.composite
def _credit_types(draw: st.DrawFn, closes_at: datetime) -> tuple[CreditType, ...]:
    """A primary type, a subset of it that gives durations, and another primary type."""
    increment = draw(increments)
    statements = st.builds(CreditStatements, accreditation=written, award=written)
    maximum = draw(st.none() | st.integers(20, 300).map(Amount))
    shared: dict[str, Any] = {"increment": increment, "maximum": maximum, "reported_to": "none"}
    primary = replace(
        CATEGORY1,
        **shared,
        label=draw(written),
        name_one=draw(written),
        registration_maxima=draw(st.sampled_from([{}, {"day": Amount(6)}])),
        statements=draw(statements),
        identifier_label=draw(written),
        closes_at=draw(st.none() | st.just(closes_at)),
    )
    subset = replace(SAFETY, **shared, from_duration=draw(st.booleans() | st.none()))
    other = CreditType(
        code="other-credit",
        label=draw(written),
        name_one="hour",
        name_many=draw(written),
        increment=draw(increments),
        minutes_per_unit=draw(st.sampled_from([60, 50])),
        rounding=draw(st.sampled_from(Rounding)),
        minimum=draw(st.sampled_from([0, 30])),
        partial=draw(st.sampled_from(Partial)),
        display_divisor=draw(st.sampled_from([1, 10])),
        daily_maximum=draw(st.none() | st.just(Amount(12))),
        needs=draw(st.sampled_from([Need.NONE, Need.SESSION_EVALUATION])),
        awarded_to=frozenset({"physician"}),
    )
    return primary, subset, other


@st.composite
def _meetings(draw: st.DrawFn) -> Meeting:
    opens_at = draw(moments)
    closes_at = opens_at + draw(st.timedeltas(timedelta(minutes=1), timedelta(days=400)))
    types = draw(_credit_types(closes_at))
    claim = replace(
        MEETING.claim,
        opens_at=opens_at,
        closes_at=closes_at,
        note=draw(written),
        attestation=draw(written),
        session_evaluations_required=draw(st.booleans()),
        on_demand_from=draw(st.none() | moments),
    )
    return replace(
        MEETING,
        name=draw(written),
        location=draw(written),
        time_zone=draw(zones),
        overlap_policy=draw(st.sampled_from(OverlapPolicy)),
        paper=draw(st.sampled_from(PaperSize)),
        profession_by=draw(st.sampled_from(ProfessionBy)),
        provider=replace(MEETING.provider, help_contact=draw(written)),
        claim=claim,
        credit_types=types,
        session_form=draw(forms),
        overall_form=draw(forms),
        privacy=draw(written),
        sign_in=draw(st.builds(SignInTerms, badge_alone=st.booleans(), accounts=written)),
        additional_days=draw(
            st.lists(st.dates(date(2024, 9, 1), date(2024, 9, 20)), max_size=2).map(tuple)
        ),
    )


@st.composite
def _sessions(draw: st.DrawFn, meeting: Meeting) -> SessionRecord:
    starts_at = draw(moments).replace(microsecond=0)
    delivery = draw(st.sampled_from(Delivery))
    primary, subset, other = meeting.credit_types
    most = draw(st.integers(0, 12))
    amounts = {
        primary.code: most,
        subset.code: draw(st.integers(0, most)),
        other.code: draw(st.integers(0, 8)),
    }
    credit = {code: Amount(amount) for code, amount in amounts.items() if amount}
    eligible = bool(credit) and draw(st.booleans())
    release = draw(st.none() | moments.map(lambda moment: moment.replace(microsecond=0)))
    releases = {
        Delivery.LIVE: None,
        Delivery.BOTH: release or meeting.claim.on_demand_from,
        Delivery.ON_DEMAND: release or starts_at,
    }
    return SessionRecord(
        code=draw(texts),
        title=draw(texts),
        kind=draw(texts),
        track=draw(texts),
        room=draw(texts),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=draw(st.integers(0, 600))),
        speakers=tuple(draw(st.lists(texts.map(_without_semicolon), max_size=2))),
        delivery=delivery,
        credit=credit if eligible else {},
        eligible=eligible,
        identifiers={primary.code: "0730-1"} if draw(st.booleans()) else {},
        faculty_badges=draw(st.sampled_from([frozenset(), frozenset({"101"})])),
        on_demand_from=releases[delivery],
    )


def _without_semicolon(text: str) -> str:
    return f"Dr. {text.replace(';', '')}".strip()


@st.composite
def _folders(draw: st.DrawFn) -> MeetingFolder:
    meeting = draw(_meetings())
    sessions = st.lists(_sessions(meeting), max_size=4, unique_by=lambda each: each.code)
    members = [
        MemberRecord(
            username=username,
            last_name=draw(texts),
            first_name=draw(texts),
            suffix="",
            email="",
            password_hash=draw(st.sampled_from(["", PASSWORD_HASH])),
        )
        for username in ("kim", "lee")
    ]
    attendees = [
        AttendeeRecord(
            last_name=f"Kim {draw(texts)}".strip(),
            first_name=draw(texts),
            suffix=draw(st.sampled_from(["", "Jr"])),
            badge=badge,
            confirmation=f"C{badge}",
            email=draw(st.sampled_from(["", "kim@example.org"])),
            profession=draw(st.sampled_from(["physician", "other"])),
            registration_type=draw(st.sampled_from(["full", "day"])),
            member=draw(st.sampled_from([None, "kim"])),
        )
        for badge in ("101", "102")
    ]
    return MeetingFolder(
        meeting=meeting,
        sessions=tuple(draw(sessions)),
        attendees=tuple(attendees),
        members=tuple(members),
    )


folders = _folders()
