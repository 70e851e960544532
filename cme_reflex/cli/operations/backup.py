"""`cme backup` and `cme restore`: backup and restore of the database."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from cme_reflex.cli.errors import CliError
from cme_reflex.cli.output import emit, progress
from cme_reflex.cli.plurals import CLAIMS, ROWS
from cme_reflex.cli.runner import actor, run
from cme_reflex.formats.backup import archive
from cme_reflex.formats.backup.archive import CorruptBackup
from cme_reflex.services.clock import clock
from cme_reflex.services.operations import backup as backups
from cme_reflex.services.operations.backup import BackupResult, RestoreResult


def backup(file: Path, *, force: bool, as_json: bool) -> None:
    """Write a backup. Raises CliError if the file exists or cannot be written."""
    if file.exists() and not force:
        raise CliError(f"{file} already exists. Replace it with --force, or choose another name.")
    try:
        done = run(_back_up(file, clock()))
    except OSError as error:
        raise CliError(f"{file} cannot be written: {error.strerror}.") from None
    lines = [
        f"{file}: {row_count(done.rows)} at revision {done.revision}.",
        *table_lines(done.rows),
    ]
    emit(lines, done, as_json=as_json)


def restore(file: Path, *, replace: bool, as_json: bool) -> None:
    """Restore a backup. Raises CliError if that is not possible."""
    try:
        done = run(_restore(file, replace=replace, now=clock()))
    except FileNotFoundError:
        raise CliError(f"There is no file {file}. Check its name.") from None
    except OSError as error:
        raise CliError(f"{file} cannot be read: {error.strerror}.") from None
    except CorruptBackup as damaged:
        raise CliError(
            f"{file} cannot be restored: {damaged}. Choose another backup; nothing was changed."
        ) from None
    except backups.NewerBackup as newer:
        raise CliError(
            f"{file} has the revision {newer}, which is unknown to this version of the program. "
            "Install a newer version; nothing was changed."
        ) from None
    except backups.DatabaseNotUpgraded:
        raise CliError(
            "The database is not at the newest revision. Upgrade it with: cme db upgrade"
        ) from None
    except backups.DatabaseHasClaims as error:
        raise CliError(
            f"The database has {CLAIMS(error.claims)}, which the backup would replace. "
            "To replace them, back them up first and add --replace."
        ) from None
    except backups.DatabaseBusy:
        raise CliError("The database was busy; nothing was changed. Try again.") from None
    emit(_restored_lines(file, done), done, as_json=as_json)


async def _back_up(file: Path, now: datetime) -> BackupResult:
    with progress("Backing up", await backups.count_rows()) as done:
        return await backups.create_backup(file, now=now, done=done)


async def _restore(file: Path, *, replace: bool, now: datetime) -> RestoreResult:
    _, rows = archive.verify(file)
    with progress("Restoring", rows) as done:
        return await backups.restore_backup(
            file, replace=replace, actor=actor(), now=now, done=done
        )


def _restored_lines(file: Path, done: RestoreResult) -> Iterable[str]:
    yield (
        f"{file}: {row_count(done.rows)} of {done.taken_at:%Y-%m-%d %H:%M:%S} UTC restored, "
        f"{CLAIMS(done.claims_replaced)} replaced."
    )
    yield from table_lines(done.rows)
    yield "All sign-ins have ended."


def row_count(rows: dict[str, int]) -> str:
    """The total number of rows as text: ``1 row``, ``12 rows``."""
    return ROWS(sum(rows.values()))


def table_lines(rows: dict[str, int]) -> Iterable[str]:
    """One line per table with its number of rows."""
    return (f"  {table}: {number}" for table, number in rows.items())
