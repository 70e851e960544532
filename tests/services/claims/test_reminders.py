"""Reminders: recipients, once per deadline, and changes before sending."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cme_reflex.domain.claims.claim import DeadlinePassed
from cme_reflex.formats.meeting_folder.records import MeetingFolder
from cme_reflex.services.claims import reminders
from cme_reflex.services.claims.reminders import ReminderResult
from cme_reflex.services.claims.reopening import reopen_claim
from cme_reflex.services.mail.worker import DeliveryStats
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.sign_in.request_context import RequestContext
from tests.support.attendees import SignIn, begin_claim, queued_mail, submit_complete_claim
from tests.support.mail import FOLDER_WITH_ADDRESSES, KIM, send_due_mail
from tests.support.meetings import MEETING, with_terms
from tests.support.servers.smtp_server import LocalSmtpServer, run_smtp_server

CLOSES = MEETING.claim.closes_at


@pytest.fixture
def folder() -> MeetingFolder:
    return FOLDER_WITH_ADDRESSES


@pytest.fixture
def server() -> Iterator[LocalSmtpServer]:
    with run_smtp_server() as server:
        yield server


@pytest.fixture
async def begun(sign_in_as: SignIn, now: datetime) -> RequestContext:
    """Badges 101: draft; 102: submitted; 103: no claim; 104: draft, without an e-mail address."""
    await submit_of(await sign_in_as("105", "Łukasz"), now)
    await begin_claim(await sign_in_as("104", "Nowhere"), now)
    context = await sign_in_as()
    await begin_claim(context, now)
    return context


async def submit_of(context: RequestContext, now: datetime) -> str:
    return (await submit_complete_claim(context, now)).number


def reminder_result(**groups: object) -> ReminderResult:
    nobody: dict[str, object] = {
        "meeting": "test24",
        "deadline": CLOSES,
        "dry_run": False,
        "reminded": (),
        "before": (),
        "without_address": ("104",),
        "too_late": (),
    }
    return ReminderResult(**(nobody | groups))  # type: ignore[arg-type]


async def remind(now: datetime, *, dry_run: bool = False) -> ReminderResult:
    return await reminders.enqueue_reminders(MEETING.code, now=now, dry_run=dry_run)


async def test_who_has_begun_and_not_submitted_is_reminded_once(
    begun: RequestContext, now: datetime, server: LocalSmtpServer
) -> None:
    await send_due_mail(server, now)
    server.received.clear()
    assert await remind(now, dry_run=True) == reminder_result(reminded=("101",), dry_run=True)
    assert len(await queued_mail()) == 1
    assert await remind(now) == reminder_result(reminded=("101",))
    assert await remind(now + timedelta(days=3)) == reminder_result(before=("101",))
    assert await send_due_mail(server, now) == DeliveryStats(sent=1)
    (taken,) = server.received
    assert (taken.recipient.lower(), str(taken.message["Subject"])) == (
        KIM.lower(),
        "Submit your TEST24 CME claim by Dec 31, 2030, 3:00 pm PT",
    )
    assert "  Sessions so far: 1" in taken.text
    assert "  Category 1 you can claim: 1.50" in taken.text
    assert taken.link() == "https://cme.example.org/test24/claim"


async def test_who_submits_before_it_is_sent_is_not_reminded(
    begun: RequestContext, now: datetime, server: LocalSmtpServer
) -> None:
    await remind(now)
    await submit_complete_claim(begun, now)
    assert await send_due_mail(server, now) == DeliveryStats(sent=2, withdrawn=1)
    assert not [x for x in server.received if "not submitted" in x.text]


async def test_another_deadline_is_another_reminder_and_the_old_one_is_withdrawn(
    begun: RequestContext, now: datetime, server: LocalSmtpServer
) -> None:
    await remind(now)
    earlier = with_terms(closes_at=now + timedelta(days=30))
    await load_meeting(replace(FOLDER_WITH_ADDRESSES, meeting=earlier), now=now)
    closes = earlier.claim.closes_at
    assert await remind(now) == reminder_result(reminded=("101",), deadline=closes)
    assert await send_due_mail(server, now) == DeliveryStats(sent=2, withdrawn=1)


async def test_a_reopened_claim_is_reminded_of_its_own_deadline(
    context: RequestContext, now: datetime, server: LocalSmtpServer
) -> None:
    until = now + timedelta(days=9)
    number = await submit_of(context, now)
    assert (await remind(now)).reminded == ()
    await reopen_claim(number, reason="r", until=until, actor="staff", now=now)
    assert (await remind(now)).reminded == ("101",)
    await send_due_mail(server, now)
    (reminder,) = [x for x in server.received if "was reopened" in x.text]
    assert "Submit by: Nov 10, 2024, 4:00 am PT" in reminder.text
    assert "Claims close on Nov 10, 2024, 4:00 am PT." in reminder.text
    late = await remind(until)
    assert (late.reminded, late.too_late) == ((), ("101",))


async def test_a_reminder_is_not_sent_after_its_deadline(
    begun: RequestContext, now: datetime, server: LocalSmtpServer
) -> None:
    await remind(CLOSES - timedelta(minutes=1))
    await send_due_mail(server, CLOSES)
    assert not [x for x in server.received if "not submitted" in x.text]


async def test_after_the_deadline_nobody_is_reminded(begun: RequestContext) -> None:
    with pytest.raises(DeadlinePassed):
        await remind(CLOSES)
