"""The account: its claims, their totals, and the state of reporting."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import select

from cme_reflex.domain.claims.account import (
    Account,
    AccountEntry,
    Credit,
    ReportingState,
    ReportingSummary,
    SubmittedVersion,
)
from cme_reflex.domain.claims.claim import ClaimPeriod, ClaimStatus
from cme_reflex.domain.claims.proof import ProofState
from cme_reflex.domain.credit.credit_type import Amount, Receiver
from cme_reflex.domain.reporting.pars import RecordAction
from cme_reflex.services.certificates import account
from cme_reflex.services.certificates.account import NoSubmittedClaim
from cme_reflex.services.claims import claim_lines, reopening
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.reporting import opt_in, pars
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.store.people.tables import AttendeeRow
from cme_reflex.store.reporting.tables import ReportingRow
from tests.support.attendees import SignIn
from tests.support.database.statements import record_statements
from tests.support.database.table_rows import execute
from tests.support.earlier_meetings import complete_and_submit, sign_in_to, submitted_claim
from tests.support.meetings import FOLDER, MEETING, ZONE, with_terms
from tests.support.values.meeting_values import SUBMITTED_CATEGORY1, SUBMITTED_SAFETY

LEARNER = {
    "first_name": "Kim",
    "last_name": "O'Brien",
    "birth_month": "2",
    "birth_day": "28",
    "state": "California",
    "licence_id": "A1",
}
CLOSES = MEETING.claim.closes_at


def numbers(of: Account) -> dict[int, list[str]]:
    """Valid receipt numbers by year."""
    return {year.year: [_valid(entry).number for entry in year.entries] for year in of.years}


def claimed(credits_: Sequence[Credit]) -> tuple[int, ...]:
    """The amounts claimed, of Category 1 and of Patient Safety."""
    assert [credit.type.code for credit in credits_] == ["category1", "safety"]
    return tuple(credit.claimed for credit in credits_)


def _valid(entry: AccountEntry) -> SubmittedVersion:
    assert entry.valid_version is not None
    return entry.valid_version


async def test_an_entry_says_all_of_a_claim(context: RequestContext, now: datetime) -> None:
    receipt = await complete_and_submit(context, now=now)
    owned = await account.load_account(context, now=now)
    assert (owned.name, owned.member, owned.unsubmitted) == ("Kim O'Brien-Núñez Jr", "kim", ())
    assert owned.credits == owned.years[0].credits == receipt.credits
    assert owned.years[0].entries == (
        AccountEntry(
            attendee_id=context.attendee.id,
            meeting="The Test Meeting 2024",
            short_name="TEST24",
            provider="Society of Tests",
            location="San Diego, California",
            starts_on=MEETING.starts_on,
            ends_on=MEETING.ends_on,
            zone=ZONE,
            badge="101",
            registration="Full",
            is_current=True,
            period=ClaimPeriod.OPEN,
            opens_at=MEETING.claim.opens_at,
            closes_at=CLOSES,
            status=ClaimStatus.SUBMITTED,
            sessions=1,
            versions=(
                SubmittedVersion(
                    number=receipt.number,
                    submitted_at=now,
                    credits=(
                        Credit(SUBMITTED_CATEGORY1, Amount(6), Amount(6)),
                        Credit(SUBMITTED_SAFETY, Amount(2), Amount(4)),
                    ),
                    state=ProofState.VALID,
                ),
            ),
            reporting=ReportingSummary(),
        ),
    )


async def test_a_member_sees_all_meetings_year_by_year_and_what_they_add_up_to(
    context: RequestContext, now: datetime
) -> None:
    one = await complete_and_submit(context, quarters=6, safety=2, now=now)
    two = await submitted_claim(2022, "kim", quarters=5, safety=1)
    three = await submitted_claim(2023, "kim", quarters=3, safety=0)
    owned = await account.load_account(context, now=now)
    assert numbers(owned) == {2024: [one.number], 2023: [three.number], 2022: [two.number]}
    assert [claimed(year.credits) for year in owned.years] == [(6, 2), (3, 0), (5, 1)]
    assert claimed(owned.credits) == (14, 3)
    assert owned.last_submitted_at == now
    # A sign-in at the other meeting belongs to the same person.
    elsewhere = await account.load_account(await sign_in_to(2022, "kim"), now=now)
    assert numbers(elsewhere) == numbers(owned)
    assert [entry.is_current for year in elsewhere.years for entry in year.entries] == [
        False, False, True,
    ]  # fmt: skip


async def test_more_meetings_are_no_more_queries(
    loaded: Engine, context: RequestContext, now: datetime
) -> None:
    await complete_and_submit(context, now=now)
    with record_statements(loaded) as of_one:
        await account.load_account(context, now=now)
    await submitted_claim(2022, "kim")
    await submitted_claim(2023, "kim")
    with record_statements(loaded) as of_three:
        owned = await account.load_account(context, now=now)
    assert len(owned.years) == 3
    assert len(of_three) == len(of_one)


async def test_without_a_member_record_it_is_this_registration_alone(
    context: RequestContext, sign_in_as: SignIn, now: datetime
) -> None:
    await complete_and_submit(context, now=now)
    await submitted_claim(2022, None)
    other = await sign_in_as("102", "Smith")
    owned = await account.load_account(other, now=now)
    assert (owned.member, owned.years, owned.credits) == (None, (), ())
    assert [(entry.badge, entry.status) for entry in owned.unsubmitted] == [("102", None)]
    mine = await complete_and_submit(other, now=now)
    assert numbers(await account.load_account(other, now=now)) == {2024: [mine.number]}


async def test_two_registrations_of_one_member_are_two_claims(
    context: RequestContext, sign_in_as: SignIn, now: datetime
) -> None:
    member = select(AttendeeRow.member_id).where(AttendeeRow.badge == "101")
    second = sa.update(AttendeeRow).where(AttendeeRow.badge == "103")
    await execute(second.values(member_id=member.scalar_subquery()))
    await complete_and_submit(context, now=now)
    await complete_and_submit(await sign_in_as("103", "Smith"), quarters=4, safety=0, now=now)
    (year,) = (await account.load_account(context, now=now)).years
    entries = {(entry.badge, entry.registration, entry.is_current) for entry in year.entries}
    assert entries == {("101", "Full", True), ("103", "One day", False)}
    assert claimed(year.credits) == (10, 2)


async def test_what_was_begun_is_open_and_adds_nothing(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    await claim_lines.add_session(context, ids["A"], now=now)
    await claim_lines.add_session(context, ids["B"], now=now)
    await claim_lines.remove_session(context, ids["B"], now=now)
    owned = await account.load_account(context, now=now)
    assert (owned.years, owned.credits, owned.last_submitted_at) == ((), (), None)
    (entry,) = owned.unsubmitted
    assert (entry.status, entry.sessions, entry.period) == (ClaimStatus.DRAFT, 1, ClaimPeriod.OPEN)
    late = await account.load_account(context, now=CLOSES)
    assert [entry.period for entry in late.unsubmitted] == [ClaimPeriod.CLOSED]


async def test_another_meeting_without_a_claim_is_in_it_as_long_as_it_can_be_claimed(
    context: RequestContext, now: datetime
) -> None:
    other = await sign_in_to(2022, "kim")
    owned = await account.load_account(context, now=now)
    assert [entry.short_name for entry in owned.unsubmitted] == ["TEST24", "TEST22"]
    closed = other.meeting.claim.closes_at + timedelta(days=1)
    owned = await account.load_account(context, now=closed)
    assert [entry.short_name for entry in owned.unsubmitted] == ["TEST24"]


async def test_a_reopened_claim_counts_as_its_last_version_until_it_is_replaced(
    context: RequestContext, sign_in_as: SignIn, now: datetime
) -> None:
    await load_meeting(replace(FOLDER, meeting=with_terms(attendee_may_reopen=True)), now=now)
    context = await sign_in_as()
    first = await complete_and_submit(context, quarters=6, now=now)
    await reopening.reopen_own_claim(context, now=now)
    owned = await account.load_account(context, now=now)
    assert (claimed(owned.credits), owned.years[0].entries[0].status) == (
        (6, 2),
        ClaimStatus.REOPENED,
    )
    second = await complete_and_submit(context, quarters=4, now=now)
    owned = await account.load_account(context, now=now)
    assert claimed(owned.credits) == (4, 2)
    versions = owned.years[0].entries[0].versions
    assert [version.number for version in versions] == [second.number, first.number]


async def test_a_claim_keeps_its_meeting_as_it_was_when_it_was_submitted(
    context: RequestContext, sign_in_as: SignIn, now: datetime
) -> None:
    await complete_and_submit(context, now=now)
    before = await account.load_account(context, now=now)
    renamed = replace(MEETING, name="Other", location="Other")
    await load_meeting(replace(FOLDER, meeting=renamed), now=now)
    assert await account.load_account(await sign_in_as(), now=now) == before


async def test_the_transcript_has_the_same_bytes_until_something_is_submitted(
    context: RequestContext, now: datetime
) -> None:
    with pytest.raises(NoSubmittedClaim):
        await account.render_transcript_pdf(context, now=now)
    with pytest.raises(NoSubmittedClaim):
        await account.render_transcript_csv(context, now=now)
    await complete_and_submit(context, now=now)
    later = now + timedelta(days=400)
    first = [
        await account.render_transcript_pdf(context, now=now),
        await account.render_transcript_csv(context, now=now),
    ]
    assert [
        await account.render_transcript_pdf(context, now=later),
        await account.render_transcript_csv(context, now=later),
    ] == first
    await submitted_claim(2022, "kim")
    after = [
        await account.render_transcript_pdf(context, now=now),
        await account.render_transcript_csv(context, now=now),
    ]
    assert all(new != old for new, old in zip(after, first, strict=True))


# State of the reporting.


async def reporting_summary(context: RequestContext, now: datetime) -> ReportingSummary:
    """The reporting summary of the only claim."""
    owned = await account.load_account(context, now=now)
    entries: Sequence[AccountEntry] = (
        *owned.unsubmitted,
        *(each for y in owned.years for each in y.entries),
    )
    (entry,) = entries
    return entry.reporting


async def opt_in_at(context: RequestContext, at: datetime) -> None:
    await opt_in.save_opt_in(context, LEARNER, consented=True, version="1", now=at)


async def export_at(number: int, at: datetime) -> None:
    await pars.create_batch(MEETING.code, number, actor="staff", now=at, write=lambda batch: None)
    await pars.mark_delivered(MEETING.code, number, now=at)


async def reject_at(at: datetime, reason: str) -> None:
    added = sa.update(ReportingRow).where(ReportingRow.action == RecordAction.ADD)
    await execute(added.values(rejected_at=at, rejection=reason))


async def test_reporting_from_opting_in_to_withdrawing(
    context: RequestContext, now: datetime
) -> None:
    day = timedelta(days=1)
    await complete_and_submit(context, now=now)
    assert await reporting_summary(context, now) == ReportingSummary(ReportingState.NOT_ASKED)
    await opt_in_at(context, now)
    assert await reporting_summary(context, now) == ReportingSummary(ReportingState.OPTED_IN, now)
    await export_at(1, now + day)
    assert await reporting_summary(context, now) == ReportingSummary(
        ReportingState.EXPORTED, now + day
    )
    await opt_in.withdraw_opt_in(context, now=now + 2 * day)
    assert await reporting_summary(context, now) == ReportingSummary(
        ReportingState.WITHDRAWN_LATER, now + 2 * day
    )
    await export_at(2, now + 3 * day)
    assert await reporting_summary(context, now) == ReportingSummary(
        ReportingState.WITHDRAWN, now + 2 * day
    )
    await opt_in_at(context, now + 4 * day)
    assert await reporting_summary(context, now) == ReportingSummary(
        ReportingState.OPTED_IN, now + 4 * day
    )


async def test_reporting_is_not_offered_to_a_profession_whose_credit_is_not_reported(
    context: RequestContext, now: datetime
) -> None:
    not_reported = [replace(each, reported_to=Receiver.NONE) for each in MEETING.credit_types]
    meeting = replace(MEETING, credit_types=tuple(not_reported))
    await load_meeting(replace(FOLDER, meeting=meeting), now=now)
    assert await reporting_summary(context, now) == ReportingSummary(ReportingState.NOT_OFFERED)
    await opt_in_at(context, now)  # from before; it can still be withdrawn
    assert await reporting_summary(context, now) == ReportingSummary(ReportingState.OPTED_IN, now)


async def test_a_rejection_is_told_until_it_is_corrected_and_sent_anew(
    context: RequestContext, now: datetime
) -> None:
    day = timedelta(days=1)
    await complete_and_submit(context, now=now)
    await opt_in_at(context, now)
    await export_at(1, now + day)
    await reject_at(now + 2 * day, "No license A1")
    assert await reporting_summary(context, now) == ReportingSummary(
        ReportingState.REJECTED, now + 2 * day, "No license A1"
    )
    await opt_in_at(context, now + 3 * day)
    assert await reporting_summary(context, now) == ReportingSummary(
        ReportingState.OPTED_IN, now + 3 * day
    )
    await export_at(2, now + 4 * day)
    assert await reporting_summary(context, now) == ReportingSummary(
        ReportingState.EXPORTED, now + 4 * day
    )
