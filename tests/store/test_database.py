"""The engine: what a transaction promises, on both databases."""

import asyncio
from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col, select

from cme_reflex.store.database import (
    DatabaseNotOpen,
    change,
    close_database,
    create_engine,
    look,
    reading,
    transaction,
)
from cme_reflex.store.tables import MeetingRow


def meeting(now: datetime, version: int = 1) -> MeetingRow:
    return MeetingRow(code="m", version=version, document={}, loaded_at=now)


async def test_what_is_committed_is_there_and_what_fails_is_not(
    database: AsyncEngine, now: datetime
) -> None:
    async with transaction() as db:
        db.add(meeting(now))
    with pytest.raises(ZeroDivisionError):
        await change_and_fail()
    async with reading() as db:
        assert (await db.exec(select(MeetingRow.code, MeetingRow.version))).all() == [("m", 1)]


async def change_and_fail() -> None:
    async with transaction() as db:
        await db.exec(sa.update(MeetingRow).values(version=2))
        raise ZeroDivisionError


async def test_a_change_is_there_when_it_answers_and_what_fails_is_not(
    database: AsyncEngine, now: datetime
) -> None:
    def begin(db: sa.Connection) -> int:
        return db.execute(sa.insert(MeetingRow), meeting(now).model_dump(exclude={"id"})).rowcount

    def count_and_fail(db: sa.Connection) -> None:
        db.execute(sa.update(MeetingRow).values(version=2))
        raise ZeroDivisionError

    assert await change(begin) == 1
    with pytest.raises(ZeroDivisionError):
        await change(count_and_fail)
    version = sa.select(col(MeetingRow.version))
    assert await look(lambda db: db.execute(version).scalar_one()) == 1


async def test_a_look_does_not_see_what_is_committed_meanwhile(
    database: AsyncEngine, now: datetime
) -> None:
    version = select(MeetingRow.version)
    async with transaction() as db:
        db.add(meeting(now))
    async with reading() as look:
        before = (await look.exec(version)).one()
        async with transaction() as db:
            await db.exec(sa.update(MeetingRow).values(version=2))
        assert (before, (await look.exec(version)).one()) == (1, 1)
    async with reading() as look:
        assert (await look.exec(version)).one() == 2


async def test_ten_writers_that_read_first_lose_no_update(
    database: AsyncEngine, now: datetime
) -> None:
    async with transaction() as db:
        db.add(meeting(now, version=0))

    async def count() -> None:
        async with transaction() as db:
            row = (await db.exec(select(MeetingRow).with_for_update())).one()
            row.version += 1

    await asyncio.gather(*(count() for _ in range(10)))
    async with reading() as db:
        assert (await db.exec(select(MeetingRow.version))).one() == 10


async def test_asking_before_it_is_open_says_so() -> None:
    await close_database()
    with pytest.raises(DatabaseNotOpen):
        async with reading():
            pass


async def test_sqlite_keeps_acknowledged_writes_and_checks_foreign_keys(tmp_path: object) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/cme.db")
    async with engine.connect() as connection:
        pragmas = {
            name: (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    await engine.dispose()
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
