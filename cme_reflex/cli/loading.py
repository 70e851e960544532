"""`cme meeting load`: from a folder into the database."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import typer

from cme_reflex.cli.faults import Fault
from cme_reflex.domain.credit import hours
from cme_reflex.exchange.meeting_folder import MeetingFolder, read_meeting_folder
from cme_reflex.services.meeting import Counts, LoadReport, Touched, load_meeting
from cme_reflex.settings import settings
from cme_reflex.store import migrate
from cme_reflex.store.database import close_database, open_database


def load(path: Path) -> None:
    """Load the folder and print what changed. Raises FaultyFolder, or Fault without tables."""
    if not path.is_dir():
        raise Fault(f"There is no folder {path}.")
    folder = read_meeting_folder(path)
    url = settings().database_url
    if asyncio.run(migrate.current(url)) is None:
        raise Fault("The database has no tables. Make them with: cme db upgrade")
    for line in told(asyncio.run(into(url, folder))):
        typer.echo(line)


async def into(url: str, folder: MeetingFolder) -> LoadReport:
    """Load the folder into the database at this URL."""
    open_database(url)
    try:
        return await load_meeting(folder, now=datetime.now(UTC))
    finally:
        await close_database()


def told(report: LoadReport) -> list[str]:
    """The report in lines for a person."""
    if not report.changed:
        return [f"{report.meeting}: nothing changed (version {report.version})."]
    lines = [
        f"{report.meeting}: version {report.version}.",
        f"  sessions: {_counted(report.sessions)}",
        f"  attendees: {_counted(report.attendees)}",
        f"  members: {_counted(report.members)}",
    ]
    return lines + [
        f"  claim of badge {touched.badge}: {_told(touched)}" for touched in report.touched
    ]


def _told(touched: Touched) -> str:
    if not touched.left:
        return f"{touched.session} gives no credit any more and must be removed"
    return f"{touched.session} lowered from {hours(touched.was)} to {hours(touched.left)} hours"


def _counted(counts: Counts) -> str:
    parts = [f"{counts.added} added", f"{counts.changed} changed", f"{counts.unchanged} unchanged"]
    return ", ".join([*parts, f"{counts.withdrawn} withdrawn"] if counts.withdrawn else parts)
