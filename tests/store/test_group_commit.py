"""Group commit on SQLite: concurrent writes share one COMMIT and are otherwise independent."""

import asyncio
import shutil
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import Session, select

from cme_reflex.store.claims.tables import ClaimRow
from cme_reflex.store.database import StatementTimeout, after_commit, write
from cme_reflex.store.engines import close_database, open_database
from cme_reflex.store.operations.tables import OperationRow
from tests.support.database.pausing import Pause
from tests.support.database.table_rows import fetch

NOW = datetime(2024, 11, 1, 12, 0, tzinfo=UTC)
ENDLESS_WRITE = sa.text(
    "UPDATE operation SET actor = (WITH RECURSIVE n(i) AS"
    " (SELECT operation.id UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n)"
)


@pytest.fixture
async def engine(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Engine]:
    """An empty SQLite database of this test's own."""
    file = shutil.copy(sqlite_template, tmp_path / "shared.db")
    yield open_database(f"sqlite:///{file}")
    await close_database()


def commits(engine: Engine) -> list[int]:
    """The number of commits, as the length of a growing list."""
    seen: list[int] = []
    sa.event.listen(engine, "commit", lambda _: seen.append(1))
    return seen


def insert(db: Session, actor: str) -> None:
    db.add(OperationRow(at=NOW, actor=actor, what="restored", details={}))
    db.flush()


async def writes(actor: str) -> None:
    await write(lambda db: insert(db, actor))


async def fails(actor: str) -> None:
    def insert_and_fail(db: Session) -> None:
        insert(db, actor)
        raise LookupError(actor)

    await write(insert_and_fail)


async def hangs(actor: str) -> None:
    def insert_and_hang(db: Session) -> None:
        insert(db, actor)
        db.connection().execute(ENDLESS_WRITE)

    await write(insert_and_hang, timeout=0.1)


async def written() -> list[str]:
    return await fetch(select(OperationRow.actor).order_by(OperationRow.actor))


@asynccontextmanager
async def committing(engine: Engine) -> AsyncIterator[asyncio.Task[None]]:
    """A write that commits during the block; writes started meanwhile share the next commit."""
    reached, over, loop = asyncio.Event(), threading.Event(), asyncio.get_running_loop()

    def hold(_: sa.Connection) -> None:
        loop.call_soon_threadsafe(reached.set)
        over.wait(10)

    sa.event.listen(engine, "commit", hold, once=True)
    task = asyncio.create_task(writes("first"))
    await reached.wait()
    yield task
    over.set()


async def in_one_group(engine: Engine, *several: Coroutine[Any, Any, None]) -> list[str]:
    """The outcomes of writes that share one commit."""
    async with committing(engine) as first:
        tasks = [asyncio.create_task(each) for each in several]
        await asyncio.sleep(0)
    await first
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    return [type(each).__name__ if each else "done" for each in ended]


async def test_those_who_waited_share_a_commit(engine: Engine) -> None:
    seen = commits(engine)
    await asyncio.gather(*(writes(f"{nth:02}") for nth in range(20)))
    assert await written() == [f"{nth:02}" for nth in range(20)]
    assert 1 <= len(seen) <= 3


async def test_one_alone_waits_for_nobody(engine: Engine) -> None:
    seen = commits(engine)
    await writes("alone")
    assert len(seen) == 1


async def test_what_fails_is_undone_alone(engine: Engine) -> None:
    several = [writes("a"), fails("b"), writes("c"), fails("d"), writes("e")]
    ended = await asyncio.gather(*several, return_exceptions=True)
    assert [str(each) for each in ended] == ["None", "b", "None", "d", "None"]
    assert await written() == ["a", "c", "e"]


async def test_who_loses_the_whole_transaction_is_undone_alone_and_the_others_run_again(
    engine: Engine,
) -> None:
    runs: list[str] = []
    called: list[str] = []

    async def notes(actor: str) -> None:
        def noted(db: Session) -> None:
            runs.append(actor)
            insert(db, actor)
            after_commit(db, lambda: called.append(actor))

        await write(noted)

    several = [notes("a"), fails("b"), hangs("c"), notes("d"), hangs("e"), notes("f")]
    ended = await in_one_group(engine, *several)
    assert ended == ["done", "LookupError", "StatementTimeout", "done", "StatementTimeout", "done"]
    assert await written() == ["a", "d", "f", "first"]
    # Earlier writes ran again both times; none was acknowledged twice.
    assert "".join(runs) == "aadadf"
    assert called == ["a", "d", "f"]


async def test_nobody_is_acknowledged_before_the_commit(engine: Engine) -> None:
    acknowledged: list[str] = []
    at_commit: list[list[str]] = []
    sa.event.listen(engine, "commit", lambda _: at_commit.append(list(acknowledged)))

    async def acknowledges(actor: str) -> None:
        await writes(actor)
        acknowledged.append(actor)

    await asyncio.gather(*(acknowledges(actor) for actor in "abc"))
    assert sorted(acknowledged) == ["a", "b", "c"]
    assert at_commit[0] == []


async def test_a_commit_that_fails_fails_all_who_share_it(engine: Engine) -> None:
    called: list[str] = []

    def full(_: sa.Connection) -> None:
        raise OSError("no space left on the disk")

    def insert_and_call(db: Session) -> None:
        insert(db, "called")
        after_commit(db, lambda: called.append("called"))

    sa.event.listen(engine, "commit", full)
    several = [writes("a"), writes("b"), write(insert_and_call)]
    ended = await asyncio.gather(*several, return_exceptions=True)
    assert [str(each) for each in ended] == ["no space left on the disk"] * 3
    sa.event.remove(engine, "commit", full)
    assert (await written(), called) == ([], [])
    await writes("later")
    assert await written() == ["later"]


async def test_a_commit_that_sqlite_refuses_fails_all_and_leaves_no_lock_behind(
    engine: Engine, tmp_path: Path
) -> None:
    def point_nowhere(db: Session) -> None:
        db.connection().exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        db.exec(sa.insert(ClaimRow).values(attendee_id=99, status="draft", revision=0))

    several = [writes("a"), write(point_nowhere), writes("b")]
    assert await in_one_group(engine, *several) == ["IntegrityError"] * 3
    with sqlite3.connect(tmp_path / "shared.db", timeout=0) as other:
        other.execute("BEGIN IMMEDIATE")
    other.close()
    await writes("later")
    assert await written() == ["first", "later"]


async def test_callbacks_of_a_group_are_called_in_the_order_of_its_writers(engine: Engine) -> None:
    called: list[str] = []

    def calling(actor: str) -> Callable[[Session], None]:
        def add(db: Session) -> None:
            insert(db, actor)
            after_commit(db, lambda: called.append(actor))

        return add

    await in_one_group(engine, *(write(calling(actor)) for actor in "abcd"))
    assert called == ["a", "b", "c", "d"]


async def test_who_is_cancelled_while_waiting_is_dropped_and_holds_up_nobody(
    engine: Engine,
) -> None:
    async with committing(engine):
        tasks = [asyncio.create_task(writes(actor)) for actor in "abcd"]
        await asyncio.sleep(0)
        for gone in tasks[1:3]:
            gone.cancel()
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(each).__name__ for each in ended] == [
        "NoneType",
        "CancelledError",
        "CancelledError",
        "NoneType",
    ]
    assert await written() == ["a", "d", "first"]


async def test_who_is_cancelled_while_it_runs_is_committed_with_its_callbacks(
    engine: Engine,
) -> None:
    pause = Pause()
    called = asyncio.Event()

    def slow(db: Session) -> None:
        insert(db, "gone")
        after_commit(db, called.set)
        pause.once()

    gone = asyncio.create_task(write(slow))
    await pause.reached.wait()
    other = asyncio.create_task(writes("stays"))
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    pause.over.set()
    await other
    await called.wait()
    assert await written() == ["gone", "stays"]


async def test_who_is_cancelled_in_the_commit_is_committed(engine: Engine) -> None:
    async with committing(engine) as first:
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
    await writes("later")
    assert await written() == ["first", "later"]


async def test_a_writer_of_another_process_is_waited_for_without_holding_up_readers(
    engine: Engine, tmp_path: Path
) -> None:
    other = sqlite3.connect(tmp_path / "shared.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(writes("late"))
    await asyncio.sleep(0.05)
    assert await written() == []
    assert not waiting.done()
    other.execute("COMMIT")
    other.close()
    await waiting
    assert await written() == ["late"]


async def test_who_is_cancelled_while_another_process_writes_leaves_no_lock_behind(
    engine: Engine, tmp_path: Path
) -> None:
    other = sqlite3.connect(tmp_path / "shared.db", isolation_level=None, timeout=1)
    other.execute("BEGIN IMMEDIATE")
    gone = asyncio.create_task(writes("gone"))
    await asyncio.sleep(0.05)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    other.execute("COMMIT")
    other.execute("BEGIN IMMEDIATE")
    other.execute("COMMIT")
    await writes("next")
    other.execute("BEGIN IMMEDIATE")
    other.close()
    assert await written() == ["next"]


async def test_all_who_wait_fail_where_another_process_keeps_the_lock(
    engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    soon = "PRAGMA busy_timeout=100"
    sa.event.listen(engine, "connect", lambda new, _: new.cursor().execute(soon))
    other = sqlite3.connect(tmp_path / "shared.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    gone = asyncio.create_task(writes("gone"))
    waiting = [asyncio.create_task(writes(actor)) for actor in "ab"]
    await asyncio.sleep(0.05)
    gone.cancel()
    ended = await asyncio.gather(*waiting, return_exceptions=True)
    assert ["database is locked" in str(each) for each in ended] == [True, True]
    other.close()
    await writes("next")
    assert (await written(), caplog.text) == (["next"], "")


async def test_closing_waits_for_what_is_being_written(engine: Engine, tmp_path: Path) -> None:
    async with committing(engine) as first:
        closing = asyncio.create_task(close_database())
        await asyncio.sleep(0.05)
        assert not closing.done()
    await asyncio.gather(first, closing)
    with sqlite3.connect(tmp_path / "shared.db") as file:
        assert file.execute("SELECT actor FROM operation").fetchall() == [("first",)]
    file.close()


async def test_what_ends_an_iteration_is_an_error_and_not_a_hang(engine: Engine) -> None:
    with pytest.raises(RuntimeError, match="StopIteration"):
        await write(lambda _: next(iter(())))


async def test_an_interrupted_statement_is_given_up_within_its_time(engine: Engine) -> None:
    await writes("a")
    async with asyncio.timeout(5):
        with pytest.raises(StatementTimeout):
            await hangs("b")
    assert await written() == ["a"]
