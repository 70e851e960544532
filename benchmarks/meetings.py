"""Meetings of a given size with the demo's 500 attendees, and servers for them."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from cme_reflex.formats.meeting_folder.folder import read_meeting_folder
from cme_reflex.formats.meeting_folder.records import MeetingFolder
from cme_reflex.settings import ROOT
from tests.support.e2e.cme_server import run_cme, run_server

DEMO = ROOT / "meetings" / "pstm24"
_AS_THE_DEMO = ("attendees.csv", "members.csv", "demo.toml")


@dataclass(frozen=True)
class Meeting:
    """A meeting folder with a programme of real sessions."""

    code: str
    folder: Path
    read: MeetingFolder

    @property
    def people(self) -> list[tuple[str, str]]:
        """Last name and badge of processes attendee."""
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

    def memory(self) -> int:
        """Unique set size of the server's processes, in bytes."""
        first = psutil.Process(self.group)
        processes = [first, *first.children(recursive=True)]
        return sum(process.memory_full_info().uss for process in processes)


def make_meeting(programme: Path, sessions: int, folder: Path) -> Meeting:
    """The demo meeting with this number of sessions, sampled from a published programme."""
    code = f"m{sessions}"
    own = folder / code
    own.mkdir()
    for name in _AS_THE_DEMO:
        (own / name).write_bytes((DEMO / name).read_bytes())
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
    run_cme("programme", "convert", str(programme), "--out", str(table), "--force")
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    step = len(rows) / sessions
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows[int(index * step)] for index in range(sessions))
    return Meeting(code, own, read_meeting_folder(own))


@contextmanager
def serve(meeting: Meeting, database_url: str, log: Path, **variables: str) -> Iterator[Site]:
    """Load the meeting into the database, and serve it."""
    environment = {**meeting.environment, **variables}
    run_cme("db", "upgrade", CME_DATABASE_URL=database_url, **environment)
    run_cme("meeting", "load", str(meeting.folder), CME_DATABASE_URL=database_url, **environment)
    with run_server(database_url, log, **environment) as server:
        yield Site(meeting, server.url, server.group)
