"""Meetings of a chosen size, each with the 500 attendees of the demo, and servers of them."""

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
    """A folder with one meeting, of which a programme of real sessions was made."""

    code: str
    folder: Path
    read: MeetingFolder

    @property
    def people(self) -> list[tuple[str, str]]:
        """Last name and badge of everybody."""
        return [(attendee.last_name, attendee.badge) for attendee in self.read.attendees]

    @property
    def chosen(self) -> dict[str, str]:
        """The environment that lets a server serve it."""
        return {"CME_MEETING": self.code, "CME_MEETINGS": str(self.folder.parent)}


@dataclass(frozen=True)
class Site:
    """A server of a meeting, with the database that it was loaded into."""

    meeting: Meeting
    url: str
    group: int

    def memory(self) -> int:
        """What the processes of the server hold for themselves alone, in bytes."""
        first = psutil.Process(self.group)
        every = [first, *first.children(recursive=True)]
        return sum(process.memory_full_info().uss for process in every)


def meeting(programme: Path, sessions: int, folder: Path) -> Meeting:
    """The demo meeting with so many sessions of a published programme in place of its own."""
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
        # Sessions of the list are claimed as they come, many of them at the same time.
        ('overlap_policy = "resolve"', 'overlap_policy = "allow"'),
    ):
        document = document.replace(demo, here)
    (own / "meeting.toml").write_text(document)
    table = own / "sessions.csv"
    run_cme("programme", "convert", str(programme), "--out", str(table), "--force")
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    every = len(rows) / sessions
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows[int(nth * every)] for nth in range(sessions))
    return Meeting(code, own, read_meeting_folder(own))


@contextmanager
def served(meeting: Meeting, database_url: str, log: Path, **environment: str) -> Iterator[Site]:
    """Load the meeting into the database and serve it, as `cme serve` does."""
    chosen = {**meeting.chosen, **environment}
    run_cme("db", "upgrade", CME_DATABASE_URL=database_url, **chosen)
    run_cme("meeting", "load", str(meeting.folder), CME_DATABASE_URL=database_url, **chosen)
    with run_server(database_url, log, **chosen) as server:
        yield Site(meeting, server.url, server.group)
