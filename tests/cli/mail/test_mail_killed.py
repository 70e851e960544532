"""The mail worker's process is killed between commit and sending, and while sending."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlmodel import select

from cme_reflex.domain.mail.delivery import DeliveryState
from cme_reflex.services.mail.worker import LEASE, DeliveryStats
from cme_reflex.settings import ROOT
from cme_reflex.store.engines import close_database, open_database
from cme_reflex.store.mail.tables import MailQueueRow
from tests.support import cme_forks
from tests.support.database.table_rows import fetch_one
from tests.support.mail import send_due_mail
from tests.support.servers.smtp_server import LocalSmtpServer

pytestmark = pytest.mark.usefixtures("chosen_database")

# Submits the claim of badge 101, prints its receipt number, and never sends the confirmation.
SUBMIT_AND_HANG = """
import asyncio
from datetime import UTC, datetime
from cme_reflex.services.claims import submission
from cme_reflex.services.sign_in import authentication, credentials
from cme_reflex.settings import settings
from cme_reflex.store.engines import open_database
from tests.support.attendees import complete_draft, submit_attested

async def submit():
    open_database(settings().database_url)
    now = datetime(2024, 11, 1, 12, tzinfo=UTC)
    token = await credentials.sign_in_with_badge("test24", "O'Brien-Núñez", "101", now=now)
    context = await authentication.authenticate("test24", token, now=now)
    ids = {session.code: session.id for session in context.programme.sessions.values()}
    revision = await complete_draft(context, ids, now)
    receipt = await submit_attested(
        context, revision, now=datetime.now(UTC)
    )
    print(receipt.number, flush=True)
    await asyncio.sleep(3600)

asyncio.run(submit())
"""


@contextmanager
def process(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A process with the test's settings, killed at the end of the block."""
    running = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=dict(os.environ),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield running
    finally:
        running.kill()
        running.communicate()


def mail_send() -> str:
    code, said, _ = cme_forks.run(["mail", "send"], dict(os.environ))
    assert code == 0
    return said.strip()


def test_killed_between_commit_and_send_exactly_one_arrives(server: LocalSmtpServer) -> None:
    with process("-c", SUBMIT_AND_HANG) as submitting:
        assert submitting.stdout is not None
        number = submitting.stdout.readline().strip()
        submitting.send_signal(signal.SIGKILL)
        assert submitting.wait() == -signal.SIGKILL
    assert number.startswith("TEST24-")
    assert server.received == []
    assert mail_send() == "1 sent, 0 to be tried again, 0 dead, 0 withdrawn"
    assert mail_send() == "0 sent, 0 to be tried again, 0 dead, 0 withdrawn"
    (taken,) = server.received
    assert number in taken.text


async def test_killed_while_sending_exactly_one_arrives_after_the_lease(
    server: LocalSmtpServer, unmigrated_url: str
) -> None:
    with process("-c", SUBMIT_AND_HANG) as submitting:
        assert submitting.stdout is not None
        submitting.stdout.readline()
    server.behavior = {"DATA": "stall"}
    open_database(unmigrated_url)
    try:
        with process("-m", "cme_reflex.cli", "mail", "send") as sending:
            while (await _row()).state != DeliveryState.SENDING or not server.connections:
                assert sending.poll() is None
            sending.send_signal(signal.SIGKILL)
            assert sending.wait() == -signal.SIGKILL
        server.behavior = {}
        lapsed = (await _row()).leased_until
        assert lapsed is not None
        assert lapsed - datetime.now(UTC) <= LEASE
        assert mail_send() == "0 sent, 0 to be tried again, 0 dead, 0 withdrawn"
        assert await send_due_mail(server, lapsed) == DeliveryStats(sent=1)
        assert await send_due_mail(server, lapsed + LEASE) == DeliveryStats()
    finally:
        await close_database()
    assert len(server.received) == 1


async def _row() -> MailQueueRow:
    return await fetch_one(select(MailQueueRow).where(MailQueueRow.id == 1))


@pytest.fixture(autouse=True)
def our_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
