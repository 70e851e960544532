"""The confirmation: posted in the transaction of Submit, written with the receipt's content."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from cme_reflex.domain.letter import Attachment
from cme_reflex.domain.mail import Kind
from cme_reflex.exchange.certificate import Certificate
from cme_reflex.exchange.records import MeetingFolder
from cme_reflex.services import confirmation, drawing, submission
from cme_reflex.services.correspondence import Draw, Task
from cme_reflex.services.postman import WRITERS, Round, send_due
from cme_reflex.services.reopening import reopen_claim
from cme_reflex.services.submission import Receipt
from cme_reflex.services.visit import Visit
from cme_reflex.store.tables import OutboxRow, ReceiptRow
from tests.mail_server import MailServer, mail_server
from tests.rows import fetch
from tests.services.conftest import SignIn
from tests.services.mailing import KIM, WITH_ADDRESSES, office, send
from tests.services.test_submission import complete


@pytest.fixture
def folder() -> MeetingFolder:
    return WITH_ADDRESSES


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


async def submit(visit: Visit, now: datetime) -> Receipt:
    ids = {session.code: session.id for session in visit.programme.sessions.values()}
    revision = await complete(visit, ids, now)
    return await submission.submit_claim(visit, revision, attested=True, now=now)


async def posted() -> list[OutboxRow]:
    return await fetch(select(OutboxRow))


async def test_submit_posts_one_confirmation_however_often_it_arrives(
    visit: Visit, now: datetime
) -> None:
    receipt = await submit(visit, now)
    again = await submission.submit_claim(
        visit, receipt.document["revision"], attested=True, now=now
    )
    assert again == receipt
    (row,) = await posted()
    assert (row.kind, row.recipient, row.payload, row.dedupe_key) == (
        "confirmation",
        KIM,
        {"receipt": receipt.number},
        f"confirmation:{receipt.number}",
    )


async def test_a_refused_submit_posts_nothing(visit: Visit, now: datetime) -> None:
    with pytest.raises(submission.Incomplete):
        await submission.submit_claim(visit, 0, attested=True, now=now)
    assert await posted() == []


async def test_who_has_no_address_submits_all_the_same(visit_as: SignIn, now: datetime) -> None:
    assert (await submit(await visit_as("104", "Nowhere"), now)).version == 1
    assert await posted() == []


async def test_the_message_says_what_was_claimed_and_whom_to_ask(
    visit: Visit, now: datetime, server: MailServer
) -> None:
    receipt = await submit(visit, now)
    assert await send(server, now) == Round(sent=1)
    (taken,) = server.taken
    assert taken.recipient == KIM.replace("Example", "example")
    assert str(taken.message["Subject"]) == f"Your TEST24 CME credit: 1.50 hours, {receipt.number}"
    assert taken.text.splitlines() == [
        "Dear Kim O'Brien-Núñez Jr,",
        "",
        "Thank you. We have your CME claim for The Test Meeting 2024.",
        "",
        "  Category 1 hours: 1.50",
        "  of which Patient Safety: 0.50",
        "  Sessions: 1",
        "  Name on certificate: Kim O'Brien-Núñez Jr",
        "  Submitted: Nov 1, 2024, 5:00 am PT",
        f"  Receipt number: {receipt.number}",
        "",
        "Your certificate is attached. You find the receipt with all its sessions",
        "on the site, whenever you sign in. Keep the receipt number: it is what we",
        "look your claim up by.",
        "",
        "See your receipt:",
        "https://cme.example.org/receipt",
        "",
        "-- ",
        "Questions about your CME credits? Member Services, help@example.org",
        "Claims close on Dec 31, 2030, 3:00 pm PT.",
        "Society of Tests, for The Test Meeting 2024",
    ]
    for line in ("Claims close on Dec 31, 2030, 3:00 pm PT.", receipt.number, "1.50"):
        assert line in taken.html


async def test_a_second_submission_has_a_confirmation_of_its_own(
    visit: Visit, now: datetime, server: MailServer
) -> None:
    first = await submit(visit, now)
    await reopen_claim(
        first.number, reason="r", until=now + timedelta(days=9), actor="staff", now=now
    )
    revision = (await submission.choose_safety(visit, None, now=now)).claim.revision
    second = await submission.submit_claim(visit, revision, attested=True, now=now)
    assert await send(server, now) == Round(sent=2)
    texts = [taken.text for taken in server.taken]
    assert [receipt.number in text for receipt in (first, second) for text in texts] == [
        True,
        False,
        False,
        True,
    ]
    assert ["It replaces" in text for text in texts] == [False, True]


async def test_what_is_attached_is_made_when_it_is_sent(
    visit: Visit, now: datetime, server: MailServer
) -> None:
    def attach(task: Task, receipt: ReceiptRow) -> tuple[Draw, ...]:
        async def draw() -> Attachment:
            content = f"%PDF {receipt.number} {receipt.version}".encode()
            return Attachment(name="certificate.pdf", media_type="application/pdf", content=content)

        return (draw,)

    receipt = await submit(visit, now)
    with_certificate = replace(
        office(server), writers={**WRITERS, Kind.CONFIRMATION: confirmation.writer(attach)}
    )
    assert await send_due(with_certificate, clock=lambda: now) == Round(sent=1)
    (taken,) = server.taken
    (attached,) = taken.message.iter_attachments()
    assert attached.get_content() == f"%PDF {receipt.number} 1".encode()
    assert "Your certificate is attached." in taken.text
    (row,) = await posted()
    assert "PDF" not in str(row.payload)


async def test_nobody_waits_to_write_while_a_certificate_is_drawn(
    visit: Visit,
    visit_as: SignIn,
    now: datetime,
    server: MailServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun, others_are_drawn = asyncio.Event(), asyncio.Event()
    draws = drawing.drawn

    async def drawn_after_others(draw: Callable[[Certificate], bytes], of: Certificate) -> bytes:
        begun.set()
        await others_are_drawn.wait()
        return await draws(draw, of)

    monkeypatch.setattr(drawing, "drawn", drawn_after_others)
    await submit(visit, now)
    async with asyncio.TaskGroup() as group:
        sending = group.create_task(send(server, now))
        await begun.wait()
        async with asyncio.timeout(5):
            await submit(await visit_as("104", "Nowhere"), now)
        assert not sending.done()
        others_are_drawn.set()
    assert sending.result() == Round(sent=1)
    (attached,) = server.taken[0].message.iter_attachments()
    assert attached.get_content().startswith(b"%PDF")
