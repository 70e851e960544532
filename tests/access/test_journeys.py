"""The three journeys of docs/architecture.md enter the files that its tables name, and few of them.

A profile function records every frame that is entered or resumed in a file of the application, in
all threads.
"""

import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import FrameType

import anyio
import pytest
from sqlmodel import Session, col, select

from cme_reflex.domain.credit.credit_type import Amount
from cme_reflex.formats.mail import mime
from cme_reflex.formats.mail.eml_folder import EmlFolderTransport
from cme_reflex.services.certificates import pdf_pool
from cme_reflex.settings import ROOT
from cme_reflex.store.database import write
from cme_reflex.store.people.tables import AttendeeRow
from tests.support.access.attendees import DRAFTING, SignedInPeople
from tests.support.app_client import RESPONSE_TIMEOUT, RunningApp
from tests.support.values.meeting_values import CATEGORY1

PACKAGE = ROOT / "cme_reflex"
DOCUMENT = (ROOT / "docs" / "architecture.md").read_text("utf-8")
# Files that a journey may enter, at most; docs/architecture.md says why there are no fewer.
ADD_LIMIT, LETTER_LIMIT, SUBMIT_LIMIT = 24, 14, 41
ENGINES = {"sqlite": "SQLite: ", "postgresql": "PostgreSQL: "}


class Trace:
    """The files of the application that were entered while `record` was open."""

    def __init__(self) -> None:
        self.files: set[str] = set()
        self._recording = False

    @contextmanager
    def record(self) -> Iterator[None]:
        self.files.clear()
        self._recording = True
        yield
        self._recording = False

    def profile(self, frame: FrameType, event: str, _argument: object) -> None:
        if self._recording and event == "call":
            file = _file_of_the_package(frame.f_code.co_filename)
            if file:
                self.files.add(file)


@cache  # a journey enters a million frames, but few files
def _file_of_the_package(name: str) -> str:
    """The file's path in the package; empty for a file elsewhere."""
    path = Path(name)
    is_of_it = path.suffix == ".py" and path.is_relative_to(PACKAGE)
    return path.relative_to(PACKAGE).as_posix() if is_of_it else ""


@pytest.fixture
def trace() -> Iterator[Trace]:
    """A trace, installed before the application starts its threads."""
    trace = Trace()
    pdf_pool._executor.cache_clear()
    mime._templates()  # compiled once for a process
    for quarters in range(100):  # formatted once for a process
        CATEGORY1.format(Amount(quarters))
    threading.setprofile(trace.profile)
    sys.setprofile(trace.profile)
    yield trace
    sys.setprofile(None)
    threading.setprofile(None)  # type: ignore[arg-type]
    pdf_pool._executor.cache_clear()


def documented(journey: str, database_kind: str) -> set[str]:
    """The files in the table of this journey; those of one engine alone stand behind its name."""
    section = DOCUMENT.partition(f"### {journey}\n")[2].partition("\n#")[0]
    rows = [line.split("|") for line in section.splitlines() if line.startswith("| ")]
    other = next(label for kind, label in ENGINES.items() if kind != database_kind)
    groups = [group for row in rows for group in row[3].split("; ") if not group.startswith(other)]
    return {file for group in groups for file in re.findall(r"`([\w/]+\.py)`", group)}


def test_every_file_that_the_document_names_exists() -> None:
    named = set(re.findall(r"`([\w./-]+\.(?:py|js|md))`", DOCUMENT))
    assert named
    assert [
        name
        for name in sorted(named)
        if not (ROOT / name).exists() and not (PACKAGE / name).exists()
    ] == []


async def test_a_tap_on_add(
    trace: Trace, site: RunningApp, people: SignedInPeople, database_kind: str
) -> None:
    async with site.socket(people.tokens[DRAFTING]) as socket:
        await socket.send("sessions.load", path="/sessions")
        await socket.send("sessions.add", {"session_id": people.sessions["A"], "command": "1"})
        await _let_mail_worker_start()
        with trace.record():
            await socket.send("sessions.add", {"session_id": people.sessions["D"], "command": "2"})
        assert people.sessions["D"] in socket.vars()["sessions.added"]
    assert trace.files == documented("A tap on Add", database_kind)
    assert len(trace.files) <= ADD_LIMIT


async def test_a_letter_of_a_search(
    trace: Trace, site: RunningApp, people: SignedInPeople, database_kind: str
) -> None:
    async with site.socket(people.tokens[DRAFTING]) as socket:
        await socket.send("sessions.load", path="/sessions")
        await socket.send("sessions.search", {"query": "s"})
        await _let_mail_worker_start()
        with trace.record():
            await socket.send("sessions.search", {"query": "se"})
        assert socket.vars()["sessions.matches"] == 4
    assert trace.files == documented("A letter of a search", database_kind)
    assert len(trace.files) <= LETTER_LIMIT


async def test_submit_to_the_mailed_certificate(
    trace: Trace,
    site: RunningApp,
    people: SignedInPeople,
    database_kind: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[str] = []
    handed_over = anyio.Event()

    async def send(_transport: object, message: object) -> None:
        sent.append(str(message))
        handed_over.set()

    monkeypatch.setattr(EmlFolderTransport, "send", send)
    await write(lambda db: _set_address(db, people.ids[DRAFTING]))
    async with site.socket(people.tokens[DRAFTING]) as socket:
        await socket.send("submit.load", path="/submit")
        total = {"code": "category1", "amount": "1.00", "command": "1"}
        await socket.send("submit.choose_total", total)
        shown = {"shown": socket.vars()["submit.shown"], "refusals": 0}
        await socket.send("submit.attest", {"attested": True, **shown})
        await _let_mail_worker_start()
        with trace.record():
            await socket.send("submit.submit", shown)
            with anyio.fail_after(RESPONSE_TIMEOUT):
                await handed_over.wait()
    assert "application/pdf" in sent[0]
    assert trace.files == documented("Submit to the mailed certificate", database_kind)
    assert len(trace.files) <= SUBMIT_LIMIT


async def _let_mail_worker_start() -> None:
    """Let the worker's first look into the queue pass, which is no part of a journey."""
    for _ in range(5):
        await write(lambda db: None)
    await anyio.sleep(0.2)  # for the writer thread, which has more to do than it has acknowledged


def _set_address(db: Session, attendee_id: int) -> None:
    attendee = db.exec(select(AttendeeRow).where(col(AttendeeRow.id) == attendee_id)).one()
    attendee.email = "kim@example.org"
