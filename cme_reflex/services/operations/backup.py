"""Backup and restore: a consistent snapshot of all rows in a file, while the server runs.

One format for both kinds of database, so that a backup of SQLite can be restored into
PostgreSQL, and no tool of the server's version is needed.
"""

import asyncio
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from cme_reflex.domain.operations.operation import Operation
from cme_reflex.formats.atomic_file import atomic_write
from cme_reflex.formats.backup import archive
from cme_reflex.formats.backup.archive import (
    Authenticity,
    BackupHeader,
    BackupKey,
    CorruptBackup,
    VerifiedBackup,
)
from cme_reflex.store import migrate
from cme_reflex.store.claims import feed
from cme_reflex.store.claims.tables import ClaimRow
from cme_reflex.store.database import read, write
from cme_reflex.store.meetings.tables import MeetingRow
from cme_reflex.store.operations import table_copy
from cme_reflex.store.operations.tables import ApiTokenRow, OperationRow

LOCK_RETRY_DELAY = 0.05  # seconds between two attempts to lock a busy PostgreSQL
LOCK_ATTEMPTS = 600  # half a minute; the application's transactions take milliseconds
TIMEOUT = 3600.0  # seconds per statement, which copies or deletes whole tables

ProgressCallback = Callable[[int], None]


class NewerBackup(Exception):
    """The backup's revision is newer than this program."""


class BackupNotAuthenticated(Exception):
    """The secret does not authenticate the backup; `authenticity` has the reason."""

    def __init__(self, authenticity: Authenticity) -> None:
        super().__init__(authenticity.value)
        self.authenticity = authenticity


class DatabaseNotUpgraded(Exception):
    """The database is not at this program's revision."""


class DatabaseHasClaims(Exception):
    """The database has claims that a restore would replace."""

    def __init__(self, claims: int) -> None:
        super().__init__(f"The database holds {claims} claims.")
        self.claims = claims


class DatabaseBusy(Exception):
    """The tables could not be locked, because others are writing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupResult:
    """Result of a backup: its revision, its time, and the number of rows by table."""

    revision: str
    taken_at: datetime
    rows: dict[str, int]
    authenticated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreResult:
    """Result of a restore: number of rows by table, and of claims replaced."""

    revision: str
    taken_at: datetime
    rows: dict[str, int]
    claims_replaced: int
    authenticated: bool


async def count_rows() -> int:
    """The number of rows that a backup would have."""

    def count(db: Session) -> int:
        connection = db.connection()
        return table_copy.count_rows(connection, table_copy.backup_tables(connection))

    return await read(count, timeout=TIMEOUT)


async def create_backup(
    path: Path, *, now: datetime, done: ProgressCallback, key: BackupKey | None = None
) -> BackupResult:
    """Write a consistent snapshot of all rows to a file, atomically.

    With a key the backup is authenticated. Writers are not blocked, and no transaction is included
    in part. `done` is called with the number of rows written. Raises OSError.
    """

    def copy(db: Session) -> BackupResult:
        # The file is written within the read: the rows may not fit into memory, and several
        # reads would not be consistent. A second run begins a new file.
        connection = db.connection()
        revision = str(table_copy.current_revision(connection))
        with atomic_write(path) as file:
            writer = archive.BackupWriter(file, BackupHeader(revision, now), key)
            for table in table_copy.backup_tables(connection):
                writer.begin_table(table.name, [column.name for column in table.columns])
                for row in table_copy.iter_rows(connection, table):
                    writer.add(table_copy.to_json(row))
                    done(1)
            writer.close()
        return BackupResult(
            revision=revision, taken_at=now, rows=writer.rows, authenticated=key is not None
        )

    return await read(copy, timeout=TIMEOUT)


async def restore_backup(
    path: Path,
    *,
    replace: bool,
    actor: str,
    now: datetime,
    done: ProgressCallback,
    key: BackupKey | None = None,
    unauthenticated: bool = False,
) -> RestoreResult:
    """Replace the database's rows by those of a backup, in one transaction.

    Nothing is written before the whole file was verified. With a key, a backup that it does not
    authenticate is rejected unless `unauthenticated`; without a key, one that has a code.

    The rows are first loaded into a temporary SQLite file at the backup's revision and
    migrated there, so that inconsistent rows are found before the database is changed.
    All sign-ins end. The operations log and the API tokens, with their revocations, are
    retained. `done` is called with the number of rows written.

    Raises CorruptBackup, BackupNotAuthenticated, NewerBackup, DatabaseNotUpgraded, DatabaseBusy,
    DatabaseHasClaims unless `replace`, and OSError.
    """
    verified = archive.verify(path, key)
    header = verified.header
    if not (unauthenticated or _is_acceptable(verified.authenticity, key)):
        raise BackupNotAuthenticated(verified.authenticity)
    if not table_copy.is_known(header.revision):
        raise NewerBackup(header.revision)
    with tempfile.TemporaryDirectory(prefix="cme-restore-") as folder:
        scratch_url = f"sqlite:///{folder}/scratch_url.db"
        await _load_scratch_database(scratch_url, verified, path, key)
        source = table_copy.open_file(scratch_url)
        try:
            return await _write_when_idle(
                partial(
                    _replace_all,
                    source=source,
                    verified=verified,
                    replace=replace,
                    actor=actor,
                    now=now,
                    done=done,
                )
            )
        finally:
            source.dispose()


def _is_acceptable(authenticity: Authenticity, key: BackupKey | None) -> bool:
    """Whether a backup may be restored without another word.

    Where there is a key, a backup without a code may be one whose code was removed.
    """
    if authenticity is Authenticity.NO_CODE:
        return key is None
    return authenticity is Authenticity.AUTHENTICATED


async def _write_when_idle(restore: Callable[[Session], RestoreResult]) -> RestoreResult:
    """Restore as soon as the tables can be locked. Raises DatabaseBusy."""
    for _ in range(LOCK_ATTEMPTS):
        with suppress(DatabaseBusy):
            return await write(restore, timeout=TIMEOUT)
        await asyncio.sleep(LOCK_RETRY_DELAY)
    raise DatabaseBusy


@dataclass(frozen=True, slots=True)
class _Replaced:
    claims: int
    version: int  # the highest of any meeting
    operations: list[dict[str, Any]]
    tokens: list[ApiTokenRow]


async def _load_scratch_database(
    url: str, verified: VerifiedBackup, path: Path, key: BackupKey | None
) -> None:
    """Load the backup into an SQLite file at this program's revision. Raises CorruptBackup."""
    await migrate.upgrade(url, verified.header.revision)
    engine = table_copy.open_file(url)
    try:
        with engine.begin() as connection:
            table_copy.insert_rows(connection, archive.read_tables(path, verified, key))
        await migrate.upgrade(url)
    except (table_copy.IncompatibleRows, RuntimeError) as error:
        raise CorruptBackup("its rows do not hold together") from error
    finally:
        engine.dispose()


def _replace_all(
    db: Session,
    *,
    source: sa.Engine,
    verified: VerifiedBackup,
    replace: bool,
    actor: str,
    now: datetime,
    done: ProgressCallback,
) -> RestoreResult:
    """Replace the database's rows by those of the scratch database. Raises DatabaseBusy."""
    replaced = _clear(db, replace=replace)
    with source.connect() as connection:
        rows = _copy(connection, db.connection(), done)
    _retain_operations(db, replaced.operations)
    _retain_tokens(db, replaced.tokens)
    _raise_versions(db, replaced.version)
    feed.begin_epoch(db)
    header = verified.header
    authenticated = verified.authenticity is Authenticity.AUTHENTICATED
    details = {
        "taken_at": header.taken_at.isoformat(),
        "rows": rows,
        "authenticated": authenticated,
    }
    db.add(OperationRow(at=now, actor=actor, what=Operation.RESTORED, details=details))
    db.flush()
    table_copy.reset_sequences(db.connection())
    return RestoreResult(
        revision=header.revision,
        taken_at=header.taken_at,
        rows=rows,
        claims_replaced=replaced.claims,
        authenticated=authenticated,
    )


def _clear(db: Session, *, replace: bool) -> _Replaced:
    """Lock and empty the database. Returns what the restored one retains of it."""
    connection = db.connection()
    if table_copy.current_revision(connection) != table_copy.newest_revision():
        raise DatabaseNotUpgraded
    try:
        table_copy.lock_tables(connection)
    except sa.exc.DBAPIError:
        raise DatabaseBusy from None
    claims = db.exec(select(sa.func.count()).select_from(ClaimRow)).one()
    if claims and not replace:
        raise DatabaseHasClaims(claims)
    highest = db.exec(select(sa.func.max(col(MeetingRow.version)))).one()
    operations = [
        _values(each) for each in db.exec(select(OperationRow).order_by(col(OperationRow.id)))
    ]
    tokens = [*db.exec(select(ApiTokenRow).order_by(col(ApiTokenRow.id)))]
    db.expunge_all()
    table_copy.delete_all_rows(connection)
    return _Replaced(claims, highest or 0, operations, tokens)


def _copy(source: sa.Connection, target: sa.Connection, done: ProgressCallback) -> dict[str, int]:
    written = {}
    for table in SQLModel.metadata.sorted_tables:
        if table.name in table_copy.EPHEMERAL_TABLES:
            continue
        written[table.name] = 0
        names = [column.name for column in table.columns]
        rows = table_copy.iter_rows(source, table)
        while batch := [
            dict(zip(names, row, strict=True)) for row in islice(rows, table_copy.BATCH)
        ]:
            target.execute(sa.insert(table), batch)
            written[table.name] += len(batch)
            done(len(batch))
    return written


def _retain_operations(db: Session, operations: list[dict[str, Any]]) -> None:
    """Add the entries of the operations log that are not in the backup."""
    restored = [_values(each) for each in db.exec(select(OperationRow))]
    table_copy.reset_sequences(db.connection())
    db.add_all(OperationRow(**each) for each in operations if each not in restored)


def _retain_tokens(db: Session, tokens: list[ApiTokenRow]) -> None:
    """Retain the current tokens, so that none revoked since the backup becomes valid again."""
    restored = {row.selector: row for row in db.exec(select(ApiTokenRow))}
    names = {row.name for row in restored.values()}
    for token in tokens:
        row = restored.get(token.selector)
        if row is not None:
            row.last_used_at = token.last_used_at
            row.revoked_at, row.revoked_by = token.revoked_at, token.revoked_by
        elif token.name not in names:
            db.add(ApiTokenRow(**token.model_dump(exclude={"id"})))


def _raise_versions(db: Session, highest: int) -> None:
    """Raise each meeting's version above all earlier ones, so that caches are reloaded."""
    for meeting in db.exec(select(MeetingRow)):
        from_folder = meeting.loaded_version == meeting.version
        meeting.version = max(meeting.version, highest + 1)
        if from_folder:
            meeting.loaded_version = meeting.version


def _values(row: OperationRow) -> dict[str, Any]:
    return row.model_dump(exclude={"id"})
