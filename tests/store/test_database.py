"""`read` and `write`: their guarantees, on both kinds of database."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from cme_reflex.store.database import (
    NO_LIMIT,
    DatabaseNotOpen,
    StatementTimeout,
    after_commit,
    read,
    write,
)
from cme_reflex.store.engines import close_database, create_database, open_database
from cme_reflex.store.meetings.tables import MeetingRow
from tests.support.database.pausing import Pause
from tests.support.database.table_rows import add, fetch, fetch_one

VERSION = select(MeetingRow.version)
LONG = 10.0  # seconds, more than a page waits for
# Endless statements that read or write, which SQLite interrupts in different ways.
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
ENDLESS_READ = sa.text(f"{ENDLESS} SELECT count(*) FROM n")  # noqa: S608 - no input
ENDLESS_WRITE = sa.text(
    "UPDATE meeting SET version = (WITH RECURSIVE n(i) AS"
    " (SELECT version UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n)"
)
caller: ContextVar[str] = ContextVar("caller")


def meeting(now: datetime, code: str = "m", version: int = 1) -> MeetingRow:
    return MeetingRow(code=code, version=version, document={}, loaded_at=now)


def set_version(db: Session, version: int) -> None:
    db.exec(sa.update(MeetingRow).values(version=version))


def hang(statement: sa.TextClause) -> Callable[[Session], None]:
    def hanging(db: Session) -> None:
        set_version(db, 99)
        db.connection().execute(statement)

    return hanging


async def test_what_a_write_answers_is_committed_and_what_fails_is_not(
    database: Engine, now: datetime
) -> None:
    def count_and_fail(db: Session) -> None:
        set_version(db, 2)
        raise ZeroDivisionError

    def begin(db: Session) -> str:
        db.add(meeting(now))
        return "begun"

    assert await write(begin) == "begun"
    with pytest.raises(ZeroDivisionError):
        await write(count_and_fail)
    assert await fetch_one(VERSION) == 1


async def test_nothing_is_kept_of_a_dry_run_or_of_a_read(database: Engine, now: datetime) -> None:
    called: list[str] = []

    def change(db: Session) -> int:
        set_version(db, 2)
        after_commit(db, lambda: called.append("after"))
        return db.exec(VERSION).one()

    await add(meeting(now))
    assert await write(change, dry_run=True) == 2
    with suppress(sa.exc.DBAPIError):  # PostgreSQL refuses it outright
        await read(change)
    assert (await fetch_one(VERSION), called) == (1, [])


async def test_a_read_does_not_see_what_is_committed_meanwhile(
    database: Engine, now: datetime
) -> None:
    await add(meeting(now))
    pause = Pause()

    def twice(db: Session) -> tuple[int, int]:
        before = db.exec(VERSION).one()
        pause.once()
        return before, db.exec(VERSION).one()

    reading = asyncio.create_task(read(twice, timeout=LONG))
    await pause.reached.wait()
    await write(lambda db: set_version(db, 2))
    pause.over.set()
    assert (await reading, await fetch_one(VERSION)) == ((1, 1), 2)


async def test_ten_writers_that_read_first_lose_no_update(database: Engine, now: datetime) -> None:
    def count(db: Session) -> None:
        row = db.exec(select(MeetingRow).with_for_update()).one()
        row.version += 1

    await add(meeting(now, version=0))
    await asyncio.gather(*(write(count) for _ in range(10)))
    assert await fetch_one(VERSION) == 10


async def test_rows_that_are_returned_stay_as_they_were(database: Engine, now: datetime) -> None:
    await add(meeting(now))
    row = await write(lambda db: db.exec(select(MeetingRow)).one())
    await write(lambda db: set_version(db, 2))
    assert (row.code, row.version) == ("m", 1)


async def test_what_is_to_be_done_after_the_commit_is_done_in_order_when_all_can_see_it(
    database: Engine, now: datetime
) -> None:
    seen: list[object] = []
    caller.set("this test")

    def add_one(db: Session) -> None:
        db.add(meeting(now))
        after_commit(db, lambda: seen.append("first"))
        after_commit(db, lambda: seen.append((caller.get(), threading.current_thread())))
        db.flush()
        assert seen == []

    await write(add_one)
    assert seen == ["first", ("this test", threading.current_thread())]


async def test_nothing_is_done_after_what_fails(database: Engine, now: datetime) -> None:
    seen: list[str] = []

    def fail(db: Session) -> None:
        after_commit(db, lambda: seen.append("done"))
        db.add(meeting(now))
        db.add(meeting(now))

    with pytest.raises(sa.exc.IntegrityError):
        await write(fail)
    assert (await fetch(VERSION), seen) == ([], [])


async def test_a_function_sees_its_callers_context(database: Engine) -> None:
    async def in_context(name: str) -> tuple[str, ...]:
        caller.set(name)
        return (
            await read(lambda _: caller.get()),
            await read(lambda _: caller.get(), timeout=LONG),
            await write(lambda _: caller.get()),
        )

    assert await asyncio.gather(in_context("one"), in_context("other")) == [
        ("one", "one", "one"),
        ("other", "other", "other"),
    ]


@pytest.mark.parametrize("endless", [ENDLESS_READ, ENDLESS_WRITE], ids=["read", "write"])
async def test_a_statement_that_hangs_is_interrupted_and_undone_alone(
    database: Engine, now: datetime, endless: sa.TextClause
) -> None:
    await add(meeting(now))
    ended = await asyncio.gather(
        write(lambda db: db.add(meeting(now, "before"))),
        write(hang(endless), timeout=0.2),
        write(lambda db: db.add(meeting(now, "after"))),
        return_exceptions=True,
    )
    assert [type(each) for each in ended] == [type(None), StatementTimeout, type(None)]
    codes = await fetch(select(MeetingRow.code).order_by(col(MeetingRow.code)))
    assert codes == ["after", "before", "m"]
    assert await fetch(select(MeetingRow.version).distinct()) == [1]


@pytest.mark.parametrize("limit", [0.2, 2.1], ids=["where it was asked for", "in a thread"])
async def test_a_read_that_hangs_is_interrupted(database: Engine, limit: float) -> None:
    with pytest.raises(StatementTimeout):
        await read(lambda db: db.connection().execute(ENDLESS_READ).scalar(), timeout=limit)
    assert await fetch(VERSION) == []


async def test_without_a_limit_a_statement_may_take_its_time(database: Engine) -> None:
    some_time = sa.text(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)"
        " SELECT count(*) FROM n"
    )
    for open_ended in (read, write):
        counted = await open_ended(
            lambda db: db.connection().execute(some_time).scalar_one(), timeout=NO_LIMIT
        )
        assert counted == 100_000


@pytest.mark.parametrize("kind", ["read", "write"])
async def test_whoever_is_cancelled_leaves_no_lock_behind(
    database: Engine, now: datetime, kind: str
) -> None:
    await add(meeting(now))
    pause = Pause()

    def slow(db: Session) -> None:
        db.exec(select(MeetingRow).with_for_update() if kind == "write" else VERSION).one()
        pause.once()

    gone = asyncio.create_task(write(slow) if kind == "write" else read(slow, timeout=LONG))
    await pause.reached.wait()
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    pause.over.set()
    await write(lambda db: set_version(db, 2))
    assert await fetch_one(VERSION) == 2


async def test_asking_before_it_is_open_says_so() -> None:
    await close_database()
    for door in (read, write):
        with pytest.raises(DatabaseNotOpen):
            await door(lambda _: None)


async def test_another_kind_of_database_is_refused() -> None:
    with pytest.raises(sa.exc.ArgumentError, match="only SQLite and PostgreSQL"):
        create_database("mysql://nobody@127.0.0.1/none")


async def test_sqlite_keeps_acknowledged_writes_and_checks_foreign_keys(tmp_path: object) -> None:
    def pragmas(db: Session) -> dict[str, object]:
        return {
            name: db.connection().exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }

    open_database(f"sqlite:///{tmp_path}/cme.db")
    for door in (read, write):
        assert await door(pragmas) == {
            "journal_mode": "wal",
            "synchronous": 2,
            "foreign_keys": 1,
        }
    await close_database()
