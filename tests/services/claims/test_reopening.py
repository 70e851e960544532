from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cme_reflex.domain.claims.claim import (
    VERSION_LIMIT,
    ClaimPeriodClosed,
    ClaimPeriodNotOpen,
    ClaimStatus,
    DeadlinePassed,
    NotSubmitted,
    ReopeningLimitReached,
    ReopeningNotAllowed,
)
from cme_reflex.domain.credit.credit_type import Amount
from cme_reflex.services.certificates.account import load_account
from cme_reflex.services.claims import claim, claim_lines, reopening, submission
from cme_reflex.services.claims.reopening import ReasonMissing, ReceiptNotFound, StatusChange
from cme_reflex.services.claims.submission import Receipt
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.store.claims.tables import ReceiptRow
from cme_reflex.text.errors import error_message
from tests.support.attendees import SignIn, complete_draft, submit_attested
from tests.support.database.statements import loaded_rows
from tests.support.meetings import FOLDER, MEETING, with_terms


@pytest.fixture
async def receipt(context: RequestContext, ids: dict[str, int], now: datetime) -> Receipt:
    """The receipt of a claim of 1.50 hours."""
    revision = await complete_draft(context, ids, now)
    return await submit_attested(context, revision, now=now)


async def reopened(receipt: Receipt, now: datetime, *, until: datetime | None = None) -> None:
    await reopening.reopen_claim(
        receipt.number,
        reason="forgot a session",
        until=until or now + timedelta(days=3),
        actor="staff kim",
        now=now,
    )


async def test_a_reopened_claim_is_changed_and_submitted_anew(
    context: RequestContext, receipt: Receipt, ids: dict[str, int], now: datetime
) -> None:
    await reopened(receipt, now)
    assert await submission.latest_receipt(context) == receipt
    await claim_lines.add_session(context, ids["B"], now=now)
    chosen = await submission.choose_total(context, "category1", Amount(14), now=now)
    again = await submit_attested(context, chosen.claim.revision, now=now + timedelta(hours=1))
    assert (again.version, again.credits[0].claimed) == (2, 14)
    assert await submission.load_receipts(context) == [again, receipt]
    record = await reopening.load_claim_record(receipt.number.lower())
    assert (record.name, record.badge, record.status, record.reopened_until) == (
        "Kim O'Brien-Núñez Jr",
        "101",
        ClaimStatus.SUBMITTED,
        None,
    )
    me = f"attendee {context.attendee.id}"
    later = now + timedelta(hours=1)
    assert record.history == (
        StatusChange(now, me, "draft", "submitted", "", receipt.number),
        StatusChange(now, "staff kim", "submitted", "reopened", "forgot a session", receipt.number),
        StatusChange(later, me, "reopened", "submitted", "", again.number),
    )


async def test_the_reopened_deadline_is_its_own(
    context: RequestContext, receipt: Receipt, ids: dict[str, int]
) -> None:
    after_the_period = MEETING.claim.closes_at + timedelta(days=30)
    deadline = after_the_period + timedelta(days=1)
    await reopened(receipt, after_the_period, until=deadline)
    before = deadline - timedelta(seconds=1)
    await claim_lines.add_session(context, ids["B"], now=before)
    with pytest.raises(ClaimPeriodClosed) as refused:
        await claim_lines.remove_session(context, ids["B"], now=deadline)
    assert refused.value.closed_at == deadline


async def test_a_receipt_number_is_read_however_staff_type_it(
    receipt: Receipt, now: datetime
) -> None:
    expected = await reopening.load_claim_record(receipt.number)
    meeting, first, second = receipt.number.split("-")
    for typed in (
        f" {receipt.number.lower()} ",
        f"{meeting} {first} {second}",
        f"{meeting}{first}{second}",
        f"{meeting}–{first}—{second}",
    ):
        assert await reopening.load_claim_record(typed) == expected
    await reopened(replace(receipt, number=f"{meeting.lower()} {first}{second}"), now)
    assert (await reopening.load_claim_record(receipt.number)).status == ClaimStatus.REOPENED


async def test_what_cannot_be_reopened(receipt: Receipt, now: datetime) -> None:
    later = now + timedelta(days=1)
    nobodys = replace(receipt, number="TEST24-2222-2222")
    with pytest.raises(ReceiptNotFound):
        await reopening.load_claim_record("no number")
    with pytest.raises(ReceiptNotFound):
        await reopening.load_claim_record(nobodys.number)
    with pytest.raises(ReceiptNotFound):
        await reopened(nobodys, now)
    with pytest.raises(DeadlinePassed):
        await reopened(receipt, now, until=now)
    with pytest.raises(ReasonMissing):
        await reopening.reopen_claim(
            receipt.number, reason="  ", until=later, actor="staff kim", now=now
        )
    await reopened(receipt, now)
    with pytest.raises(NotSubmitted):
        await reopened(receipt, now)


async def test_an_attendee_may_reopen_only_where_the_meeting_says_so(
    context: RequestContext,
    sign_in_as: SignIn,
    receipt: Receipt,
    ids: dict[str, int],
    now: datetime,
) -> None:
    with pytest.raises(ReopeningNotAllowed):
        await reopening.reopen_own_claim(context, now=now)
    await load_meeting(replace(FOLDER, meeting=with_terms(attendee_may_reopen=True)), now=now)
    context = await sign_in_as()
    with pytest.raises(ClaimPeriodClosed):
        await reopening.reopen_own_claim(context, now=MEETING.claim.closes_at)
    assert (await reopening.reopen_own_claim(context, now=now)).claim.status is ClaimStatus.REOPENED
    await reopening.reopen_own_claim(context, now=now)
    record = await reopening.load_claim_record(receipt.number)
    assert [change.to_status for change in record.history] == ["submitted", "reopened"]
    with pytest.raises(ClaimPeriodClosed):
        await claim_lines.add_session(context, ids["B"], now=MEETING.claim.closes_at)


async def test_an_attendee_reopens_a_claim_until_it_has_twenty_versions(
    sign_in_as: SignIn, receipt: Receipt, now: datetime
) -> None:
    """Whoever reopens and submits without end fills neither the database nor a mailbox."""
    await load_meeting(replace(FOLDER, meeting=with_terms(attendee_may_reopen=True)), now=now)
    context = await sign_in_as()
    for _ in range(1, VERSION_LIMIT):
        summary = await reopening.reopen_own_claim(context, now=now)
        last = await submit_attested(context, summary.claim.revision, now=now)
    assert last.version == VERSION_LIMIT
    with pytest.raises(ReopeningLimitReached) as refused:
        await reopening.reopen_own_claim(context, now=now)
    assert error_message(refused.value, MEETING.zone) == (
        "You have submitted your claim 20 times. Now only our staff can reopen it."
    )
    await reopened(receipt, now)
    summary = await claim.load_summary(context, now=now)
    newest = await submit_attested(context, summary.claim.revision, now=now)
    with pytest.raises(ReopeningLimitReached):
        await reopening.reopen_own_claim(context, now=now)
    # Pages list as many, whatever staff have reopened.
    listed = await submission.load_receipts(context)
    account = await load_account(context, now=now)
    (entry,) = (entry for year in account.years for entry in year.entries)
    for numbers in ([each.number for each in listed], [each.number for each in entry.versions]):
        assert (len(numbers), numbers[0]) == (VERSION_LIMIT, newest.number)
        assert receipt.number not in numbers


async def test_pages_read_the_versions_that_they_show(
    sign_in_as: SignIn, receipt: Receipt, now: datetime
) -> None:
    await load_meeting(replace(FOLDER, meeting=with_terms(attendee_may_reopen=True)), now=now)
    context = await sign_in_as()
    for _ in range(3):
        summary = await reopening.reopen_own_claim(context, now=now)
        await submit_attested(context, summary.claim.revision, now=now)
    with loaded_rows(ReceiptRow) as rows:
        await submission.latest_receipt(context)
        assert len(rows) == 1
        summary = await reopening.reopen_own_claim(context, now=now)
        await submit_attested(context, summary.claim.revision, now=now)
        assert len(rows) < 5


async def test_an_attendee_reopens_nothing_before_a_claim_period_that_was_put_off(
    sign_in_as: SignIn, receipt: Receipt, now: datetime
) -> None:
    put_off = with_terms(attendee_may_reopen=True, opens_at=now + timedelta(days=1))
    await load_meeting(replace(FOLDER, meeting=put_off), now=now)
    with pytest.raises(ClaimPeriodNotOpen) as refused:
        await reopening.reopen_own_claim(await sign_in_as(), now=now)
    assert refused.value.opens_at == now + timedelta(days=1)
    assert (await reopening.load_claim_record(receipt.number)).status is ClaimStatus.SUBMITTED


async def test_a_draft_is_not_reopened(sign_in_as: SignIn, now: datetime) -> None:
    await load_meeting(replace(FOLDER, meeting=with_terms(attendee_may_reopen=True)), now=now)
    context = await sign_in_as()
    with pytest.raises(NotSubmitted):
        await reopening.reopen_own_claim(context, now=now)
    assert (await claim.load_summary(context, now=now)).claim.status is ClaimStatus.DRAFT


async def test_a_submitted_version_never_changes_when_the_programme_does(
    context: RequestContext, sign_in_as: SignIn, receipt: Receipt, now: datetime
) -> None:
    shorter = replace(FOLDER.sessions[0], credit={"category1": Amount(2)}, title="Shorter")
    report = await load_meeting(replace(FOLDER, sessions=(shorter, *FOLDER.sessions[1:])), now=now)
    assert report.touched == ()
    context = await sign_in_as()
    assert await submission.latest_receipt(context) == receipt
    summary = await claim.load_summary(context, now=now)
    assert (summary.claim.totals, summary.cleared) == ({"category1": 6, "safety": 2}, {})
