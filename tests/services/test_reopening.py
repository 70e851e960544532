from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cme_reflex.domain.credit import Quarters
from cme_reflex.domain.submission import (
    ClaimPeriodClosed,
    ClaimPeriodNotOpen,
    DeadlinePassed,
    NotSubmitted,
    ReopeningNotAllowed,
    Status,
)
from cme_reflex.services import claim, reopening, selection, submission
from cme_reflex.services.meeting import load_meeting
from cme_reflex.services.reopening import Change, ReasonMissing, UnknownReceipt
from cme_reflex.services.submission import Receipt
from cme_reflex.services.visit import Visit
from tests.meetings import FOLDER, MEETING, with_terms
from tests.services.conftest import SignIn
from tests.services.test_submission import complete


@pytest.fixture
async def receipt(visit: Visit, ids: dict[str, int], now: datetime) -> Receipt:
    """The receipt of a claim of 1.50 hours."""
    revision = await complete(visit, ids, now)
    return await submission.submit_claim(visit, revision, attested=True, now=now)


async def reopened(receipt: Receipt, now: datetime, *, until: datetime | None = None) -> None:
    await reopening.reopen_claim(
        receipt.number,
        reason="forgot a session",
        until=until or now + timedelta(days=3),
        actor="staff kim",
        now=now,
    )


async def test_a_reopened_claim_is_changed_and_submitted_anew(
    visit: Visit, receipt: Receipt, ids: dict[str, int], now: datetime
) -> None:
    await reopened(receipt, now)
    assert await submission.last_receipt(visit) == receipt
    await selection.add_session(visit, ids["B"], now=now)
    chosen = await submission.choose_category1(visit, Quarters(14), now=now)
    again = await submission.submit_claim(
        visit, chosen.claim.revision, attested=True, now=now + timedelta(hours=1)
    )
    assert (again.version, again.category1) == (2, 14)
    assert await submission.receipts(visit) == [again, receipt]
    record = await reopening.look_up(receipt.number.lower())
    assert (record.name, record.badge, record.status, record.reopened_until) == (
        "Kim O'Brien-Núñez Jr",
        "101",
        Status.SUBMITTED,
        None,
    )
    me = f"attendee {visit.attendee.id}"
    later = now + timedelta(hours=1)
    assert record.history == (
        Change(now, me, "draft", "submitted", "", receipt.number),
        Change(now, "staff kim", "submitted", "reopened", "forgot a session", receipt.number),
        Change(later, me, "reopened", "submitted", "", again.number),
    )


async def test_the_reopened_deadline_is_its_own(
    visit: Visit, receipt: Receipt, ids: dict[str, int]
) -> None:
    after_the_period = MEETING.claim.closes_at + timedelta(days=30)
    deadline = after_the_period + timedelta(days=1)
    await reopened(receipt, after_the_period, until=deadline)
    before = deadline - timedelta(seconds=1)
    await selection.add_session(visit, ids["B"], now=before)
    with pytest.raises(ClaimPeriodClosed) as refused:
        await selection.remove_session(visit, ids["B"], now=deadline)
    assert refused.value.closed_at == deadline


async def test_a_receipt_number_is_read_however_staff_type_it(
    receipt: Receipt, now: datetime
) -> None:
    expected = await reopening.look_up(receipt.number)
    meeting, first, second = receipt.number.split("-")
    for typed in (
        f" {receipt.number.lower()} ",
        f"{meeting} {first} {second}",
        f"{meeting}{first}{second}",
        f"{meeting}–{first}—{second}",
    ):
        assert await reopening.look_up(typed) == expected
    await reopened(replace(receipt, number=f"{meeting.lower()} {first}{second}"), now)
    assert (await reopening.look_up(receipt.number)).status == Status.REOPENED


async def test_what_cannot_be_reopened(receipt: Receipt, now: datetime) -> None:
    later = now + timedelta(days=1)
    nobodys = replace(receipt, number="TEST24-2222-2222")
    with pytest.raises(UnknownReceipt):
        await reopening.look_up("no number")
    with pytest.raises(UnknownReceipt):
        await reopening.look_up(nobodys.number)
    with pytest.raises(UnknownReceipt):
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
    visit: Visit, visit_as: SignIn, receipt: Receipt, ids: dict[str, int], now: datetime
) -> None:
    with pytest.raises(ReopeningNotAllowed):
        await reopening.reopen_own(visit, now=now)
    await load_meeting(replace(FOLDER, meeting=with_terms(attendee_may_reopen=True)), now=now)
    visit = await visit_as()
    with pytest.raises(ClaimPeriodClosed):
        await reopening.reopen_own(visit, now=MEETING.claim.closes_at)
    assert (await reopening.reopen_own(visit, now=now)).claim.status is Status.REOPENED
    await reopening.reopen_own(visit, now=now)
    record = await reopening.look_up(receipt.number)
    assert [change.to_status for change in record.history] == ["submitted", "reopened"]
    with pytest.raises(ClaimPeriodClosed):
        await selection.add_session(visit, ids["B"], now=MEETING.claim.closes_at)


async def test_an_attendee_reopens_nothing_before_a_claim_period_that_was_put_off(
    visit_as: SignIn, receipt: Receipt, now: datetime
) -> None:
    put_off = with_terms(attendee_may_reopen=True, opens_at=now + timedelta(days=1))
    await load_meeting(replace(FOLDER, meeting=put_off), now=now)
    with pytest.raises(ClaimPeriodNotOpen) as refused:
        await reopening.reopen_own(await visit_as(), now=now)
    assert refused.value.opens_at == now + timedelta(days=1)
    assert (await reopening.look_up(receipt.number)).status is Status.SUBMITTED


async def test_a_draft_is_not_reopened(visit_as: SignIn, now: datetime) -> None:
    await load_meeting(replace(FOLDER, meeting=with_terms(attendee_may_reopen=True)), now=now)
    visit = await visit_as()
    with pytest.raises(NotSubmitted):
        await reopening.reopen_own(visit, now=now)
    assert (await claim.standing(visit)).claim.status is Status.DRAFT


async def test_a_submitted_version_never_changes_when_the_programme_does(
    visit: Visit, visit_as: SignIn, receipt: Receipt, now: datetime
) -> None:
    shorter = replace(FOLDER.sessions[0], quarters=Quarters(2), safety=Quarters(0), title="Shorter")
    report = await load_meeting(replace(FOLDER, sessions=(shorter, *FOLDER.sessions[1:])), now=now)
    assert report.touched == ()
    visit = await visit_as()
    assert await submission.last_receipt(visit) == receipt
    standing = await claim.standing(visit)
    assert (standing.claim.totals.category1, standing.cleared) == (6, False)
