"""Presenter of the account."""

from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from cme_reflex.domain.claims.account import (
    AccountEntry,
    Credit,
    ReportingState,
    ReportingSummary,
    SubmittedVersion,
    build_account,
)
from cme_reflex.domain.claims.claim import ClaimPeriod, ClaimStatus
from cme_reflex.domain.claims.proof import ProofState
from cme_reflex.domain.credit.credit_type import Amount
from cme_reflex.state.views import view_models
from cme_reflex.state.views.account_presenter import account_view
from tests.support.values.meeting_values import CATEGORY1, SAFETY

AT = datetime(2024, 11, 1, 12, tzinfo=UTC)
NEWEST = SubmittedVersion(
    number="TEST24-7KQM-X4WD",
    submitted_at=AT,
    credits=(
        Credit(CATEGORY1, Amount(5), Amount(6)),
        Credit(SAFETY, Amount(1), Amount(1)),
    ),
    state=ProofState.VALID,
)
OLDER = replace(
    NEWEST,
    number="TEST24-2222-2222",
    credits=(
        Credit(CATEGORY1, Amount(6), Amount(6)),
        Credit(SAFETY, Amount(1), Amount(1)),
    ),
    state=ProofState.REPLACED,
)
ENTRY = AccountEntry(
    attendee_id=7,
    meeting="The Test Meeting 2024",
    short_name="TEST24",
    provider="Society of Tests",
    location="San Diego, California",
    starts_on=date(2024, 9, 26),
    ends_on=date(2024, 9, 29),
    zone=ZoneInfo("America/Los_Angeles"),
    badge="101",
    registration="Full",
    is_current=True,
    period=ClaimPeriod.OPEN,
    opens_at=datetime(2024, 9, 26, 15, tzinfo=UTC),
    closes_at=datetime(2025, 2, 23, 21, tzinfo=UTC),
    status=ClaimStatus.SUBMITTED,
    sessions=2,
    versions=(NEWEST, OLDER),
    reporting=ReportingSummary(),
)


def shown(entry: AccountEntry) -> view_models.EntryView:
    """The only entry of an account."""
    view = account_view(build_account("Kim", "kim", [entry]))
    return next(each for each in (*view.open, *(c for year in view.years for c in year.claims)))


def test_a_submitted_claim_is_shown_with_its_versions() -> None:
    view = account_view(build_account("Kim", "kim", [ENTRY]))
    newest = view_models.VersionView(
        number="TEST24-7KQM-X4WD",
        submitted="Nov 1, 2024, 5:00 am PT",
        claimed="1.25 hours, of which 0.25 Patient Safety",
        credits=[
            view_models.FigureView("Category 1", "1.25"),
            view_models.FigureView("Patient Safety", "0.25"),
        ],
        certificates=[
            view_models.CertificateLink(
                "Certificate TEST24-7KQM-X4WD", "/certificate/TEST24-7KQM-X4WD.pdf"
            )
        ],
        less="Of 1.50 hours attended, 1.25 are claimed.",
    )
    older = replace(
        newest,
        number="TEST24-2222-2222",
        claimed="1.50 hours, of which 0.25 Patient Safety",
        credits=[view_models.FigureView("Category 1", "1.50"), newest.credits[1]],
        certificates=[
            view_models.CertificateLink(
                "Certificate TEST24-2222-2222", "/certificate/TEST24-2222-2222.pdf"
            )
        ],
        less="",
        state="replaced",
    )
    claim = view_models.EntryView(
        key="TEST24 101",
        meeting="The Test Meeting 2024",
        short_name="TEST24",
        when="September 26–29, 2024, San Diego, California",
        registered="Full, badge 101",
        status="Submitted",
        act="",
        other="",
        valid=newest,
        replaced=[older],
        reporting="",
        reason="",
        tone="quiet",
        report="Learner credit reporting",
    )
    year = view_models.YearView(
        year="2024",
        total=view_models.SumView("1.25", "hours", "0.25 Patient Safety"),
        claims=[claim],
    )
    assert view == view_models.AccountView(
        name="Kim",
        member="kim",
        total=view_models.SumView("1.25", "hours in total", "0.25 Patient Safety"),
        claims="1 claim",
        years=[year],
    )


@pytest.mark.parametrize(
    ("status", "sessions", "period", "expected", "act"),
    [
        (None, 0, ClaimPeriod.OPEN, "Not submitted. Nothing added yet. Claims close on "
         "Feb 23, 2025, 1:00 pm PT.", "Start your claim"),
        (None, 0, ClaimPeriod.NOT_OPEN, "Not submitted. Nothing added yet. Claims open on "
         "Sep 26, 2024, 8:00 am PT.", ""),
        (ClaimStatus.DRAFT, 1, ClaimPeriod.OPEN, "Not submitted. 1 session added. Claims close on "
         "Feb 23, 2025, 1:00 pm PT.", "Continue your claim"),
        (ClaimStatus.DRAFT, 2, ClaimPeriod.CLOSED, "Not submitted. 2 sessions added. Claims closed "
         "on Feb 23, 2025, 1:00 pm PT.", ""),
        (ClaimStatus.REOPENED, 2, ClaimPeriod.OPEN, "Reopened until Feb 23, 2025, 1:00 pm PT. "
         "Until you submit again, this version stays valid.", "Continue your claim"),
        (ClaimStatus.REOPENED, 2, ClaimPeriod.CLOSED, "Submitted", ""),
        (ClaimStatus.SUBMITTED, 2, ClaimPeriod.OPEN, "Submitted", ""),
    ],
)  # fmt: skip
def test_a_claim_has_its_status_and_its_action(
    status: ClaimStatus | None, sessions: int, period: ClaimPeriod, expected: str, act: str
) -> None:
    versions = (NEWEST,) if status in (ClaimStatus.SUBMITTED, ClaimStatus.REOPENED) else ()
    entry = replace(ENTRY, status=status, sessions=sessions, period=period, versions=versions)
    assert (shown(entry).status, shown(entry).act) == (expected, act)
    if status is not None:
        other = shown(replace(entry, is_current=False))
        assert (other.act, other.other) == ("", "7")


@pytest.mark.parametrize(
    ("reporting", "expected", "tone"),
    [
        (ReportingSummary(), "", "quiet"),
        (ReportingSummary(ReportingState.OPTED_IN, AT),
         "Opted in on November 1, 2024. Not reported to ACCME yet.", "quiet"),
        (ReportingSummary(ReportingState.EXPORTED, AT),
         "Reported to ACCME on November 1, 2024.", "done"),
        (ReportingSummary(ReportingState.REJECTED, AT, "No license"),
         "ACCME rejected the record of November 1, 2024:", "warning"),
        (ReportingSummary(ReportingState.WITHDRAWN, AT),
         "Consent withdrawn on November 1, 2024. Nothing will be reported.", "quiet"),
        (ReportingSummary(ReportingState.WITHDRAWN_LATER, AT),
         "Consent withdrawn on November 1, 2024. "
         "The reported credit will be deleted with the next report.", "quiet"),
    ],
)  # fmt: skip
def test_the_reporting_has_its_status_and_its_tone(
    reporting: ReportingSummary, expected: str, tone: str
) -> None:
    view = shown(replace(ENTRY, reporting=reporting))
    assert (view.reporting, view.reason, view.tone) == (expected, reporting.reason, tone)
    correct = "Correct your information"
    assert view.report == (correct if tone == "warning" else "Learner credit reporting")
    assert shown(replace(ENTRY, reporting=reporting, is_current=False)).report == ""


def test_reporting_that_is_not_offered_has_no_link() -> None:
    view = shown(replace(ENTRY, reporting=ReportingSummary(ReportingState.NOT_OFFERED)))
    assert (view.reporting, view.report) == ("", "")


def test_years_and_meetings_are_newest_first_and_a_claim_without_versions_is_open() -> None:
    entries = [
        replace(ENTRY, short_name=name, ends_on=day)
        for name, day in (("A", date(2023, 3, 1)), ("B", date(2024, 3, 1)), ("C", date(2023, 9, 1)))
    ]
    draft = replace(ENTRY, short_name="D", versions=(), status=ClaimStatus.DRAFT, is_current=False)
    elsewhere = replace(draft, short_name="E", status=None, period=ClaimPeriod.CLOSED)
    view = account_view(build_account("Kim", None, [*entries, draft, elsewhere]))
    assert [(year.year, [each.short_name for each in year.claims]) for year in view.years] == [
        ("2024", ["B"]),
        ("2023", ["C", "A"]),
    ]
    assert [each.short_name for each in view.open] == ["D"]
    assert (view.claims, view.total.amount, view.member) == ("3 claims", "3.75", "")


def test_several_primary_types_are_named_and_have_their_own_certificates() -> None:
    european = replace(CATEGORY1, code="european", label="European", increment=Fraction(1, 2))
    both = (*NEWEST.credits, Credit(european, Amount(3), Amount(3)))
    view = account_view(
        build_account("Kim", None, [replace(ENTRY, versions=(replace(NEWEST, credits=both),))])
    )
    assert view.total == view_models.SumView(
        "1.25", "hours, Category 1 in total", "0.25 Patient Safety, 1.5 European"
    )
    valid = view.years[0].claims[0].valid
    assert valid.claimed == "1.25 Category 1, of which 0.25 Patient Safety; 1.5 European"
    assert valid.certificates == [
        view_models.CertificateLink(
            "Category 1 certificate TEST24-7KQM-X4WD", "/certificate/TEST24-7KQM-X4WD.pdf"
        ),
        view_models.CertificateLink(
            "European certificate TEST24-7KQM-X4WD", "/certificate/TEST24-7KQM-X4WD/european.pdf"
        ),
    ]
