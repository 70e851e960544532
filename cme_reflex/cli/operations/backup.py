"""`cme backup` and `cme restore`: backup and restore of the database."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from cme_reflex.cli.errors import CliError
from cme_reflex.cli.output import emit, progress
from cme_reflex.cli.plurals import CLAIMS, ROWS
from cme_reflex.cli.runner import actor, run
from cme_reflex.formats.backup import archive
from cme_reflex.formats.backup.archive import Authenticity, BackupKey, CorruptBackup
from cme_reflex.services.clock import clock
from cme_reflex.services.operations import backup as backups
from cme_reflex.services.operations.backup import (
    BackupNotAuthenticated,
    BackupResult,
    RestoreResult,
)
from cme_reflex.settings import settings

_AUTHENTICATED = "Authenticated with CME_SECRET."
_ANYBODY = "CME_SECRET is not set. The digest shows damage, not changes made on purpose."
_UNKNOWN_WRITER = "the digest shows that the file is not damaged, not who wrote it."


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
        _AUTHENTICATED if done.authenticated else f"Not authenticated: {_ANYBODY}",
        *table_lines(done.rows),
    ]
    emit(lines, done, as_json=as_json)


def restore(file: Path, *, replace: bool, unauthenticated: bool, as_json: bool) -> None:
    """Restore a backup. Raises CliError if that is not possible."""
    try:
        done = run(_restore(file, replace=replace, unauthenticated=unauthenticated, now=clock()))
    except FileNotFoundError:
        raise CliError(f"There is no file {file}. Check its name.") from None
    except OSError as error:
        raise CliError(f"{file} cannot be read: {error.strerror}.") from None
    except CorruptBackup as damaged:
        raise CliError(
            f"{file} cannot be restored: {damaged}. Choose another backup; nothing was changed."
        ) from None
    except BackupNotAuthenticated as error:
        raise CliError(_not_authenticated(file, error.authenticity)) from None
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
        return await backups.create_backup(file, now=now, done=done, key=_key())


async def _restore(
    file: Path, *, replace: bool, unauthenticated: bool, now: datetime
) -> RestoreResult:
    with progress("Restoring", archive.verify(file, _key()).rows) as done:
        return await backups.restore_backup(
            file,
            replace=replace,
            actor=actor(),
            now=now,
            done=done,
            key=_key(),
            unauthenticated=unauthenticated,
        )


def _key() -> BackupKey | None:
    secret = settings().private_secret
    return None if secret is None else BackupKey(secret)


def _not_authenticated(file: Path, authenticity: Authenticity) -> str:
    nevertheless = (
        "Whoever could write to the file may have changed names and hours in it. To restore it "
        "nevertheless, add --unauthenticated; nothing was changed."
    )
    if authenticity is Authenticity.NO_CODE:
        return (
            f"{file} is not authenticated: an older version made it, or CME_SECRET was not set, or "
            f"somebody removed its code. {nevertheless}"
        )
    return (
        f"{file} was authenticated with another secret than CME_SECRET. Set CME_SECRET to that "
        f"secret for this command. {nevertheless}"
    )


def _restored_lines(file: Path, done: RestoreResult) -> Iterable[str]:
    yield (
        f"{file}: {row_count(done.rows)} of {done.taken_at:%Y-%m-%d %H:%M:%S} UTC restored, "
        f"{CLAIMS(done.claims_replaced)} replaced."
    )
    yield _AUTHENTICATED if done.authenticated else f"Not authenticated: {_UNKNOWN_WRITER}"
    yield from table_lines(done.rows)
    yield "All sign-ins have ended."


def row_count(rows: dict[str, int]) -> str:
    """The total number of rows as text: ``1 row``, ``12 rows``."""
    return ROWS(sum(rows.values()))


def table_lines(rows: dict[str, int]) -> Iterable[str]:
    """One line per table with its number of rows."""
    return (f"  {table}: {number}" for table, number in rows.items())
