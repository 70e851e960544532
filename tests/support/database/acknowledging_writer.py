"""A process that writes without end, and reports what was acknowledged: to be killed by a test.

Among the functions that write are some that fail, that hang and are interrupted, and whose callers
are cancelled.
"""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count
from multiprocessing.connection import Connection

import sqlalchemy as sa
from sqlmodel import Session

from cme_reflex.store.database import StatementTimeout, after_commit, write
from cme_reflex.store.engines import open_database
from cme_reflex.store.operations.tables import OperationRow

WRITERS = 12
# SQLite gives up the whole transaction where it interrupts a statement that writes.
ENDLESS = sa.text(
    "UPDATE operation SET actor = (WITH RECURSIVE n(i) AS"
    " (SELECT operation.id UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n)"
)


def insert(db: Session, actor: str) -> None:
    """Write a row by which this function can be told from all others."""
    db.add(OperationRow(at=datetime.now(UTC), actor=actor, what="restored", details={}))
    db.flush()


async def keep(name: str, report: Connection) -> None:
    """Write a row, and report that it is committed, and that it is acknowledged."""

    def insert_and_call(db: Session) -> None:
        insert(db, f"kept {name}")
        after_commit(db, lambda: report.send(f"kept {name}"))

    await write(insert_and_call)
    report.send(f"kept {name}")


async def fail(name: str, report: Connection) -> None:
    """Write a row and raise."""

    def insert_and_fail(db: Session) -> None:
        insert(db, f"failed {name}")
        raise LookupError

    with suppress(LookupError):
        await write(insert_and_fail)


async def hang(name: str, report: Connection) -> None:
    """Write a row and do not come to an end."""

    def insert_and_hang(db: Session) -> None:
        insert(db, f"hanged {name}")
        db.connection().execute(ENDLESS)

    with suppress(StatementTimeout):
        await write(insert_and_hang, timeout=0.01)


async def cancel(name: str, report: Connection) -> None:
    """Write a row without waiting for it, so that it may be there or not."""
    task = asyncio.create_task(write(lambda db: insert(db, f"cancelled {name}")))
    await asyncio.sleep(0)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def write_until_killed(url: str, run: int, report: Connection) -> None:
    """Write, some at once, and send the name of each row that is committed or acknowledged."""
    asyncio.run(_write_all(url, run, report))


async def _write_all(url: str, run: int, report: Connection) -> None:
    open_database(url)
    kinds = (keep, keep, fail, keep, cancel, keep, keep, hang)

    async def one(writer: int) -> None:
        for nth in count():
            await kinds[(nth + writer) % len(kinds)](f"{run}-{writer}-{nth}", report)

    await asyncio.gather(*(one(writer) for writer in range(WRITERS)))
