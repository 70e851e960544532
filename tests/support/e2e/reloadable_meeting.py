"""A meeting that a test can reload with other terms while the server runs."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cme_reflex.settings import ROOT
from tests.support.e2e.cme_server import CmeServer, run_cme, run_server

DEMO = ROOT / "meetings" / "pstm24"


@dataclass(frozen=True)
class ReloadableMeeting:
    """A copy of a demo meeting's folder, and the server's database.

    `original` is meeting.toml, which each load changes anew.
    """

    folder: Path
    database_url: str
    original: str

    def load(self, *, tables: str = "", **terms: str) -> None:
        """Load the meeting with these keys of meeting.toml changed, each where it first occurs.

        `tables` are added to the end of meeting.toml.
        """
        text = self.original
        for key, value in terms.items():
            text, times = re.subn(rf"(?m)^{key} = [^#\n]*", f"{key} = {value} ", text, count=1)
            assert times == 1, key
        (self.folder / "meeting.toml").write_text(text + tables, "utf-8")
        run_cme("meeting", "load", str(self.folder), CME_DATABASE_URL=self.database_url)

    def append(self, file: str, row: str) -> None:
        """Append a row to one of its tables, for the next load."""
        with (self.folder / file).open("a", encoding="utf-8", newline="") as table:
            table.write(f"{row}\n")


@contextmanager
def serve_reloadable_meeting(
    demo_database: Path, folder: Path
) -> Iterator[tuple[CmeServer, ReloadableMeeting]]:
    """Serve the meeting from a database in this folder until the end of the block."""
    copied = Path(shutil.copytree(DEMO, folder / "pstm24"))
    original = (copied / "meeting.toml").read_text("utf-8")
    terms = ReloadableMeeting(copied, f"sqlite:///{folder / 'cme.db'}", original)
    shutil.copy(demo_database, folder / "cme.db")
    with run_server(terms.database_url, folder / "server.log") as server:
        yield server, terms
