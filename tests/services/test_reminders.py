"""Reminders: who gets one, once for each deadline, and what has changed until it is sent."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cme_reflex.domain.submission import DeadlinePassed
from cme_reflex.exchange.records import MeetingFolder
from cme_reflex.services import reminders, selection
from cme_reflex.services.meeting import load_meeting
from cme_reflex.services.postman import Round
from cme_reflex.services.reminders import Reminded
from cme_reflex.services.reopening import reopen_claim
from cme_reflex.services.visit import Visit
from tests.mail_server import MailServer, mail_server
from tests.meetings import MEETING, with_terms
from tests.services.conftest import SignIn
from tests.services.mailing import KIM, WITH_ADDRESSES, send
from tests.services.test_confirmation import posted, submit

CLOSES = MEETING.claim.closes_at


@pytest.fixture
def folder() -> MeetingFolder:
    return WITH_ADDRESSES


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


async def begin(visit: Visit, now: datetime) -> None:
    ids = {session.code: session.id for session in visit.programme.sessions.values()}
    await selection.add_session(visit, ids["A"], now=now)


@pytest.fixture
async def begun(visit_as: SignIn, now: datetime) -> Visit:
    """101 has begun, 102 has submitted, 103 has not begun, 104 has begun and no address."""
    await submit_of(await visit_as("105", "Łukasz"), now)
    await begin(await visit_as("104", "Nowhere"), now)
    visit = await visit_as()
    await begin(visit, now)
    return visit


async def submit_of(visit: Visit, now: datetime) -> str:
    return (await submit(visit, now)).number


def told(**groups: object) -> Reminded:
    nobody: dict[str, object] = {
        "meeting": "test24",
        "deadline": CLOSES,
        "dry_run": False,
        "reminded": (),
        "before": (),
        "without_address": ("104",),
        "too_late": (),
    }
    return Reminded(**(nobody | groups))  # type: ignore[arg-type]


async def remind(now: datetime, *, dry_run: bool = False) -> Reminded:
    return await reminders.remind(MEETING.code, now=now, dry_run=dry_run)


async def test_who_has_begun_and_not_submitted_is_reminded_once(
    begun: Visit, now: datetime, server: MailServer
) -> None:
    await send(server, now)
    server.taken.clear()
    assert await remind(now, dry_run=True) == told(reminded=("101",), dry_run=True)
    assert len(await posted()) == 1
    assert await remind(now) == told(reminded=("101",))
    assert await remind(now + timedelta(days=3)) == told(before=("101",))
    assert await send(server, now) == Round(sent=1)
    (taken,) = server.taken
    assert (taken.recipient.lower(), str(taken.message["Subject"])) == (
        KIM.lower(),
        "Submit your TEST24 CME claim by Dec 31, 2030, 3:00 pm PT",
    )
    assert "  Sessions so far: 1" in taken.text
    assert "  Hours that they support: 1.50" in taken.text
    assert taken.link() == "https://cme.example.org/claim"


async def test_who_submits_before_it_is_sent_is_not_reminded(
    begun: Visit, now: datetime, server: MailServer
) -> None:
    await remind(now)
    await submit(begun, now)
    assert await send(server, now) == Round(sent=2, withdrawn=1)
    assert not [x for x in server.taken if "not submitted" in x.text]


async def test_another_deadline_is_another_reminder_and_the_old_one_is_withdrawn(
    begun: Visit, now: datetime, server: MailServer
) -> None:
    await remind(now)
    earlier = with_terms(closes_at=now + timedelta(days=30))
    await load_meeting(replace(WITH_ADDRESSES, meeting=earlier), now=now)
    closes = earlier.claim.closes_at
    assert await remind(now) == told(reminded=("101",), deadline=closes)
    assert await send(server, now) == Round(sent=2, withdrawn=1)


async def test_a_reopened_claim_is_reminded_of_its_own_deadline(
    visit: Visit, now: datetime, server: MailServer
) -> None:
    until = now + timedelta(days=9)
    number = await submit_of(visit, now)
    assert (await remind(now)).reminded == ()
    await reopen_claim(number, reason="r", until=until, actor="staff", now=now)
    assert (await remind(now)).reminded == ("101",)
    await send(server, now)
    (reminder,) = [x for x in server.taken if "was reopened" in x.text]
    assert "Submit by: Nov 10, 2024, 4:00 am PT" in reminder.text
    assert "Claims close on Nov 10, 2024, 4:00 am PT." in reminder.text
    late = await remind(until)
    assert (late.reminded, late.too_late) == ((), ("101",))


async def test_a_reminder_is_not_sent_after_its_deadline(
    begun: Visit, now: datetime, server: MailServer
) -> None:
    await remind(CLOSES - timedelta(minutes=1))
    await send(server, CLOSES)
    assert not [x for x in server.taken if "not submitted" in x.text]


async def test_after_the_deadline_nobody_is_reminded(begun: Visit) -> None:
    with pytest.raises(DeadlinePassed):
        await remind(CLOSES)
