"""Meetings of a given size, with the demo's 500 attendees or more, and servers for them."""

import csv
import shutil
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from cme_reflex.formats.meeting_folder.folder import read_meeting_folder
from cme_reflex.formats.meeting_folder.records import MeetingFolder
from cme_reflex.settings import ROOT
from tests.support.e2e.cme_server import run_cme, run_server
from tests.support.e2e.sockets.async_socket_client import TabClient, open_tab, sign_in

DEMO = ROOT / "meetings" / "pstm24"
NO_LIMIT = {"CME_EVENTS_PER_SECOND": "100000"}  # one program sends as many people do


@dataclass(frozen=True)
class Meeting:
    """A meeting folder with a programme of real sessions."""

    code: str
    folder: Path
    read: MeetingFolder

    @property
    def people(self) -> list[tuple[str, str]]:
        """Last name and badge of each attendee."""
        return [(attendee.last_name, attendee.badge) for attendee in self.read.attendees]

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables that select this meeting."""
        return {"CME_MEETING": self.code, "CME_MEETINGS": str(self.folder.parent)}


@dataclass(frozen=True)
class Site:
    """A running server with its meeting. `group` is its process group."""

    meeting: Meeting
    url: str
    group: int

    async def sign_in(self, http: httpx.AsyncClient, person: tuple[str, str]) -> str:
        """Sign in to the meeting with a last name and a badge, and return the cookie."""
        return await sign_in(http, *person, meeting=self.meeting.code)

    def open_tab(self, cookie: str = "") -> AbstractAsyncContextManager[TabClient]:
        """Open a connection of a page of the meeting until the end of the block."""
        return open_tab(self.url, cookie, meeting=self.meeting.code)

    def memory(self) -> int:
        """Unique set size of the server's processes, in bytes."""
        first = psutil.Process(self.group)
        processes = [first, *first.children(recursive=True)]
        return sum(process.memory_full_info().uss for process in processes)


def make_meeting(
    programme: Path, sessions: int, folder: Path, *, code: str = "", people: int = 1
) -> Meeting:
    """The demo meeting with this number of sessions, sampled from a published programme.

    It has `people` times the demo's attendees, by default under the code `m<sessions>`.
    """
    code = code or f"m{sessions}"
    own = Path(shutil.copytree(DEMO, folder / code))
    _write_attendees(own / "attendees.csv", people)
    document = (DEMO / "meeting.toml").read_text()
    for demo, here in (
        ('code = "pstm24" ', f'code = "{code}" '),
        ("starts_on = 2024-09-26", "starts_on = 2025-02-01"),
        ("ends_on = 2024-09-29", "ends_on = 2025-02-02"),
        ("America/Los_Angeles", "Europe/Brussels"),
        # The benchmark claims sessions in list order, including simultaneous ones.
        ('overlap_policy = "resolve"', 'overlap_policy = "allow"'),
    ):
        document = document.replace(demo, here)
    (own / "meeting.toml").write_text(document)
    table = own / "sessions.csv"
    run_cme(
        *("programme", "convert", str(programme), "--all-eligible"), "--out", str(table), "--force"
    )
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    step = len(rows) / sessions
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows[int(index * step)] for index in range(sessions))
    return Meeting(code, own, read_meeting_folder(own))


def _write_attendees(file: Path, times: int) -> None:
    """The demo's attendees, and again under other numbers without an account."""
    with (DEMO / "attendees.csv").open(encoding="utf-8", newline="") as demo:
        rows = list(csv.DictReader(demo))
    with file.open("w", encoding="utf-8", newline="") as output:
        writer = csv.DictWriter(output, rows[0])
        writer.writeheader()
        writer.writerows(rows)
        for again in range(1, times):
            numbers = ("badge", "confirmation")
            writer.writerows(
                {**row, "member": "", **{name: f"{row[name]}{again}" for name in numbers}}
                for row in rows
            )


@contextmanager
def serve(meeting: Meeting, database_url: str, log: Path, **variables: str) -> Iterator[Site]:
    """Load the meeting into the database, and serve it."""
    environment = {**meeting.environment, **NO_LIMIT, **variables}
    run_cme("db", "upgrade", CME_DATABASE_URL=database_url, **environment)
    run_cme("meeting", "load", str(meeting.folder), CME_DATABASE_URL=database_url, **environment)
    with run_server(database_url, log, **environment) as server:
        yield Site(meeting, server.url, server.group)
