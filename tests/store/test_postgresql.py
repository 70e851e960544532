"""PostgreSQL: lost connections, conflicting units of work, and statement timeouts."""

import asyncio
from datetime import datetime

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from cme_reflex.store import postgresql
from cme_reflex.store.database import NO_LIMIT, read, write
from cme_reflex.store.meetings.tables import MeetingRow
from cme_reflex.store.postgresql import CommitUncertain
from tests.support.database.pausing import Pause
from tests.support.database.table_rows import add, fetch

pytestmark = pytest.mark.parametrize("database_kind", ["postgresql"])


def backend(db: Session) -> int:
    """The server's process id for this connection."""
    return int(db.connection().exec_driver_sql("SELECT pg_backend_pid()").scalar_one())


def end(url: str, process: int) -> None:
    """Terminate a connection on the server."""
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 5000)", [process])


def meeting(now: datetime, code: str) -> MeetingRow:
    return MeetingRow(code=code, version=1, document={}, loaded_at=now)


async def test_a_connection_that_was_cut_while_it_was_idle_is_replaced(
    database: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = await read(backend)
    end(database_url, gone)
    monkeypatch.setattr(postgresql, "ATTEMPTS", 1)
    monkeypatch.setattr(postgresql, "IDLE", -1.0)
    # All connections of the pool, and one more.
    found = await asyncio.gather(*(read(backend) for _ in range(3)))
    assert gone not in found


async def test_a_connection_in_use_is_not_asked_again_whether_it_is_there(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(postgresql, "_ping", asked.append)
    for _ in range(3):
        await read(backend)
    assert asked == []
    monkeypatch.setattr(postgresql, "IDLE", -1.0)
    await read(backend)
    assert len(asked) == 1


async def test_what_lost_its_connection_before_the_commit_runs_again(
    database: Engine, database_url: str, now: datetime
) -> None:
    lost: list[int] = []

    def add_and_lose(db: Session) -> None:
        db.add(meeting(now, "m"))
        db.flush()
        if not lost:
            lost.append(backend(db))
            end(database_url, lost[0])
            backend(db)

    await write(add_and_lose)
    assert (len(lost), await fetch(select(MeetingRow.code))) == (1, ["m"])


async def test_what_loses_every_connection_is_tried_three_times(
    database: Engine, database_url: str
) -> None:
    tries: list[int] = []

    def lose(db: Session) -> None:
        tries.append(backend(db))
        end(database_url, tries[-1])
        backend(db)

    for door in (read, write):
        with pytest.raises(sa.exc.DBAPIError):
            await door(lose)
        assert len(tries) == len(set(tries)) == postgresql.ATTEMPTS
        tries.clear()


async def test_what_loses_its_connection_in_the_commit_is_not_tried_again(
    database: Engine, database_url: str, now: datetime
) -> None:
    runs: list[int] = []

    def add_one(db: Session) -> None:
        runs.append(backend(db))
        db.add(meeting(now, "m"))

    sa.event.listen(database, "commit", lambda _: end(database_url, runs[0]), once=True)
    with pytest.raises(CommitUncertain):
        await write(add_one)
    assert len(runs) == 1


async def test_of_two_that_lock_each_other_out_one_runs_again(
    database: Engine, now: datetime
) -> None:
    await add(meeting(now, "a"), meeting(now, "b"))
    pauses = {"a": Pause(), "b": Pause()}

    async def both(first: str, second: str) -> None:
        def count(db: Session) -> None:
            for code in (first, second):
                row = db.exec(select(MeetingRow).where(MeetingRow.code == code).with_for_update())
                row.one().version += 1
                pauses[first].once()

        await write(count)

    counting = [asyncio.create_task(both(*order)) for order in ("ab", "ba")]
    for pause in pauses.values():
        await pause.reached.wait()
    for pause in pauses.values():
        pause.over.set()
    await asyncio.gather(*counting)
    assert await fetch(select(MeetingRow.version).order_by(col(MeetingRow.code))) == [3, 3]


async def test_a_statement_is_limited_by_the_server_for_as_long_as_its_unit_of_work(
    database: Engine,
) -> None:
    def limit(db: Session) -> str:
        return str(db.connection().exec_driver_sql("SHOW statement_timeout").scalar_one())

    for door in (read, write):
        assert await door(limit) == "2s"
        assert await door(limit, timeout=3600) == "1h"
        assert await door(limit, timeout=NO_LIMIT) == "0"
        assert await door(limit) == "2s"
