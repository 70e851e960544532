"""Withdrawn claims: no proof anywhere, nothing deleted, and a new version is a proof again."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import Mock

import pytest

from cme_reflex.domain.claims.account import ReportingState
from cme_reflex.domain.claims.claim import (
    AlreadyWithdrawn,
    ClaimStatus,
    ClaimWithdrawn,
)
from cme_reflex.domain.claims.proof import ProofState
from cme_reflex.domain.credit.credit_type import Amount
from cme_reflex.domain.reporting.pars import ParsRow, RecordAction
from cme_reflex.formats.meeting_folder.records import MeetingFolder
from cme_reflex.services.certificates import account, certificate
from cme_reflex.services.certificates.account import NoSubmittedClaim
from cme_reflex.services.claims import (
    claim,
    claim_lines,
    claims_feed,
    export,
    reminders,
    reopening,
    submission,
    withdrawal,
)
from cme_reflex.services.claims.reopening import (
    ClaimRecord,
    ReasonMissing,
    ReceiptNotFound,
    StatusChange,
)
from cme_reflex.services.claims.submission import Receipt
from cme_reflex.services.evaluations import evaluation_report
from cme_reflex.services.mail.worker import DeliveryStats
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.operations import backup, retention
from cme_reflex.services.programme import programme_cache
from cme_reflex.services.reporting import pars, pars_check
from cme_reflex.services.reporting.pars import NothingToReport
from cme_reflex.services.sign_in.request_context import RequestContext
from tests.support.attendees import (
    SignIn,
    opt_in_and_submit,
    queued_mail,
    submit_attested,
    submit_complete_claim,
)
from tests.support.mail import FOLDER_WITH_ADDRESSES, send_due_mail
from tests.support.meetings import FOLDER, MEETING, with_terms
from tests.support.servers.smtp_server import LocalSmtpServer, run_smtp_server

REASON = "Attended another meeting."


@pytest.fixture
def folder() -> MeetingFolder:
    """Attendees with and without an address; they may reopen their own claims."""
    return replace(FOLDER_WITH_ADDRESSES, meeting=with_terms(attendee_may_reopen=True))


@pytest.fixture
def server() -> Iterator[LocalSmtpServer]:
    with run_smtp_server() as server:
        yield server


@pytest.fixture
async def receipt(context: RequestContext, now: datetime) -> Receipt:
    return await submit_complete_claim(context, now)


async def withdraw(receipt: Receipt, now: datetime, *, reason: str = REASON) -> ClaimRecord:
    return await withdrawal.withdraw_claim(
        receipt.number, reason=reason, actor="staff kim", now=now
    )


async def reopen(receipt: Receipt, now: datetime) -> ClaimRecord:
    return await reopening.reopen_claim(
        receipt.number, reason="Sorry.", until=now + timedelta(days=3), actor="staff", now=now
    )


async def resubmit(context: RequestContext, now: datetime) -> Receipt:
    revision = (await claim.load_summary(context, now=now)).claim.revision
    return await submit_attested(context, revision, now=now)


async def state_of(receipt: Receipt, now: datetime) -> ProofState:
    return (await certificate.verify_certificate(receipt.number, now=now, address="a")).state


async def test_the_record_says_who_withdrew_what_when_and_why(
    context: RequestContext, receipt: Receipt, now: datetime
) -> None:
    later = now + timedelta(hours=1)
    record = await withdraw(receipt, later, reason=f" {REASON} ")
    withdrawn = replace(receipt, withdrawn_at=later)
    assert record == ClaimRecord(
        name="Kim O'Brien-Núñez Jr",
        badge="101",
        status=ClaimStatus.WITHDRAWN,
        reopened_until=None,
        receipts=(withdrawn,),
        states=(ProofState.WITHDRAWN,),
        history=(
            StatusChange(
                now, f"attendee {context.attendee.id}", "draft", "submitted", "", receipt.number
            ),
            StatusChange(later, "staff kim", "submitted", "withdrawn", REASON, receipt.number),
        ),
        registration_history=(),
    )
    assert await reopening.load_claim_record(receipt.number) == record
    assert await submission.load_receipts(context) == [withdrawn]


async def test_a_withdrawn_claim_is_no_proof_anywhere(
    context: RequestContext, receipt: Receipt, now: datetime
) -> None:
    later = now + timedelta(days=1)
    await withdraw(receipt, later)
    verified = await certificate.verify_certificate(receipt.number, now=now, address="a")
    assert (verified.state, verified.withdrawn_on) == (ProofState.WITHDRAWN, later.date())
    printed = await certificate.load_certificate(context, receipt.number)
    assert (printed.state, printed.withdrawn_at) == (ProofState.WITHDRAWN, later)
    owned = await account.load_account(context, now=later)
    assert (owned.years, owned.unsubmitted, owned.credits) == ((), (), ())
    assert [entry.status for entry in owned.withdrawn] == [ClaimStatus.WITHDRAWN]
    with pytest.raises(NoSubmittedClaim):
        await account.build_transcript(context, now=later)
    (exported,) = await export.iter_claims(MEETING.code)
    assert (exported.status, exported.version, exported.receipt) == ("withdrawn", None, "")
    report = await evaluation_report.build(MEETING.code, now=later)
    assert (report.claims, report.credits) == (0, ())
    published = await claims_feed.load_claim(receipt.number)
    assert (published.status, published.withdrawn_at) == ("withdrawn", later)


async def test_who_has_read_the_feed_reads_a_withdrawn_version_again(
    receipt: Receipt, now: datetime
) -> None:
    read = await claims_feed.load_page(limit=10)
    assert [each.status for each in read.claims] == ["valid"]
    await withdraw(receipt, now + timedelta(days=1))
    news = await claims_feed.load_page(cursor=read.next_cursor, limit=10)
    assert [(each.receipt_number, each.status) for each in news.claims] == [
        (receipt.number, "withdrawn")
    ]
    since = await claims_feed.load_page(since=now + timedelta(hours=1), limit=10)
    assert since.claims == news.claims
    assert (await claims_feed.load_page(cursor=news.next_cursor, limit=10)).claims == ()


async def test_the_attendee_can_change_nothing_of_it(
    context: RequestContext, ids: dict[str, int], receipt: Receipt, now: datetime
) -> None:
    await withdraw(receipt, now)
    before = await claim.load_summary(context, now=now)
    changes = (
        claim_lines.add_session(context, ids["B"], now=now),
        submission.choose_total(context, "category1", None, now=now),
        submission.save_certificate_name(context, "Somebody Else", now=now),
        submit_attested(context, before.claim.revision, now=now),
        submit_attested(context, receipt.document["revision"], now=now),
        reopening.reopen_own_claim(context, now=now),
    )
    for change in changes:
        with pytest.raises(ClaimWithdrawn):
            await change
    assert await claim.load_summary(context, now=now) == before
    assert before.claim.status is ClaimStatus.WITHDRAWN


async def test_a_reopened_claim_can_be_withdrawn_with_its_changes_and_every_version(
    context: RequestContext, ids: dict[str, int], receipt: Receipt, now: datetime
) -> None:
    await reopen(receipt, now)
    second = await resubmit(context, now)
    await reopen(receipt, now)
    await claim_lines.remove_session(context, ids["A"], now=now)  # clears the totals
    record = await withdraw(receipt, now)
    assert record.states == (ProofState.WITHDRAWN, ProofState.WITHDRAWN)
    assert record.history[-1].from_status == "reopened"
    for each in (receipt, second):
        assert await state_of(each, now) is ProofState.WITHDRAWN


async def test_staff_reopen_a_withdrawn_claim_and_only_a_new_version_is_a_proof(
    context: RequestContext, receipt: Receipt, now: datetime
) -> None:
    await withdraw(receipt, now)
    record = await reopen(receipt, now)
    assert (record.status, record.states) == (ClaimStatus.REOPENED, (ProofState.WITHDRAWN,))
    assert await state_of(receipt, now) is ProofState.WITHDRAWN
    owned = await account.load_account(context, now=now)
    assert [entry.valid_version for entry in owned.unsubmitted] == [None]
    (exported,) = await export.iter_claims(MEETING.code)
    assert (exported.status, exported.receipt) == ("reopened", "")
    second = await resubmit(context, now)
    assert (second.version, await state_of(second, now)) == (2, ProofState.VALID)
    assert await state_of(receipt, now) is ProofState.WITHDRAWN
    owned = await account.load_account(context, now=now)
    assert [version.state for version in owned.years[0].entries[0].versions] == [
        ProofState.VALID,
        ProofState.WITHDRAWN,
    ]
    # The new version can be withdrawn as well; the first keeps the time of its own withdrawal.
    later = now + timedelta(days=1)
    record = await withdraw(second, later)
    assert [each.withdrawn_at for each in record.receipts] == [later, now]


async def test_what_cannot_be_withdrawn(receipt: Receipt, now: datetime) -> None:
    with pytest.raises(ReceiptNotFound):
        await withdraw(replace(receipt, number="TEST24-2222-2222"), now)
    with pytest.raises(ReasonMissing):
        await withdraw(receipt, now, reason="  ")
    assert await state_of(receipt, now) is ProofState.VALID
    await withdraw(receipt, now)
    with pytest.raises(AlreadyWithdrawn):
        await withdraw(receipt, now)


async def test_a_load_does_not_change_the_lines_of_a_withdrawn_claim(
    context: RequestContext, folder: MeetingFolder, receipt: Receipt, now: datetime
) -> None:
    await withdraw(receipt, now)
    before = await claim.load_summary(context, now=now)
    shorter = replace(FOLDER.sessions[0], credit={"category1": Amount(4), "safety": Amount(4)})
    report = await load_meeting(replace(folder, sessions=(shorter, *FOLDER.sessions[1:])), now=now)
    assert report.touched == ()
    after = await claim.load_summary(context, now=now)
    assert (after.claim.totals, after.lowered) == (before.claim.totals, before.lowered)
    assert [line.minutes for line in after.claim.lines] == [90]


async def test_the_attendee_is_told_and_a_confirmation_that_waits_is_not_sent(
    receipt: Receipt, now: datetime, server: LocalSmtpServer
) -> None:
    await withdraw(receipt, now)
    assert [row.kind for row in await queued_mail()] == ["confirmation", "withdrawal"]
    assert await send_due_mail(server, now) == DeliveryStats(sent=1, withdrawn=1)
    (sent,) = server.received
    assert str(sent.message["Subject"]) == (
        f"Your TEST24 CME claim was withdrawn: {receipt.number}"
    )
    assert sent.text.splitlines()[:13] == [
        "Dear Kim O'Brien-Núñez Jr,",
        "",
        "Society of Tests has withdrawn your CME claim for The Test Meeting 2024.",
        "Its receipt and certificate are no longer proof of credit.",
        "",
        f"  Receipt number: {receipt.number}",
        "  Withdrawn: Nov 1, 2024, 5:00 am PT",
        f"  Reason: {REASON}",
        "",
        "Nothing that you entered was deleted. If you have questions, contact us.",
        "",
        "See your receipt:",
        "https://cme.example.org/test24/receipt",
    ]


async def test_the_notice_greets_and_is_addressed_to_the_registered_name(
    context: RequestContext, sign_in_as: SignIn, now: datetime, server: LocalSmtpServer
) -> None:
    await submission.save_certificate_name(context, "Win a Prize Today", now=now)
    receipt = await submit_complete_claim(await sign_in_as(), now)
    await send_due_mail(server, now)
    await withdraw(receipt, now)
    assert await send_due_mail(server, now) == DeliveryStats(sent=1)
    sent = server.received[-1]
    assert sent.text.splitlines()[0] == "Dear Kim O'Brien-Núñez Jr,"
    assert sent.message["To"].addresses[0].display_name == "Kim O'Brien-Núñez Jr"


async def test_the_notice_of_a_claim_that_was_reopened_meanwhile_is_not_sent(
    receipt: Receipt, now: datetime, server: LocalSmtpServer
) -> None:
    await send_due_mail(server, now)
    await withdraw(receipt, now)
    await reopen(receipt, now)
    assert await send_due_mail(server, now) == DeliveryStats(withdrawn=1)


async def test_only_a_claim_that_is_reopened_is_reminded_and_not_of_a_valid_receipt(
    receipt: Receipt, now: datetime, server: LocalSmtpServer
) -> None:
    await withdraw(receipt, now)
    assert (await reminders.enqueue_reminders(MEETING.code, now=now)).reminded == ()
    await reopen(receipt, now)
    assert (await reminders.enqueue_reminders(MEETING.code, now=now)).reminded == ("101",)
    await send_due_mail(server, now)
    text = " ".join(server.received[-1].text.split())
    assert "Credit is granted only for claims that are submitted." in text
    assert "stays valid" not in text


async def test_who_has_no_address_is_withdrawn_all_the_same(
    sign_in_as: SignIn, now: datetime
) -> None:
    receipt = await submit_complete_claim(await sign_in_as("104", "Nowhere"), now)
    assert (await withdraw(receipt, now)).status is ClaimStatus.WITHDRAWN
    assert await queued_mail() == []


async def exported(now: datetime) -> tuple[ParsRow, ...]:
    """The rows of the next file for PARS; none if there is nothing new."""
    number = await pars.next_batch_number(MEETING.code)
    try:
        batch = await pars.create_batch(
            MEETING.code, number, actor="staff", now=now, write=lambda batch: None
        )
    except NothingToReport:
        return ()
    await pars.mark_delivered(MEETING.code, number, now=now)
    return batch.rows


async def test_pars_gets_no_claim_that_was_withdrawn_before_the_export(
    context: RequestContext, now: datetime
) -> None:
    await opt_in_and_submit(context, now)
    (receipt,) = await submission.load_receipts(context)
    await withdraw(receipt, now)
    assert await exported(now) == ()
    checked = await pars_check.check(MEETING.code)
    assert (checked.reportable, checked.waiting, checked.withdrawn) == (0, 0, 1)


async def test_pars_deletes_what_was_withdrawn_after_the_export_and_gets_the_new_version(
    context: RequestContext, now: datetime
) -> None:
    await opt_in_and_submit(context, now)
    (receipt,) = await submission.load_receipts(context)
    (added,) = await exported(now)
    await withdraw(receipt, now)
    (entry,) = (await account.load_account(context, now=now)).withdrawn
    assert entry.reporting.state is ReportingState.DELETION_DUE
    assert await exported(now) == (ParsRow(RecordAction.DELETE, added.record),)
    assert await exported(now) == ()
    await reopen(receipt, now)
    assert await exported(now) == ()
    await resubmit(context, now)
    assert await exported(now) == (added,)


async def test_a_withdrawn_claim_is_restored_from_a_backup_as_withdrawn(
    receipt: Receipt, now: datetime, tmp_path: Path
) -> None:
    record = await withdraw(receipt, now)
    done = Mock()
    await backup.create_backup(tmp_path / "b.gz", now=now, done=done)
    await backup.restore_backup(tmp_path / "b.gz", replace=True, actor="staff", now=now, done=done)
    programme_cache.clear()
    assert await reopening.load_claim_record(receipt.number) == record
    assert await state_of(receipt, now) is ProofState.WITHDRAWN


async def test_a_withdrawn_claim_is_deleted_with_the_others_of_an_old_meeting(
    receipt: Receipt, now: datetime
) -> None:
    await withdraw(receipt, now)
    closes = MEETING.claim.closes_at
    done = await retention.purge(
        closes.date(), actor="staff", now=closes + timedelta(days=366 * 7), dry_run=False
    )
    (deleted,) = done
    assert deleted.rows["receipt"] == deleted.rows["claim"] == 1
    with pytest.raises(ReceiptNotFound):
        await reopening.load_claim_record(receipt.number)
