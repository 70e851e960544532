"""The confirmation: enqueued in the transaction of Submit, rendered from the receipt."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from cme_reflex.domain.mail.delivery import MailKind
from cme_reflex.domain.mail.message import Attachment
from cme_reflex.formats.meeting_folder.records import MeetingFolder
from cme_reflex.formats.pdf.certificate import Certificate
from cme_reflex.services.certificates import pdf_pool
from cme_reflex.services.claims import confirmation, submission
from cme_reflex.services.claims.reopening import reopen_claim
from cme_reflex.services.mail.rendering import AttachmentFactory, MailJob
from cme_reflex.services.mail.worker import DeliveryStats, send_due
from cme_reflex.services.operations.mail_renderers import MAIL_RENDERERS
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.store.claims.tables import ReceiptRow
from tests.support.attendees import SignIn, queued_mail, submit_attested, submit_complete_claim
from tests.support.mail import FOLDER_WITH_ADDRESSES, KIM, make_mailer, send_due_mail
from tests.support.servers.smtp_server import LocalSmtpServer, run_smtp_server


@pytest.fixture
def folder() -> MeetingFolder:
    return FOLDER_WITH_ADDRESSES


@pytest.fixture
def server() -> Iterator[LocalSmtpServer]:
    with run_smtp_server() as server:
        yield server


async def test_submit_posts_one_confirmation_however_often_it_arrives(
    context: RequestContext, now: datetime
) -> None:
    receipt = await submit_complete_claim(context, now)
    again = await submit_attested(context, receipt.document["revision"], now=now)
    assert again == receipt
    (row,) = await queued_mail()
    assert (row.kind, row.recipient, row.payload, row.dedupe_key) == (
        "confirmation",
        KIM,
        {"receipt": receipt.number},
        f"confirmation:{receipt.number}",
    )


async def test_a_refused_submit_posts_nothing(context: RequestContext, now: datetime) -> None:
    with pytest.raises(submission.ClaimIncomplete):
        await submit_attested(context, 0, now=now)
    assert await queued_mail() == []


async def test_who_has_no_address_submits_all_the_same(sign_in_as: SignIn, now: datetime) -> None:
    assert (await submit_complete_claim(await sign_in_as("104", "Nowhere"), now)).version == 1
    assert await queued_mail() == []


async def test_it_greets_and_is_addressed_to_the_registered_name(
    context: RequestContext, sign_in_as: SignIn, now: datetime, server: LocalSmtpServer
) -> None:
    await submission.save_certificate_name(context, "Win a Prize Today", now=now)
    await submit_complete_claim(await sign_in_as(), now)
    assert await send_due_mail(server, now) == DeliveryStats(sent=1)
    (taken,) = server.received
    assert taken.text.splitlines()[0] == "Dear Kim O'Brien-Núñez Jr,"
    assert "Name on certificate: Win a Prize Today" in taken.text
    assert taken.message["To"].addresses[0].display_name == "Kim O'Brien-Núñez Jr"


async def test_the_message_says_what_was_claimed_and_whom_to_ask(
    context: RequestContext, now: datetime, server: LocalSmtpServer
) -> None:
    receipt = await submit_complete_claim(context, now)
    assert await send_due_mail(server, now) == DeliveryStats(sent=1)
    (taken,) = server.received
    assert taken.recipient == KIM.replace("Example", "example")
    subject = f"Your TEST24 CME credit: 1.50 Category 1, {receipt.number}"
    assert str(taken.message["Subject"]) == subject
    assert taken.text.splitlines() == [
        "Dear Kim O'Brien-Núñez Jr,",
        "",
        "Thank you. We have received your CME claim for The Test Meeting 2024.",
        "",
        "  Category 1: 1.50",
        "  of which Patient Safety: 0.50",
        "  Sessions: 1",
        "  Name on certificate: Kim O'Brien-Núñez Jr",
        "  Submitted: Nov 1, 2024, 5:00 am PT",
        f"  Receipt number: {receipt.number}",
        "",
        "Of 1.00 hours of Patient Safety attended, 0.50 are claimed.",
        "",
        "Your certificate is attached. Whenever you sign in, you can see your",
        "receipt with all of its sessions. Keep the receipt number, so that we can",
        "find your claim.",
        "",
        "See your receipt:",
        "https://cme.example.org/test24/receipt",
        "",
        "-- ",
        "Questions about your CME credits? Member Services, help@example.org",
        "Claims close on Dec 31, 2030, 3:00 pm PT.",
        "Society of Tests, for The Test Meeting 2024",
    ]
    for line in ("Claims close on Dec 31, 2030, 3:00 pm PT.", receipt.number, "1.50"):
        assert line in taken.html


async def test_a_second_submission_has_a_confirmation_of_its_own(
    context: RequestContext, now: datetime, server: LocalSmtpServer
) -> None:
    first = await submit_complete_claim(context, now)
    await reopen_claim(
        first.number, reason="r", until=now + timedelta(days=9), actor="staff", now=now
    )
    revision = (await submission.choose_total(context, "safety", None, now=now)).claim.revision
    second = await submit_attested(context, revision, now=now)
    assert await send_due_mail(server, now) == DeliveryStats(sent=2)
    texts = [taken.text for taken in server.received]
    assert [receipt.number in text for receipt in (first, second) for text in texts] == [
        True,
        False,
        False,
        True,
    ]
    assert ["It replaces" in " ".join(text.split()) for text in texts] == [False, True]


async def test_what_is_attached_is_made_when_it_is_sent(
    context: RequestContext, now: datetime, server: LocalSmtpServer
) -> None:
    def attach(_: Session, task: MailJob, receipt: ReceiptRow) -> tuple[AttachmentFactory, ...]:
        async def draw() -> Attachment:
            content = f"%PDF {receipt.number} {receipt.version}".encode()
            return Attachment(name="certificate.pdf", media_type="application/pdf", content=content)

        return (draw,)

    receipt = await submit_complete_claim(context, now)
    with_certificate = replace(
        make_mailer(server),
        renderers={
            **MAIL_RENDERERS,
            MailKind.CONFIRMATION: confirmation.confirmation_renderer(attach),
        },
    )
    assert await send_due(with_certificate, clock=lambda: now) == DeliveryStats(sent=1)
    (taken,) = server.received
    (attached,) = taken.message.iter_attachments()
    assert attached.get_content() == f"%PDF {receipt.number} 1".encode()
    assert "Your certificate is attached." in taken.text
    (row,) = await queued_mail()
    assert "PDF" not in str(row.payload)


async def test_nobody_waits_to_write_while_a_certificate_is_drawn(
    context: RequestContext,
    sign_in_as: SignIn,
    now: datetime,
    server: LocalSmtpServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun, others_are_drawn = asyncio.Event(), asyncio.Event()
    draws = pdf_pool.render

    async def drawn_after_others(draw: Callable[[Certificate], bytes], of: Certificate) -> bytes:
        begun.set()
        await others_are_drawn.wait()
        return await draws(draw, of)

    monkeypatch.setattr(pdf_pool, "render", drawn_after_others)
    await submit_complete_claim(context, now)
    async with asyncio.TaskGroup() as group:
        sending = group.create_task(send_due_mail(server, now))
        await begun.wait()
        async with asyncio.timeout(5):
            await submit_complete_claim(await sign_in_as("104", "Nowhere"), now)
        assert not sending.done()
        others_are_drawn.set()
    assert sending.result() == DeliveryStats(sent=1)
    (attached,) = server.received[0].message.iter_attachments()
    assert attached.get_content().startswith(b"%PDF")
