"""`cme backup`, `cme restore` and `cme purge`: records kept, brought back, and deleted in time."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from getpass import getuser
from pathlib import Path

import typer

from cme_reflex.cli.database import run
from cme_reflex.cli.faults import Fault
from cme_reflex.cli.output import answer, progress
from cme_reflex.domain.retention import YEARS
from cme_reflex.exchange import archive
from cme_reflex.exchange.archive import DamagedBackup
from cme_reflex.services import backup as backups
from cme_reflex.services import purge as purging
from cme_reflex.services.backup import BackedUp, Restored
from cme_reflex.services.clock import clock
from cme_reflex.services.purge import Purged


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgeReport:
    """What was deleted, or would be."""

    before: date
    dry_run: bool
    meetings: tuple[Purged, ...]


def back_up(file: Path, *, force: bool, as_json: bool) -> None:
    """Write a backup. Raises Fault where the file is there already or cannot be written."""
    if file.exists() and not force:
        raise Fault(f"{file} is there already. Replace it with --force, or choose another name.")
    try:
        done = run(_back_up(file, clock()))
    except OSError as error:
        raise Fault(f"{file} cannot be written: {error.strerror}.") from None
    words = [f"{file}: {_rows(done.rows)} at revision {done.revision}.", *_tables(done.rows)]
    answer(words, done, as_json=as_json)


def restore(file: Path, *, replace: bool, as_json: bool) -> None:
    """Bring the database to what the backup holds. Raises Fault where that cannot be."""
    try:
        done = run(_restore(file, replace=replace, now=clock()))
    except FileNotFoundError:
        raise Fault(f"There is no file {file}. Check its name.") from None
    except OSError as error:
        raise Fault(f"{file} cannot be read: {error.strerror}.") from None
    except DamagedBackup as damaged:
        raise Fault(
            f"{file} cannot be restored: {damaged}. Take another backup; nothing was changed."
        ) from None
    except backups.NewerBackup as newer:
        raise Fault(
            f"{file} is of the revision {newer}, which this program does not know. "
            "Install the newer version of the program; nothing was changed."
        ) from None
    except backups.NotUpgraded:
        raise Fault(
            "The database is not at the newest revision. Bring it there with: cme db upgrade"
        ) from None
    except backups.HoldsClaims as holds:
        raise Fault(
            f"The database holds {_many(holds.claims, 'claim')}, which the backup would replace. "
            "If that is meant, back them up first and add --replace."
        ) from None
    except backups.TooBusy:
        raise Fault("The database was busy all the time; nothing was changed. Try again.") from None
    answer(_restored(file, done), done, as_json=as_json)


def purge(before: str, *, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Delete the records of meetings that ended before the date. Raises Fault."""
    try:
        day = date.fromisoformat(before)
    except ValueError:
        raise Fault(f"--before {before} is no date. Write it as 2018-12-31.") from None
    if not (dry_run or yes):
        _confirm(day)
    change = purging.purge(day, actor=f"staff {getuser()}", now=clock(), dry_run=dry_run)
    try:
        report = PurgeReport(before=day, dry_run=dry_run, meetings=run(change))
    except purging.TooRecent as recent:
        raise Fault(
            f"--before {day} is too recent: records are kept for {YEARS} years from the activity. "
            f"The latest date today is {recent.latest}; nothing was deleted."
        ) from None
    answer(_purged(report), report, as_json=as_json)


async def _back_up(file: Path, now: datetime) -> BackedUp:
    with progress("Backing up", await backups.size()) as done:
        return await backups.back_up(file, now=now, done=done)


async def _restore(file: Path, *, replace: bool, now: datetime) -> Restored:
    _, rows = archive.verified(file)
    with progress("Restoring", rows) as done:
        return await backups.restore(
            file, replace=replace, actor=f"staff {getuser()}", now=now, done=done
        )


def _confirm(day: date) -> None:
    """Ask whoever sits at a terminal; everybody else has to say --yes."""
    if not sys.stdin.isatty():
        raise Fault("This deletes records for good. See them with --dry-run, delete with --yes.")
    typer.confirm(f"Delete the records of meetings that ended before {day}?", abort=True, err=True)


def _restored(file: Path, done: Restored) -> Iterable[str]:
    yield (
        f"{file}: {_rows(done.rows)} of {done.taken_at:%Y-%m-%d %H:%M:%S} UTC restored, "
        f"{_many(done.claims_replaced, 'claim')} replaced."
    )
    yield from _tables(done.rows)
    yield "All sign-ins have ended."


def _purged(report: PurgeReport) -> Iterable[str]:
    if not report.meetings:
        yield f"No meeting that ended before {report.before} has records to delete."
        return
    verb = "would be deleted" if report.dry_run else "deleted"
    for meeting in report.meetings:
        yield f"{meeting.meeting}, ended {meeting.ended_on}: {_rows(meeting.rows)} {verb}."
        yield from _tables(meeting.rows)
    if report.dry_run:
        yield "Nothing was deleted."


def _rows(rows: dict[str, int]) -> str:
    return _many(sum(rows.values()), "row")


def _tables(rows: dict[str, int]) -> Iterable[str]:
    return (f"  {table}: {number}" for table, number in rows.items())


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
