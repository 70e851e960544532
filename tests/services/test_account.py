"""The account: whose claims are in it, what they add up to, and how far the reporting is."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import select

from cme_reflex.domain.account import Account, Credit, Entry, Reported, Reporting, Submitted
from cme_reflex.domain.meeting import ClaimPeriod
from cme_reflex.domain.pars import Action
from cme_reflex.domain.submission import Status
from cme_reflex.services import account, pars, reopening, reporting, selection
from cme_reflex.services.account import NothingSubmitted
from cme_reflex.services.meeting import load_meeting
from cme_reflex.services.visit import Visit
from cme_reflex.store.tables import AttendeeRow, ReportedRow
from tests.meetings import FOLDER, MEETING, ZONE, with_terms
from tests.past import claimed, submits, visit_of
from tests.rows import execute
from tests.services.conftest import SignIn
from tests.services.test_programme import statements

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
    """The valid receipt numbers by year."""
    return {year.year: [_valid(entry).number for entry in year.entries] for year in of.years}


def _valid(entry: Entry) -> Submitted:
    assert entry.valid is not None
    return entry.valid


async def test_an_entry_says_all_of_a_claim(visit: Visit, now: datetime) -> None:
    receipt = await submits(visit, now=now)
    owned = await account.own(visit, now=now)
    assert (owned.name, owned.member, owned.open) == ("Kim O'Brien-Núñez Jr", "kim", ())
    assert owned.credit == owned.years[0].credit == Credit(receipt.category1, receipt.safety)
    assert owned.years[0].entries == (
        Entry(
            meeting="The Test Meeting 2024",
            short_name="TEST24",
            provider="Society of Tests",
            location="San Diego, California",
            starts_on=MEETING.starts_on,
            ends_on=MEETING.ends_on,
            zone=ZONE,
            badge="101",
            registration="Full",
            current=True,
            period=ClaimPeriod.OPEN,
            opens_at=MEETING.claim.opens_at,
            closes_at=CLOSES,
            status=Status.SUBMITTED,
            sessions=1,
            versions=(
                Submitted(
                    number=receipt.number,
                    submitted_at=now,
                    category1=receipt.category1,
                    safety=receipt.safety,
                ),
            ),
            reporting=Reporting(),
        ),
    )


async def test_a_member_sees_all_meetings_year_by_year_and_what_they_add_up_to(
    visit: Visit, now: datetime
) -> None:
    one = await submits(visit, quarters=6, safety=2, now=now)
    two = await claimed(2022, "kim", quarters=5, safety=1)
    three = await claimed(2023, "kim", quarters=3, safety=0)
    owned = await account.own(visit, now=now)
    assert numbers(owned) == {2024: [one.number], 2023: [three.number], 2022: [two.number]}
    assert [year.credit for year in owned.years] == [Credit(6, 2), Credit(3, 0), Credit(5, 1)]
    assert owned.credit == Credit(14, 3)
    assert owned.newest == now
    # From the other meeting's sign-in it is the same person.
    elsewhere = await account.own(await visit_of(2022, "kim"), now=now)
    assert numbers(elsewhere) == numbers(owned)
    assert [entry.current for year in elsewhere.years for entry in year.entries] == [
        False, False, True,
    ]  # fmt: skip


async def test_more_meetings_are_no_more_queries(
    loaded: Engine, visit: Visit, now: datetime
) -> None:
    await submits(visit, now=now)
    with statements(loaded) as of_one:
        await account.own(visit, now=now)
    await claimed(2022, "kim")
    await claimed(2023, "kim")
    with statements(loaded) as of_three:
        owned = await account.own(visit, now=now)
    assert len(owned.years) == 3
    assert len(of_three) == len(of_one)


async def test_without_a_member_record_it_is_this_registration_alone(
    visit: Visit, visit_as: SignIn, now: datetime
) -> None:
    await submits(visit, now=now)
    await claimed(2022, None)
    other = await visit_as("102", "Smith")
    owned = await account.own(other, now=now)
    assert (owned.member, owned.years, owned.credit) == (None, (), Credit(0, 0))
    assert [(entry.badge, entry.status) for entry in owned.open] == [("102", None)]
    mine = await submits(other, now=now)
    assert numbers(await account.own(other, now=now)) == {2024: [mine.number]}


async def test_two_registrations_of_one_member_are_two_claims(
    visit: Visit, visit_as: SignIn, now: datetime
) -> None:
    member = select(AttendeeRow.member_id).where(AttendeeRow.badge == "101")
    second = sa.update(AttendeeRow).where(AttendeeRow.badge == "103")
    await execute(second.values(member_id=member.scalar_subquery()))
    await submits(visit, now=now)
    await submits(await visit_as("103", "Smith"), quarters=4, safety=0, now=now)
    (year,) = (await account.own(visit, now=now)).years
    told = {(entry.badge, entry.registration, entry.current) for entry in year.entries}
    assert told == {("101", "Full", True), ("103", "One day", False)}
    assert year.credit == Credit(10, 2)


async def test_what_was_begun_is_open_and_adds_nothing(
    visit: Visit, ids: dict[str, int], now: datetime
) -> None:
    await selection.add_session(visit, ids["A"], now=now)
    await selection.add_session(visit, ids["B"], now=now)
    await selection.remove_session(visit, ids["B"], now=now)
    owned = await account.own(visit, now=now)
    assert (owned.years, owned.credit, owned.newest) == ((), Credit(0, 0), None)
    (entry,) = owned.open
    assert (entry.status, entry.sessions, entry.period) == (Status.DRAFT, 1, ClaimPeriod.OPEN)
    late = await account.own(visit, now=CLOSES)
    assert [entry.period for entry in late.open] == [ClaimPeriod.CLOSED]


async def test_another_meeting_without_a_claim_is_not_in_it(visit: Visit, now: datetime) -> None:
    await visit_of(2022, "kim")
    owned = await account.own(visit, now=now)
    assert [entry.short_name for entry in owned.open] == ["TEST24"]


async def test_a_reopened_claim_counts_as_its_last_version_until_it_is_replaced(
    visit: Visit, visit_as: SignIn, now: datetime
) -> None:
    await load_meeting(replace(FOLDER, meeting=with_terms(attendee_may_reopen=True)), now=now)
    visit = await visit_as()
    first = await submits(visit, quarters=6, now=now)
    await reopening.reopen_own(visit, now=now)
    owned = await account.own(visit, now=now)
    assert (owned.credit, owned.years[0].entries[0].status) == (Credit(6, 2), Status.REOPENED)
    second = await submits(visit, quarters=4, now=now)
    owned = await account.own(visit, now=now)
    assert owned.credit == Credit(4, 2)
    versions = owned.years[0].entries[0].versions
    assert [version.number for version in versions] == [second.number, first.number]


async def test_a_claim_keeps_its_meeting_as_it_was_when_it_was_submitted(
    visit: Visit, visit_as: SignIn, now: datetime
) -> None:
    await submits(visit, now=now)
    before = await account.own(visit, now=now)
    renamed = replace(MEETING, name="Other", location="Other")
    await load_meeting(replace(FOLDER, meeting=renamed), now=now)
    assert await account.own(await visit_as(), now=now) == before


async def test_the_transcript_has_the_same_bytes_until_something_is_submitted(
    visit: Visit, now: datetime
) -> None:
    with pytest.raises(NothingSubmitted):
        await account.pdf(visit, now=now)
    with pytest.raises(NothingSubmitted):
        await account.csv(visit, now=now)
    await submits(visit, now=now)
    later = now + timedelta(days=400)
    first = [await account.pdf(visit, now=now), await account.csv(visit, now=now)]
    assert [await account.pdf(visit, now=later), await account.csv(visit, now=later)] == first
    await claimed(2022, "kim")
    after = [await account.pdf(visit, now=now), await account.csv(visit, now=now)]
    assert all(new != old for new, old in zip(after, first, strict=True))


# How far the reporting is.


async def told(visit: Visit, now: datetime) -> Reporting:
    """The reporting of the one claim."""
    owned = await account.own(visit, now=now)
    entries: Sequence[Entry] = (*owned.open, *(each for y in owned.years for each in y.entries))
    (entry,) = entries
    return entry.reporting


async def opts_in(visit: Visit, at: datetime) -> None:
    await reporting.opt_in(visit, LEARNER, consented=True, version="1", now=at)


async def exports(number: int, at: datetime) -> None:
    await pars.export(MEETING.code, number, actor="staff", now=at, write=lambda batch: None)
    await pars.delivered(MEETING.code, number, now=at)


async def rejects(at: datetime, reason: str) -> None:
    added = sa.update(ReportedRow).where(ReportedRow.action == Action.ADD)
    await execute(added.values(rejected_at=at, rejection=reason))


async def test_reporting_from_opting_in_to_withdrawing(visit: Visit, now: datetime) -> None:
    day = timedelta(days=1)
    await submits(visit, now=now)
    assert await told(visit, now) == Reporting(Reported.NOT_ASKED)
    await opts_in(visit, now)
    assert await told(visit, now) == Reporting(Reported.OPTED_IN, now)
    await exports(1, now + day)
    assert await told(visit, now) == Reporting(Reported.EXPORTED, now + day)
    await reporting.withdraw(visit, now=now + 2 * day)
    assert await told(visit, now) == Reporting(Reported.WITHDRAWN_LATER, now + 2 * day)
    await exports(2, now + 3 * day)
    assert await told(visit, now) == Reporting(Reported.WITHDRAWN, now + 2 * day)
    await opts_in(visit, now + 4 * day)
    assert await told(visit, now) == Reporting(Reported.OPTED_IN, now + 4 * day)


async def test_a_rejection_is_told_until_it_is_corrected_and_sent_anew(
    visit: Visit, now: datetime
) -> None:
    day = timedelta(days=1)
    await submits(visit, now=now)
    await opts_in(visit, now)
    await exports(1, now + day)
    await rejects(now + 2 * day, "No license A1")
    assert await told(visit, now) == Reporting(Reported.REJECTED, now + 2 * day, "No license A1")
    await opts_in(visit, now + 3 * day)
    assert await told(visit, now) == Reporting(Reported.OPTED_IN, now + 3 * day)
    await exports(2, now + 4 * day)
    assert await told(visit, now) == Reporting(Reported.EXPORTED, now + 4 * day)
