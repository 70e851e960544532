"""Acknowledged changes survive kills of the server at random moments under load."""

import asyncio
import contextlib
import gc
import os
import random
import shutil
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cme_reflex.domain.credit.credit_type import Amount
from cme_reflex.services.claims import claim_lines, submission
from cme_reflex.services.evaluations import evaluation_answers
from cme_reflex.services.programme import programme_cache
from cme_reflex.services.sign_in import authentication, credentials
from cme_reflex.store.engines import close_database, open_database
from tests.support.e2e.cme_server import run_server
from tests.support.e2e.sockets.async_socket_client import SHOWN
from tests.support.e2e.sockets.claimant import CONNECTION_LOST, Claimant
from tests.support.e2e.sockets.socket_client import SocketClient, sign_in

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1500),
    # A socket whose server is killed during the handshake is closed by the garbage collector.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

KILLS = 100
CLIENTS = 4
MEETING = "pstm24"


@dataclass
class Submitter:
    """An attendee with a complete claim who submits it."""

    last_name: str
    badge: str
    acknowledged: bool = False

    def run(self, url: str, pause: float) -> None:
        with (
            contextlib.suppress(CONNECTION_LOST),
            SocketClient(url, sign_in(url, self.last_name, self.badge)) as client,
        ):
            client.send("submit", "load")
            reply = client.wait_for_text("shown_rx_state_")
            shown: dict[str, Any] = {"shown": SHOWN.findall(reply)[-1], "refusals": 0}
            client.send("submit", "attest", attested=True, **shown)
            client.wait_for_text("attested")
            time.sleep(pause)
            client.send("submit", "submit", **shown)
            client.wait_for_text("_redirect")
            self.acknowledged = True


@pytest.fixture
def database(built: None, demo_database: Path, tmp_path: Path) -> Path:
    """A database file with the demo meeting."""
    return Path(shutil.copy(demo_database, tmp_path / "cme.db"))


def test_every_acknowledged_change_survives_a_hundred_kills(
    database: Path, people: Iterator[tuple[str, str]]
) -> None:
    rng = random.Random(20240926)  # noqa: S311 - reproducible
    rows = sqlite3.connect(database).execute(
        "SELECT id, title FROM session WHERE eligible AND title NOT IN "
        "(SELECT title FROM session GROUP BY title HAVING count(*) > 1) LIMIT 12"
    )
    sessions = [(int(number), str(title)) for number, title in rows]
    claimants = [Claimant(*next(people), sessions, rng) for _ in range(CLIENTS)]
    acknowledged = 0
    for _ in range(KILLS):
        submitter = Submitter(*next(people))
        asyncio.run(_complete(database, submitter, sessions[0][0]))
        with _killed_after(database, rng.uniform(0.2, 1.2)) as url:
            threads = [
                *(threading.Thread(target=each.run, args=(url,)) for each in claimants),
                threading.Thread(target=submitter.run, args=(url, rng.uniform(0.0, 0.6))),
            ]
            for thread in threads:
                thread.start()
        for thread in threads:
            thread.join(40)
            assert not thread.is_alive()
        gc.collect()
        _compare(database, claimants, submitter)
        acknowledged += submitter.acknowledged
    # The load was real: changes were acknowledged, and some submissions, but not all.
    assert sum(claimant.acknowledged for claimant in claimants) > 3 * KILLS
    assert acknowledged > 0


@contextlib.contextmanager
def _killed_after(database: Path, seconds: float) -> Iterator[str]:
    """A server whose process group is killed some time after the block starts."""
    with run_server(f"sqlite:///{database}", database.with_name("server.log")) as server:
        yield server.url
        time.sleep(seconds)
        os.killpg(server.group, signal.SIGKILL)


def _compare(database: Path, claimants: list[Claimant], submitter: Submitter) -> None:
    connection = sqlite3.connect(database)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    for claimant in claimants:
        lines = connection.execute(
            "SELECT session_id FROM claim_line JOIN claim ON claim.id = claim_id "
            "JOIN attendee ON attendee.id = attendee_id WHERE badge = ? AND removed_at IS NULL",
            (claimant.badge,),
        ).fetchall()
        revision = connection.execute(
            "SELECT coalesce(max(revision), 0) FROM claim "
            "JOIN attendee ON attendee.id = attendee_id WHERE badge = ?",
            (claimant.badge,),
        ).fetchone()
        claimant.check_against_database({line for (line,) in lines}, revision[0])
    status, receipts, entries = connection.execute(
        "SELECT status, (SELECT count(*) FROM receipt WHERE claim_id = claim.id), "
        "(SELECT count(*) FROM claim_audit WHERE claim_id = claim.id) "
        "FROM claim JOIN attendee ON attendee.id = attendee_id WHERE badge = ?",
        (submitter.badge,),
    ).fetchone()
    assert (status, receipts, entries) in [("draft", 0, 0), ("submitted", 1, 1)]
    assert status == "submitted" or not submitter.acknowledged
    connection.close()


async def _complete(database: Path, submitter: Submitter, session_id: int) -> None:
    """Complete a claim up to Submit."""
    now = datetime.now(UTC)
    open_database(f"sqlite:///{database}")
    programme_cache.clear()
    try:
        token = await credentials.sign_in_with_badge(
            MEETING, submitter.last_name, submitter.badge, now=now
        )
        visit = await authentication.authenticate(MEETING, token, now=now)
        await claim_lines.add_session(visit, session_id, now=now)
        for question in visit.meeting.overall_form.questions:
            if question.required:
                value = question.options[0] if question.options else True
                answer = 1 if question.kind == "scale" else value
                await evaluation_answers.answer_overall(visit, question.key, answer, now=now)
        await submission.choose_total(visit, "category1", Amount(1), now=now)
    finally:
        await close_database()
