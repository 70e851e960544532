"""Writers of SQLite that wait for each other share one commit, and nothing else."""

import asyncio
import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import select

from cme_reflex.store.database import (
    after_commit,
    change,
    close_database,
    open_database,
    reading,
    transaction,
)
from cme_reflex.store.tables import OperationRow

NOW = datetime(2024, 11, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
async def engine(sqlite_template: Path, tmp_path: Path) -> AsyncEngine:
    """An empty SQLite file, and nobody else's."""
    file = shutil.copy(sqlite_template, tmp_path / "shared.db")
    yield open_database(f"sqlite:///{file}")
    await close_database()


def commits(engine: AsyncEngine) -> list[int]:
    """How many there were, as the length of a list that grows."""
    seen: list[int] = []
    sa.event.listen(engine.sync_engine, "commit", lambda _: seen.append(1))
    return seen


async def writes(actor: str) -> None:
    async with transaction() as db:
        db.add(OperationRow(at=NOW, actor=actor, what="restored", details={}))


def insert(db: sa.Connection, actor: str) -> None:
    row = {"at": NOW, "actor": actor, "what": "restored", "details": {}}
    db.execute(sa.insert(OperationRow), row)


async def changes(actor: str) -> None:
    await change(lambda db: insert(db, actor))


async def changes_and_fails(actor: str) -> None:
    def at(db: sa.Connection) -> None:
        insert(db, actor)
        raise LookupError(actor)

    await change(at)


async def fails(actor: str) -> None:
    async with transaction() as db:
        db.add(OperationRow(at=NOW, actor=actor, what="restored", details={}))
        await db.flush()
        raise LookupError(actor)


async def written() -> list[str]:
    async with reading() as db:
        return list((await db.exec(select(OperationRow.actor).order_by(OperationRow.actor))).all())


async def test_those_who_waited_share_a_commit(engine: AsyncEngine) -> None:
    seen = commits(engine)
    await asyncio.gather(*(writes(f"{nth:02}") for nth in range(20)))
    assert await written() == [f"{nth:02}" for nth in range(20)]
    assert 1 <= len(seen) <= 3


async def test_one_alone_waits_for_nobody(engine: AsyncEngine) -> None:
    seen = commits(engine)
    await writes("alone")
    assert len(seen) == 1


async def test_what_fails_is_undone_alone(engine: AsyncEngine) -> None:
    several = [writes("a"), fails("b"), writes("c"), fails("d"), writes("e")]
    ended = await asyncio.gather(*several, return_exceptions=True)
    assert [type(each) for each in ended] == [type(None), LookupError] * 2 + [type(None)]
    assert await written() == ["a", "c", "e"]


async def test_changes_share_a_commit_with_units_of_work_and_are_undone_alone(
    engine: AsyncEngine,
) -> None:
    seen = commits(engine)
    several = [writes("a"), changes("b"), changes_and_fails("c"), changes("d"), writes("e")]
    ended = await asyncio.gather(*several, return_exceptions=True)
    assert [str(each) for each in ended if isinstance(each, Exception)] == ["c"]
    assert (await written(), len(seen)) == (["a", "b", "d", "e"], 1)


async def test_nobody_is_told_before_the_commit(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    at_commit: list[list[str]] = []
    sa.event.listen(engine.sync_engine, "commit", lambda _: at_commit.append(list(told)))

    async def writes_and_tells(actor: str) -> None:
        await writes(actor)
        told.append(actor)

    await asyncio.gather(*(writes_and_tells(actor) for actor in "abc"))
    assert sorted(told) == ["a", "b", "c"]
    assert at_commit[0] == []


async def test_a_commit_that_fails_is_told_to_all_who_share_it(engine: AsyncEngine) -> None:
    def full(_: sa.Connection) -> None:
        raise OSError("no space left on the disk")

    sa.event.listen(engine.sync_engine, "commit", full)
    ended = await asyncio.gather(*(writes(actor) for actor in "abc"), return_exceptions=True)
    assert [str(each) for each in ended] == ["no space left on the disk"] * 3
    sa.event.remove(engine.sync_engine, "commit", full)
    assert await written() == []
    await writes("later")
    assert await written() == ["later"]


async def test_who_goes_away_while_waiting_holds_up_nobody(engine: AsyncEngine) -> None:
    tasks = [asyncio.create_task(writes(actor)) for actor in "abcd"]
    await asyncio.sleep(0)
    for gone in tasks[1:3]:
        gone.cancel()
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(each) for each in ended] == [
        type(None),
        asyncio.CancelledError,
        asyncio.CancelledError,
        type(None),
    ]
    assert await written() == ["a", "d"]


async def test_who_goes_away_in_the_midst_of_it_is_undone(engine: AsyncEngine) -> None:
    begun, never = asyncio.Event(), asyncio.Event()

    async def hesitates() -> None:
        async with transaction() as db:
            db.add(OperationRow(at=NOW, actor="gone", what="restored", details={}))
            await db.flush()
            begun.set()
            await never.wait()

    gone = asyncio.create_task(hesitates())
    await begun.wait()
    other = asyncio.create_task(writes("stays"))
    await asyncio.sleep(0)
    gone.cancel()
    await other
    assert await written() == ["stays"]


async def test_what_is_to_be_done_after_the_commit_is_done_when_all_can_see_it(
    engine: AsyncEngine,
) -> None:
    seen: list[str] = []
    async with transaction() as db:
        db.add(OperationRow(at=NOW, actor="a", what="restored", details={}))
        after_commit(db, lambda: seen.append("done"))
        await db.flush()
        assert seen == []
    assert seen == ["done"]


async def test_nothing_is_done_after_what_was_not_kept(engine: AsyncEngine) -> None:
    seen: list[str] = []
    async with transaction(keep=False) as db:
        db.add(OperationRow(at=NOW, actor="a", what="restored", details={}))
        after_commit(db, lambda: seen.append("done"))
    with suppress(LookupError):
        async with transaction() as db:
            after_commit(db, lambda: seen.append("done"))
            raise LookupError
    assert (await written(), seen) == ([], [])


async def test_a_writer_of_another_process_is_waited_for_without_holding_up_readers(
    engine: AsyncEngine, tmp_path: Path
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


@pytest.mark.parametrize("cancelled", [1, 2], ids=["once", "twice"])
@pytest.mark.parametrize("write", [changes, writes])
async def test_who_goes_away_while_another_process_writes_leaves_no_lock_behind(
    engine: AsyncEngine,
    tmp_path: Path,
    write: Callable[[str], Awaitable[None]],
    cancelled: int,
) -> None:
    other = sqlite3.connect(tmp_path / "shared.db", isolation_level=None, timeout=1)
    other.execute("BEGIN IMMEDIATE")
    gone = asyncio.ensure_future(write("gone"))
    for _ in range(cancelled):
        await asyncio.sleep(0.05)
        gone.cancel()
    await asyncio.sleep(0.05)
    other.execute("COMMIT")
    with pytest.raises(asyncio.CancelledError):
        await gone
    other.execute("BEGIN IMMEDIATE")
    other.execute("COMMIT")
    await write("next")
    other.execute("BEGIN IMMEDIATE")
    other.close()
    assert await written() == ["next"]


async def test_who_goes_away_before_the_lock_is_refused_is_told_of_nothing_else(
    engine: AsyncEngine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    soon = "PRAGMA busy_timeout=100"
    sa.event.listen(engine.sync_engine, "connect", lambda new, _: new.cursor().execute(soon))
    other = sqlite3.connect(tmp_path / "shared.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    gone = asyncio.create_task(changes("gone"))
    await asyncio.sleep(0.05)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    other.close()
    await changes("next")
    assert (await written(), caplog.text) == (["next"], "")
