"""The mail worker, with a real SMTP server that accepts, rejects and disconnects."""

import asyncio
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from cme_reflex.domain.mail.delivery import TIME_TO_LIVE, MailKind
from cme_reflex.formats.meeting_folder.records import MeetingFolder
from cme_reflex.services.mail import queue, worker
from cme_reflex.services.mail.worker import DeliveryStats, send_due
from cme_reflex.store.database import write
from cme_reflex.store.mail.tables import MailQueueRow
from tests.support.database.table_rows import fetch
from tests.support.mail import FOLDER_WITH_ADDRESSES, FakeClock, make_mailer, send_due_mail
from tests.support.meetings import MEETING
from tests.support.servers.smtp_server import LocalSmtpServer, run_smtp_server

pytestmark = pytest.mark.usefixtures("loaded")


@pytest.fixture
def folder() -> MeetingFolder:
    return FOLDER_WITH_ADDRESSES


@pytest.fixture
def server() -> Iterator[LocalSmtpServer]:
    with run_smtp_server() as server:
        yield server


async def post(
    now: datetime, key: str = "1", kind: MailKind = MailKind.INVITATION, member: int = 1
) -> bool:
    return await write(
        partial(
            queue.enqueue,
            meeting_id=1,
            kind=kind,
            recipient="kim.obrien@example.org",
            key=key,
            now=now,
            member=member,
        )
    )


async def rows() -> list[MailQueueRow]:
    return await fetch(select(MailQueueRow).order_by("id"))


async def states() -> list[tuple[str, int, str]]:
    return [(row.state, row.attempts, row.last_error) for row in await rows()]


async def reaches(state: str, which: int = 0) -> None:
    while (await states())[which][0] != state:  # noqa: ASYNC110 - another worker writes it
        await asyncio.sleep(0.01)


async def test_what_is_posted_is_sent_once(server: LocalSmtpServer, now: datetime) -> None:
    await post(now)
    assert await send_due_mail(server, now) == DeliveryStats(sent=1)
    assert await send_due_mail(server, now + timedelta(days=1)) == DeliveryStats()
    (row,) = await rows()
    assert (row.state, row.attempts, row.sent_at, row.leased_until) == ("sent", 1, now, None)
    assert [taken.recipient for taken in server.received] == ["kim.obrien@example.org"]


async def test_the_same_is_posted_once(server: LocalSmtpServer, now: datetime) -> None:
    assert [await post(now), await post(now), await post(now, "2")] == [True, False, True]
    assert await send_due_mail(server, now) == DeliveryStats(sent=2)


async def test_what_is_not_committed_is_not_sent(server: LocalSmtpServer, now: datetime) -> None:
    def post_and_fail(db: Session) -> None:
        queue.enqueue(db, meeting_id=1, kind=MailKind.REMINDER, recipient="a@b.c", key="1", now=now)
        raise RuntimeError("changed my mind")

    with pytest.raises(RuntimeError, match="changed my mind"):
        await write(post_and_fail)
    assert await states() == []
    assert await send_due_mail(server, now) == DeliveryStats()


async def test_a_refused_message_is_dead_and_told(server: LocalSmtpServer, now: datetime) -> None:
    server.behavior = {"RCPT": "550 5.1.1 no such user"}
    await post(now)
    assert await send_due_mail(server, now) == DeliveryStats(dead=1)
    status = await queue.status(MEETING.code)
    assert status.counts == {"invitation": {"dead": 1}}
    (dead,) = status.dead
    assert asdict(dead) == {
        "id": 1,
        "kind": "invitation",
        "state": "dead",
        "recipient": "kim.obrien@example.org",
        "attempts": 1,
        "created_at": now,
        "next_attempt": None,
        "last_error": "550 5.1.1 no such user",
    }
    server.behavior = {}
    assert await send_due_mail(server, now + timedelta(days=1)) == DeliveryStats()


async def test_dead_messages_are_tried_again_only_where_staff_say_so(
    server: LocalSmtpServer, now: datetime
) -> None:
    server.behavior = {"RCPT": "550 no"}
    await post(now)
    await post(now, "2")
    assert await send_due_mail(server, now) == DeliveryStats(dead=2)
    server.behavior = {}
    later = now + timedelta(days=30)
    with pytest.raises(queue.MessagesNotRetryable) as refused:
        await queue.retry(MEETING.code, [1, 7], now=later)
    assert refused.value.ids == (7,)
    assert [entry.id for entry in await queue.retry(MEETING.code, [2], now=later)] == [2]
    assert await send_due_mail(server, later) == DeliveryStats(sent=1)
    with pytest.raises(queue.MessagesNotRetryable):
        await queue.retry(MEETING.code, [2], now=later)


async def test_a_deferred_message_is_repeated_with_pauses_that_grow(
    server: LocalSmtpServer, now: datetime
) -> None:
    server.behavior = {"RCPT": "451 greylisted"}
    await post(now)
    clock = FakeClock(now)
    pauses = []
    for _ in range(4):
        assert await send_due(make_mailer(server), clock=clock) == DeliveryStats(deferred=1)
        assert await send_due(make_mailer(server), clock=clock) == DeliveryStats()
        (row,) = await rows()
        pauses.append((row.not_before - clock.now).total_seconds())
        assert (row.state, row.last_error) == ("waiting", "451 greylisted")
        clock.now = row.not_before
    assert pauses == [30, 120, 480, 1920]
    server.behavior = {}
    assert await send_due(make_mailer(server), clock=clock) == DeliveryStats(sent=1)
    assert len(server.received) == 1


async def test_after_its_time_a_message_is_given_up(server: LocalSmtpServer, now: datetime) -> None:
    server.behavior = {"RCPT": "451 greylisted"}
    await post(now)
    clock = FakeClock(now)
    while (await states())[0][0] == "waiting":
        await send_due(make_mailer(server), clock=clock)
        clock.now = max((await rows())[0].not_before, clock.now + timedelta(seconds=1))
    assert clock.now <= now + TIME_TO_LIVE[MailKind.INVITATION]
    assert (await states())[0][2] == "451 greylisted"
    await post(now, "2")
    assert await send_due_mail(server, now + TIME_TO_LIVE[MailKind.INVITATION]) == DeliveryStats(
        dead=1
    )


@pytest.mark.parametrize("does", [{"MAIL": "550 not your domain"}, {"RCPT": "close"}])
async def test_a_server_that_takes_nothing_costs_no_message_an_attempt(
    server: LocalSmtpServer, now: datetime, does: dict[str, str]
) -> None:
    server.behavior = does
    await post(now)
    await post(now, "2")
    done = await send_due_mail(server, now)
    assert replace(done, unavailable="") == DeliveryStats()
    assert done.unavailable.startswith(f"127.0.0.1:{server.port}")
    first, second = await states()
    assert (first[:2], second) == (("waiting", 0), ("waiting", 0, ""))
    server.behavior = {}
    assert await send_due_mail(server, now + timedelta(seconds=30)) == DeliveryStats(sent=2)


async def test_a_stalled_server_is_left_and_the_message_waits(
    server: LocalSmtpServer, now: datetime
) -> None:
    server.behavior = {"DATA": "stall"}
    await post(now)
    stalled = make_mailer(server, patience=0.3)
    assert await send_due(stalled, clock=lambda: now) == DeliveryStats(deferred=1)
    assert (await states())[0][2].endswith("it may have arrived")
    server.behavior = {}
    assert await send_due_mail(server, now + timedelta(seconds=30)) == DeliveryStats(sent=1)
    assert len(server.received) == 1


async def test_what_arrived_without_an_answer_comes_again_with_the_same_id(
    server: LocalSmtpServer, now: datetime
) -> None:
    server.behavior = {"DATA": "take and close"}
    await post(now)
    assert await send_due_mail(server, now) == DeliveryStats(deferred=1)
    server.behavior = {}
    assert await send_due_mail(server, now + timedelta(seconds=30)) == DeliveryStats(sent=1)
    first, second = (taken.message for taken in server.received)
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]


async def test_different_messages_have_different_ids(
    server: LocalSmtpServer, now: datetime
) -> None:
    for key in "12":
        await post(now, key)
    await send_due_mail(server, now)
    ids = {taken.message["Message-ID"] for taken in server.received}
    assert len(ids) == 2
    assert all(str(one).endswith("@example.org>") for one in ids)


async def test_a_dead_workers_message_is_repeated_when_its_lease_is_over(
    server: LocalSmtpServer, now: datetime
) -> None:
    await post(now)
    await write(partial(worker.rows.lease_next, now=now, until=now + worker.LEASE))
    assert await send_due_mail(server, now + worker.LEASE - timedelta(seconds=1)) == DeliveryStats()
    assert await send_due_mail(server, now + worker.LEASE) == DeliveryStats(sent=1)
    assert len(server.received) == 1


async def test_a_dead_workers_sign_in_link_is_uncertain_and_not_repeated(
    server: LocalSmtpServer, now: datetime
) -> None:
    await post(now, kind=MailKind.SIGN_IN_LINK)
    await write(partial(worker.rows.lease_next, now=now, until=now + worker.LEASE))
    assert await send_due_mail(server, now + worker.LEASE) == DeliveryStats()
    (row,) = (await queue.status(MEETING.code)).uncertain
    assert (row.kind, row.attempts) == ("sign-in link", 1)
    assert server.received == []
    await queue.retry(MEETING.code, [row.id], now=now + worker.LEASE)
    assert await send_due_mail(server, now + worker.LEASE) == DeliveryStats(sent=1)


async def test_a_worker_that_was_too_slow_writes_over_nobodys_outcome(
    server: LocalSmtpServer, now: datetime
) -> None:
    await post(now)
    slow = await write(partial(worker.rows.lease_next, now=now, until=now + worker.LEASE))
    assert slow is not None
    assert await send_due_mail(server, now + worker.LEASE) == DeliveryStats(sent=1)
    assert not await write(
        partial(worker.rows.record_outcome, leased=slow, state="dead", last_error="late")
    )
    assert (await states())[0] == ("sent", 2, "")


async def test_links_for_people_who_wait_come_first(server: LocalSmtpServer, now: datetime) -> None:
    for key in "123":
        await post(now, key)
    await post(now + timedelta(seconds=1), kind=MailKind.SIGN_IN_LINK)
    await send_due_mail(server, now + timedelta(seconds=1))
    subjects = [str(taken.message["Subject"]) for taken in server.received]
    assert [subject.startswith("Your link") for subject in subjects] == [True, False, False, False]


async def test_a_message_that_cannot_be_written_stops_no_other(
    server: LocalSmtpServer, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    await write(
        lambda db: queue.enqueue(
            db, meeting_id=1, kind=MailKind.INVITATION, recipient="a@b.example", key="1", now=now
        )
    )
    await post(now, "2")
    assert await send_due_mail(server, now) == DeliveryStats(sent=1, deferred=1)
    assert await states() == [("waiting", 1, "internal error: KeyError"), ("sent", 1, "")]
    assert "message could not be sent" in caplog.text


async def test_several_workers_at_once_send_each_message_once(
    server: LocalSmtpServer, now: datetime
) -> None:
    for number in range(30):
        await post(now, str(number))
    rounds = await asyncio.gather(*(send_due_mail(server, now) for _ in range(4)))
    assert sum(done.sent for done in rounds) == 30
    ids = [taken.message["Message-ID"] for taken in server.received]
    assert (len(ids), len(set(ids))) == (30, 30)
    assert {state for state, *_ in await states()} == {"sent"}


async def test_a_serving_process_sends_what_it_commits_and_stops_cleanly(
    server: LocalSmtpServer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Only the new-mail event can wake it within the test's time.
    monkeypatch.setattr(worker, "POLL_INTERVAL", 3600)
    async with worker.mail_worker(make_mailer(server), clock=lambda: now):
        for key in "12":
            await post(now, key)
            await reaches("sent", -1)
    await post(now, "3")
    await asyncio.sleep(0)
    assert [state for state, *_ in await states()] == ["sent", "sent", "waiting"]
    assert queue._new_mail_events == set()


async def test_stopping_finishes_the_message_on_its_way_and_no_other(
    server: LocalSmtpServer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "SHUTDOWN_TIMEOUT", 0.2)
    server.behavior = {"DATA": "stall"}
    for key in "12":
        await post(now, key)
    async with worker.mail_worker(make_mailer(server), clock=lambda: now):
        await reaches("sending")
    assert [state for state, *_ in await states()] == ["sending", "waiting"]
    server.behavior = {}
    assert await send_due_mail(server, now + worker.LEASE) == DeliveryStats(sent=2)


async def test_a_database_that_was_away_stops_the_worker_for_a_moment_only(
    server: LocalSmtpServer, now: datetime, loaded: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "POLL_INTERVAL", 0.05)
    real, failures = worker.send_due, [OSError("away"), OSError("away")]

    async def sometimes(*args: object, **options: object) -> DeliveryStats:
        if failures:
            raise failures.pop()
        return await real(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(worker, "send_due", sometimes)
    await post(now)
    async with worker.mail_worker(make_mailer(server), clock=lambda: now):
        await reaches("sent")
    assert len(server.received) == 1
