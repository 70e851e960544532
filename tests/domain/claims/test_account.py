"""A person's account: which year a claim belongs to, what counts, and what is still open."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from cme_reflex.domain.claims.account import (
    Account,
    AccountEntry,
    AccountYear,
    Credit,
    ReportingState,
    ReportingSummary,
    SubmittedVersion,
    build_account,
    total_credit,
)
from cme_reflex.domain.claims.claim import ClaimPeriod, ClaimStatus
from cme_reflex.domain.claims.proof import ProofState
from cme_reflex.domain.credit.credit_type import Amount, CreditType
from tests.support.values.credit_values import AMA, ANCC, EACCME, SAFETY, credit_type

NOON = datetime(2024, 11, 1, 12, tzinfo=UTC)


def of(credit: CreditType, claimed: int, attended: int | None = None) -> Credit:
    return Credit(credit, Amount(claimed), Amount(claimed if attended is None else attended))


def credits_of(ama: int, safety: int) -> tuple[Credit, ...]:
    return of(AMA, ama), of(SAFETY, safety)


def submitted(
    ama: int,
    safety: int = 0,
    *,
    at: datetime = NOON,
    state: ProofState = ProofState.VALID,
) -> SubmittedVersion:
    return submitted_of(*credits_of(ama, safety), at=at, state=state)


def submitted_of(
    *of_types: Credit, at: datetime = NOON, state: ProofState = ProofState.VALID
) -> SubmittedVersion:
    return SubmittedVersion(
        number="TEST24-7KQM-X4WD", submitted_at=at, credits=of_types, state=state
    )


def entry(
    ends_on: date,
    *versions: SubmittedVersion,
    meeting: str = "The Test Meeting",
    badge: str = "101",
    status: ClaimStatus | None = ClaimStatus.SUBMITTED,
    is_current: bool = False,
) -> AccountEntry:
    """A registration for a meeting that ended on this day, and what was submitted of it."""
    return AccountEntry(
        attendee_id=1,
        meeting=meeting,
        short_name="TEST",
        provider="Society of Tests",
        location="San Diego, California",
        starts_on=ends_on - timedelta(days=3),
        ends_on=ends_on,
        zone=ZoneInfo("America/Los_Angeles"),
        badge=badge,
        registration="Full",
        is_current=is_current,
        period=ClaimPeriod.OPEN,
        opens_at=NOON,
        closes_at=NOON + timedelta(days=100),
        status=status,
        sessions=2,
        versions=versions,
        reporting=ReportingSummary(),
    )


IN_2023 = entry(date(2023, 10, 29), submitted(10, 3))
IN_2024 = entry(date(2024, 9, 29), submitted(34, 5))


def test_an_account_without_a_registration_is_empty() -> None:
    assert build_account("Kim Okafor", None, []) == Account(
        name="Kim Okafor",
        member=None,
        credits=(),
        years=(),
        unsubmitted=(),
    )


def test_claims_stand_under_the_year_in_which_their_meeting_ended_the_newest_first() -> None:
    spring = entry(date(2024, 4, 2), submitted(4, 1))
    assert build_account("Kim Okafor", "kim", [IN_2023, spring, IN_2024]) == Account(
        name="Kim Okafor",
        member="kim",
        credits=credits_of(48, 9),
        years=(
            AccountYear(2024, credits_of(38, 6), (IN_2024, spring)),
            AccountYear(2023, credits_of(10, 3), (IN_2023,)),
        ),
        unsubmitted=(),
    )


def test_a_meeting_over_new_year_is_credit_of_the_year_in_which_it_ends_whenever_claimed() -> None:
    old = entry(date(2024, 12, 31), submitted(1, at=datetime(2025, 2, 1, tzinfo=UTC)))
    new = entry(date(2025, 1, 1), submitted(1, at=datetime(2025, 1, 2, tzinfo=UTC)))
    owned = build_account("Kim Okafor", "kim", [old, new])
    assert [(year.year, year.entries) for year in owned.years] == [(2025, (new,)), (2024, (old,))]


def test_meetings_that_end_on_one_day_stand_in_an_order_that_does_not_change() -> None:
    day = date(2024, 9, 29)
    entries = [
        entry(day, submitted(1), meeting="B", badge="1"),
        entry(day, submitted(1), meeting="A", badge="2"),
        entry(day, submitted(1), meeting="A", badge="1"),
    ]
    for given in (entries, entries[::-1]):
        assert build_account("Kim Okafor", "kim", given).years[0].entries == tuple(entries)


def test_only_the_newest_version_counts_also_while_the_claim_is_reopened() -> None:
    reopened = entry(
        date(2024, 9, 29), submitted(8, 2), submitted(34, 5), status=ClaimStatus.REOPENED
    )
    owned = build_account("Kim Okafor", "kim", [reopened])
    assert (owned.credits, owned.unsubmitted) == (credits_of(8, 2), ())
    assert (reopened.valid_version, entry(NOON.date()).valid_version) == (submitted(8, 2), None)


@pytest.mark.parametrize(
    ("status", "is_current", "period", "is_open"),
    [
        (None, False, ClaimPeriod.CLOSED, False),
        (None, False, ClaimPeriod.NOT_OPEN, True),
        (None, False, ClaimPeriod.OPEN, True),
        (None, True, ClaimPeriod.CLOSED, True),
        (ClaimStatus.DRAFT, False, ClaimPeriod.CLOSED, True),
        (ClaimStatus.DRAFT, True, ClaimPeriod.OPEN, True),
    ],
)
def test_claims_that_were_or_can_be_started_and_the_current_registration_are_unsubmitted(
    status: ClaimStatus | None, is_current: bool, period: ClaimPeriod, is_open: bool
) -> None:
    unsubmitted = replace(
        entry(date(2024, 9, 29), status=status, is_current=is_current), period=period
    )
    owned = build_account("Kim Okafor", "kim", [IN_2023, unsubmitted])
    assert owned.unsubmitted == ((unsubmitted,) if is_open else ())
    assert [year.entries for year in owned.years] == [(IN_2023,)]


def test_unsubmitted_claims_are_sorted_by_the_newest_meeting() -> None:
    drafts = [entry(date(year, 9, 29), status=ClaimStatus.DRAFT) for year in (2023, 2025, 2024)]
    owned = build_account("Kim Okafor", "kim", drafts)
    assert [each.ends_on.year for each in owned.unsubmitted] == [2025, 2024, 2023]


def test_the_newest_is_when_a_version_that_counts_was_submitted_last() -> None:
    hour = timedelta(hours=1)
    first = replace(IN_2023, versions=(submitted(1, at=NOON + hour), submitted(1, at=NOON)))
    entries = [first, IN_2024, entry(date(2022, 9, 29), status=ClaimStatus.DRAFT)]
    assert build_account("Kim Okafor", "kim", entries).last_submitted_at == NOON + hour
    assert build_account("Kim Okafor", "kim", []).last_submitted_at is None


def test_credit_is_of_the_valid_versions_and_of_nothing_else() -> None:
    draft = entry(date(2024, 9, 29), status=ClaimStatus.DRAFT)
    assert total_credit([IN_2023, draft, IN_2024]) == credits_of(44, 8)


def test_by_default_reporting_was_not_asked_for() -> None:
    assert ReportingSummary() == ReportingSummary(ReportingState.NOT_ASKED, at=None, reason="")


def test_credit_is_added_up_by_type_a_primary_one_before_its_subsets() -> None:
    ethics = credit_type("ethics", part_of="ama")
    newer = entry(date(2025, 9, 29), submitted_of(of(AMA, 8, 10), of(ethics, 1, 3), of(ANCC, 6, 6)))
    older = entry(date(2024, 9, 29), submitted_of(of(EACCME, 3), of(AMA, 4, 4), of(SAFETY, 2, 3)))
    assert total_credit([newer, older]) == (
        of(AMA, 12, 14),
        of(ethics, 1, 3),
        of(SAFETY, 2, 3),
        of(ANCC, 6, 6),
        of(EACCME, 3),
    )


def test_types_of_one_code_with_different_names_are_not_added_up() -> None:
    renamed = replace(AMA, name_many="Hours")
    entries = [entry(NOON.date(), submitted_of(of(each, 4))) for each in (AMA, renamed, AMA)]
    assert total_credit(entries) == (of(AMA, 8), of(renamed, 4))


def test_a_sum_has_the_newest_facts_and_increments_of_which_all_are_whole_numbers() -> None:
    newer = replace(AMA, label="New", increment=Fraction(1, 4))
    older = replace(AMA, label="Old", increment=Fraction(1, 10))
    entries = [entry(NOON.date(), submitted_of(of(newer, 3, 4)), submitted_of(of(older, 9)))]
    assert total_credit(entries) == (of(newer, 3, 4),)
    entries.append(entry(NOON.date(), submitted_of(of(older, 7, 8))))
    (both,) = total_credit(entries)
    assert both == of(replace(newer, increment=Fraction(1, 20)), 15 + 14, 20 + 16)
    assert both.type.format(both.claimed) == "1.45"  # 0.75 and 0.7
