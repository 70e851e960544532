"""A meeting of the tests' own, which can be loaded again with other terms while it is served."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import expect

from cme_reflex.settings import ROOT
from tests.support.e2e.attendee import Attendee
from tests.support.e2e.cme_server import CmeServer, run_cme, run_server

DEMO = ROOT / "meetings" / "pstm24"


@dataclass(frozen=True)
class ReloadableMeeting:
    """The demo meeting in a folder that may be changed."""

    folder: Path
    database_url: str

    def load(self, **terms: str) -> None:
        """Load it with these keys of meeting.toml changed, each where it first stands."""
        text = (DEMO / "meeting.toml").read_text("utf-8")
        for key, value in terms.items():
            text, times = re.subn(rf"(?m)^{key} = [^#\n]*", f"{key} = {value} ", text, count=1)
            assert times == 1, key
        (self.folder / "meeting.toml").write_text(text, "utf-8")
        run_cme("meeting", "load", str(self.folder), CME_DATABASE_URL=self.database_url)

    def append(self, file: str, row: str) -> None:
        """Add a row to one of its tables; it counts from the next load on."""
        with (self.folder / file).open("a", encoding="utf-8", newline="") as table:
            table.write(f"{row}\n")


@contextmanager
def serve_reloadable_meeting(
    demo_database: Path, folder: Path
) -> Iterator[tuple[CmeServer, ReloadableMeeting]]:
    """Serve it from a database in this folder until the end of the block."""
    terms = ReloadableMeeting(folder / "pstm24", f"sqlite:///{folder / 'cme.db'}")
    shutil.copytree(DEMO, terms.folder)
    shutil.copy(demo_database, folder / "cme.db")
    with run_server(terms.database_url, folder / "server.log") as server:
        yield server, terms


def ready_to_submit(attendee: Attendee, *titles: str) -> None:
    """Add these sessions, answer what is required, choose all hours, attest."""
    page = attendee.page
    attendee.open_sessions()
    for title in titles:
        attendee.add_session(title)
    attendee.return_to_claim()
    attendee.open_submit()
    attendee.answer_required_questions()
    page.get_by_role("button", name="Claim all that my sessions support").click()
    expect(page.get_by_label("Claimed Category 1 Hours")).not_to_have_value("")
    page.locator("#attestation").check()
