"""Backups: all rows of one moment into a file, and back, while the server runs.

One format for both kinds of database, so that what was written on SQLite can be
restored into PostgreSQL, and needs no tool of the same version as the server's.
"""

import asyncio
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from cme_reflex.exchange import archive
from cme_reflex.exchange.archive import DamagedBackup, Header
from cme_reflex.store import copying, feed, migrate
from cme_reflex.store.database import create_engine, reading, transaction
from cme_reflex.store.tables import ApiTokenRow, ClaimRow, MeetingRow, OperationRow

PAUSE = 0.05  # seconds between two tries to hold a busy PostgreSQL still
TRIES = 600  # half a minute; the server's own transactions take milliseconds

Done = Callable[[int], None]


class NewerBackup(Exception):
    """The backup's tables are of a revision that this program does not know."""


class NotUpgraded(Exception):
    """The database is not at the revision that this program works with."""


class HoldsClaims(Exception):
    """There are claims in the database that a restore would replace."""

    def __init__(self, claims: int) -> None:
        super().__init__(f"The database holds {claims} claims.")
        self.claims = claims


class TooBusy(Exception):
    """The database could not be held still."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackedUp:
    """A backup: its revision, its moment, and the rows of each table."""

    revision: str
    taken_at: datetime
    rows: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restore wrote, and how many claims were there before."""

    revision: str
    taken_at: datetime
    rows: dict[str, int]
    claims_replaced: int


async def size() -> int:
    """How many rows a backup would have."""
    async with reading() as db:
        connection = await db.connection()
        return await copying.count(connection, await copying.kept_tables(connection))


async def back_up(path: Path, *, now: datetime, done: Done) -> BackedUp:
    """Write all rows of this moment to the file, which is there whole or not at all.

    Writers need not wait, and none of their transactions is in it by half.
    `done` is called with each row. Raises OSError.
    """
    with archive.written_whole(path) as file:
        async with reading() as db:
            connection = await db.connection()
            revision = str(await copying.current_revision(connection))
            writer = archive.Writer(file, Header(revision, now))
            for table in await copying.kept_tables(connection):
                writer.table(table.name, [column.name for column in table.columns])
                async for row in copying.rows(connection, table):
                    writer.add(copying.as_json(row))
                    done(1)
        writer.close()
    return BackedUp(revision=revision, taken_at=now, rows=writer.rows)


async def restore(path: Path, *, replace: bool, actor: str, now: datetime, done: Done) -> Restored:
    """Bring the database to what the backup holds: in one transaction, all of it or nothing.

    The rows are first written into a file of their own at the backup's revision
    and brought to this program's there, by the migrations themselves: what does
    not hold together is found before anything is touched. All sign-ins end. What
    the log of operations has is kept, and so are the tokens of other systems, and which
    of them are revoked. `done` is called with each row.

    Raises DamagedBackup, NewerBackup, NotUpgraded, TooBusy, HoldsClaims unless
    `replace`, and OSError.
    """
    header, _ = archive.verified(path)
    if not copying.is_known(header.revision):
        raise NewerBackup(header.revision)
    with tempfile.TemporaryDirectory(prefix="cme-restore-") as folder:
        prepared = f"sqlite:///{folder}/prepared.db"
        await _prepare(prepared, header.revision, path)
        source = create_engine(prepared)
        try:
            async with source.connect() as connection, transaction() as db:
                replaced = await _make_room(db, replace=replace)
                rows = await _copy(connection, db, done)
                await _remember(db, replaced.operations)
                await _keep_tokens(db, replaced.tokens)
                await _renew_versions(db, replaced.version)
                await feed.begin_epoch(db)
                details = {"taken_at": header.taken_at.isoformat(), "rows": rows}
                db.add(OperationRow(at=now, actor=actor, what="restored", details=details))
                await db.flush()
                await copying.count_on(await db.connection())
        finally:
            await source.dispose()
    return Restored(
        revision=header.revision,
        taken_at=header.taken_at,
        rows=rows,
        claims_replaced=replaced.claims,
    )


@dataclass(frozen=True, slots=True)
class _Replaced:
    claims: int
    version: int  # the highest of any meeting
    operations: list[dict[str, Any]]
    tokens: list[ApiTokenRow]


async def _prepare(url: str, revision: str, path: Path) -> None:
    """The backup as an SQLite file at this program's revision. Raises DamagedBackup."""
    await migrate.upgrade(url, revision)
    engine = create_engine(url)
    try:
        async with engine.begin() as connection:
            await copying.fill(connection, archive.tables(path))
        await migrate.upgrade(url)
    except (copying.RowsDoNotFit, RuntimeError) as error:
        raise DamagedBackup("its rows do not hold together") from error
    finally:
        await engine.dispose()


async def _make_room(db: AsyncSession, *, replace: bool) -> _Replaced:
    """Hold the database still and empty it; what of it matters to the restored one."""
    connection = await db.connection()
    if await copying.current_revision(connection) != copying.newest_revision():
        raise NotUpgraded
    await _hold_still(connection)
    claims = (await db.exec(select(sa.func.count()).select_from(ClaimRow))).one()
    if claims and not replace:
        raise HoldsClaims(claims)
    highest = (await db.exec(select(sa.func.max(col(MeetingRow.version))))).one()
    operations = (await db.exec(select(OperationRow).order_by(col(OperationRow.id)))).all()
    tokens = (await db.exec(select(ApiTokenRow).order_by(col(ApiTokenRow.id)))).all()
    replaced = _Replaced(
        claims, highest or 0, [_written(each) for each in operations], list(tokens)
    )
    db.expunge_all()
    await copying.empty(connection)
    return replaced


async def _hold_still(connection: AsyncConnection) -> None:
    for _ in range(TRIES):
        try:
            async with connection.begin_nested():
                return await copying.hold_still(connection)
        except sa.exc.DBAPIError:
            await asyncio.sleep(PAUSE)
    raise TooBusy


async def _copy(source: AsyncConnection, db: AsyncSession, done: Done) -> dict[str, int]:
    target = await db.connection()
    written = {}
    for table in SQLModel.metadata.sorted_tables:
        if table.name in copying.PASSING:
            continue
        written[table.name] = 0
        batch: list[dict[str, Any]] = []
        async for row in copying.rows(source, table):
            batch.append(
                {column.name: value for column, value in zip(table.columns, row, strict=True)}
            )
            if len(batch) == copying.BATCH:
                written[table.name] += await _insert(target, table, batch, done)
        written[table.name] += await _insert(target, table, batch, done)
    return written


async def _insert(
    target: AsyncConnection, table: sa.Table, batch: list[dict[str, Any]], done: Done
) -> int:
    rows = len(batch)
    if rows:
        await target.execute(sa.insert(table), batch)
        done(rows)
    batch.clear()
    return rows


async def _remember(db: AsyncSession, operations: list[dict[str, Any]]) -> None:
    """Keep what the log of operations had beyond the backup's."""
    restored = [_written(each) for each in (await db.exec(select(OperationRow))).all()]
    await copying.count_on(await db.connection())
    db.add_all(OperationRow(**each) for each in operations if each not in restored)


async def _keep_tokens(db: AsyncSession, tokens: list[ApiTokenRow]) -> None:
    """Keep which tokens there are: none that was revoked since the backup opens anything again."""
    restored = {row.selector: row for row in (await db.exec(select(ApiTokenRow))).all()}
    names = {row.name for row in restored.values()}
    for token in tokens:
        known = restored.get(token.selector)
        if known is not None:
            known.last_used_at = token.last_used_at
            known.revoked_at, known.revoked_by = token.revoked_at, token.revoked_by
        elif token.name not in names:
            db.add(ApiTokenRow(**token.model_dump(exclude={"id"})))


async def _renew_versions(db: AsyncSession, highest: int) -> None:
    """Make each meeting newer than what any running process has read of it."""
    for meeting in (await db.exec(select(MeetingRow))).all():
        meeting.version = max(meeting.version, highest + 1)


def _written(row: OperationRow) -> dict[str, Any]:
    return {"at": row.at, "actor": row.actor, "what": row.what, "details": row.details}
