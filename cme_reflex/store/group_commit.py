"""Group commit: one writer thread for SQLite, and one COMMIT for all that waited for it.

SQLite has one writer at a time, and a COMMIT waits for the disk. So functions that write are
queued, and the writer runs all that wait in one transaction, each in a savepoint of its own.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

import sqlalchemy as sa

from cme_reflex.store.unit_of_work import Completed

Result = TypeVar("Result")


class GroupCommit:
    """The queue of functions that write, and the thread that runs them.

    None is acknowledged before the COMMIT, and a COMMIT that fails fails all of its group. A
    caller that is cancelled takes its function out of the queue; one that runs, runs to its end.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._queue: deque[_Write[Any]] = deque()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="database-writer")

    async def write(self, run: Callable[[sa.Connection], Completed[Result]]) -> Result:
        """Run a unit of work in the next group; what it wrote is on disk when this returns."""
        write = _Write(run, asyncio.get_running_loop().create_future())
        self._queue.append(write)
        # The thread takes all that wait by then, and may find later that nothing is left to do.
        self._thread.submit(self._work)
        await write.finished
        return write.result()

    async def close(self) -> None:
        """Wait for what is being written, and end the thread."""
        await asyncio.to_thread(self._thread.shutdown)

    def _work(self) -> None:
        group: list[_Write[Any]] = []
        while group or self._queue:
            try:
                self._commit(group)
            except _TransactionLost as lost:
                group.remove(lost.write)
                _finish([lost.write])
            except Exception as error:
                # BEGIN or COMMIT failed, so nothing of the group is in the database.
                group = group or self._started()
                for write in group:
                    write.error = write.error or error
                _finish(group)
                group = []
            else:
                _finish(group)
                group = []

    def _commit(self, group: list["_Write[Any]"]) -> None:
        """Run the group, and all that came until the lock was there, and commit them.

        Raises _TransactionLost where all others of the group have to run again.
        """
        with self._engine.connect() as connection:
            connection.begin()
            group += self._started()
            for write in group:
                write.run_in(connection)
                if connection.invalidated:
                    raise _TransactionLost(write)
            try:
                connection.commit()
            except BaseException:
                connection.invalidate()  # whatever state it is in
                raise

    def _started(self) -> list["_Write[Any]"]:
        """All that wait, taken from the queue, but for those whose callers were cancelled."""
        waiting = [self._queue.popleft() for _ in range(len(self._queue))]
        return [write for write in waiting if not write.finished.cancelled()]


class _TransactionLost(Exception):
    """SQLite rolled back the whole transaction, not only the part of this function."""

    def __init__(self, write: "_Write[Any]") -> None:
        self.write = write


@dataclass(eq=False, slots=True)
class _Write(Generic[Result]):
    """A unit of work in the queue, and what became of it."""

    run: Callable[[sa.Connection], Completed[Result]]
    finished: asyncio.Future[None]
    context: Context = field(default_factory=copy_context)
    completed: Completed[Result] | None = None
    error: BaseException | None = None

    def run_in(self, connection: sa.Connection) -> None:
        """Run it as a part of this connection's transaction, perhaps again."""
        self.completed = self.error = None
        try:
            self.completed = self.context.run(self.run, connection)
        except BaseException as error:
            self.error = error

    def finish(self) -> None:
        """On the loop: have what follows the commit done, and then let the caller go on."""
        if self.completed is not None and self.error is None:
            for do in self.completed.after_commit:
                self.finished.get_loop().call_soon(do, context=self.context)
        if not self.finished.cancelled():
            self.finished.set_result(None)

    def result(self) -> Result:
        """What it returned. Raises what it raised."""
        if self.error is not None:
            raise self.error
        return cast(Completed[Result], self.completed).result


def _finish(writes: list[_Write[Any]]) -> None:
    """Finish them on their loop, which is woken once for all: that costs as much as a statement."""
    for loop in {write.finished.get_loop() for write in writes}:
        theirs = [write for write in writes if write.finished.get_loop() is loop]
        with suppress(RuntimeError):  # the loop was closed, and nobody waits any longer
            loop.call_soon_threadsafe(_finish_all, theirs)


def _finish_all(writes: list[_Write[Any]]) -> None:
    for write in writes:
        write.finish()
