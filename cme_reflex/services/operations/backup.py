"""Backups: all rows of one moment into a file, and back, while the server runs.

One format for both kinds of database, so that what was written on SQLite can be
restored into PostgreSQL, and needs no tool of the same version as the server's.
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

from cme_reflex.formats.backup import archive
from cme_reflex.formats.backup.archive import BackupHeader, CorruptBackup
from cme_reflex.store import migrate
from cme_reflex.store.claims import feed
from cme_reflex.store.claims.tables import ClaimRow
from cme_reflex.store.database import read, write
from cme_reflex.store.meetings.tables import MeetingRow
from cme_reflex.store.operations import table_copy
from cme_reflex.store.operations.tables import ApiTokenRow, OperationRow

LOCK_RETRY_DELAY = 0.05  # seconds between two tries to hold a busy PostgreSQL still
LOCK_ATTEMPTS = 600  # half a minute; the server's own transactions take milliseconds
TIMEOUT = 3600.0  # seconds for a statement, which copies or deletes whole tables

ProgressCallback = Callable[[int], None]


class NewerBackup(Exception):
    """The backup's tables are of a revision that this program does not know."""


class DatabaseNotUpgraded(Exception):
    """The database is not at the revision that this program works with."""


class DatabaseHasClaims(Exception):
    """There are claims in the database that a restore would replace."""

    def __init__(self, claims: int) -> None:
        super().__init__(f"The database holds {claims} claims.")
        self.claims = claims


class DatabaseBusy(Exception):
    """The database could not be held still."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupResult:
    """A backup: its revision, its moment, and the rows of each table."""

    revision: str
    taken_at: datetime
    rows: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreResult:
    """What a restore wrote, and how many claims were there before."""

    revision: str
    taken_at: datetime
    rows: dict[str, int]
    claims_replaced: int


async def count_rows() -> int:
    """How many rows a backup would have."""

    def count(db: Session) -> int:
        connection = db.connection()
        return table_copy.count_rows(connection, table_copy.backup_tables(connection))

    return await read(count, timeout=TIMEOUT)


async def create_backup(path: Path, *, now: datetime, done: ProgressCallback) -> BackupResult:
    """Write all rows of this moment to the file, which is there whole or not at all.

    Writers need not wait, and none of their transactions is in it by half.
    `done` is called with each row. Raises OSError.
    """

    def copy(db: Session) -> BackupResult:
        # The file is written within the read: all rows together may not fit into memory, and one
        # read after the other would not be of one moment. If it runs twice, it begins a new file.
        connection = db.connection()
        revision = str(table_copy.current_revision(connection))
        with archive.atomic_write(path) as file:
            writer = archive.BackupWriter(file, BackupHeader(revision, now))
            for table in table_copy.backup_tables(connection):
                writer.begin_table(table.name, [column.name for column in table.columns])
                for row in table_copy.iter_rows(connection, table):
                    writer.add(table_copy.to_json(row))
                    done(1)
            writer.close()
        return BackupResult(revision=revision, taken_at=now, rows=writer.rows)

    return await read(copy, timeout=TIMEOUT)


async def restore_backup(
    path: Path, *, replace: bool, actor: str, now: datetime, done: ProgressCallback
) -> RestoreResult:
    """Bring the database to what the backup holds: in one transaction, all of it or nothing.

    The rows are first written into a file of their own at the backup's revision
    and brought to this program's there, by the migrations themselves: what does
    not hold together is found before anything is touched. All sign-ins end. What
    the log of operations has is kept, and so are the tokens of other systems, and which
    of them are revoked. `done` is called with each row.

    Raises CorruptBackup, NewerBackup, DatabaseNotUpgraded, DatabaseBusy, DatabaseHasClaims unless
    `replace`, and OSError.
    """
    header, _ = archive.verify(path)
    if not table_copy.is_known(header.revision):
        raise NewerBackup(header.revision)
    with tempfile.TemporaryDirectory(prefix="cme-restore-") as folder:
        prepared = f"sqlite:///{folder}/prepared.db"
        await _load_scratch_database(prepared, header.revision, path)
        source = table_copy.open_file(prepared)
        try:
            return await _write_when_idle(
                partial(
                    _replace_all,
                    source=source,
                    header=header,
                    replace=replace,
                    actor=actor,
                    now=now,
                    done=done,
                )
            )
        finally:
            source.dispose()


async def _write_when_idle(restore: Callable[[Session], RestoreResult]) -> RestoreResult:
    """Write as soon as nobody else does. Raises DatabaseBusy."""
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


async def _load_scratch_database(url: str, revision: str, path: Path) -> None:
    """The backup as an SQLite file at this program's revision. Raises CorruptBackup."""
    await migrate.upgrade(url, revision)
    engine = table_copy.open_file(url)
    try:
        with engine.begin() as connection:
            table_copy.insert_rows(connection, archive.read_tables(path))
        await migrate.upgrade(url)
    except (table_copy.IncompatibleRows, RuntimeError) as error:
        raise CorruptBackup("its rows do not hold together") from error
    finally:
        engine.dispose()


def _replace_all(
    db: Session,
    *,
    source: sa.Engine,
    header: BackupHeader,
    replace: bool,
    actor: str,
    now: datetime,
    done: ProgressCallback,
) -> RestoreResult:
    """Put the rows of the prepared file in the place of the database's. Raises DatabaseBusy."""
    replaced = _clear(db, replace=replace)
    with source.connect() as connection:
        rows = _copy(connection, db.connection(), done)
    _retain_operations(db, replaced.operations)
    _retain_tokens(db, replaced.tokens)
    _raise_versions(db, replaced.version)
    feed.begin_epoch(db)
    details = {"taken_at": header.taken_at.isoformat(), "rows": rows}
    db.add(OperationRow(at=now, actor=actor, what="restored", details=details))
    db.flush()
    table_copy.reset_sequences(db.connection())
    return RestoreResult(
        revision=header.revision,
        taken_at=header.taken_at,
        rows=rows,
        claims_replaced=replaced.claims,
    )


def _clear(db: Session, *, replace: bool) -> _Replaced:
    """Hold the database still and empty it; what of it matters to the restored one."""
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
    """Keep what the log of operations had beyond the backup's."""
    restored = [_values(each) for each in db.exec(select(OperationRow))]
    table_copy.reset_sequences(db.connection())
    db.add_all(OperationRow(**each) for each in operations if each not in restored)


def _retain_tokens(db: Session, tokens: list[ApiTokenRow]) -> None:
    """Keep which tokens there are: none that was revoked since the backup opens anything again."""
    restored = {row.selector: row for row in db.exec(select(ApiTokenRow))}
    names = {row.name for row in restored.values()}
    for token in tokens:
        known = restored.get(token.selector)
        if known is not None:
            known.last_used_at = token.last_used_at
            known.revoked_at, known.revoked_by = token.revoked_at, token.revoked_by
        elif token.name not in names:
            db.add(ApiTokenRow(**token.model_dump(exclude={"id"})))


def _raise_versions(db: Session, highest: int) -> None:
    """Make each meeting newer than what any running process has read of it."""
    for meeting in db.exec(select(MeetingRow)):
        meeting.version = max(meeting.version, highest + 1)


def _values(row: OperationRow) -> dict[str, Any]:
    return row.model_dump(exclude={"id"})
