"""Group commit for SQLite: one writer thread, and one COMMIT for all queued units of work.

SQLite allows one writer at a time, and a COMMIT waits for the disk. So units of work are queued,
and the writer runs all queued ones in one transaction, each in its own savepoint.
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

from cme_reflex.store.database import Completed

Result = TypeVar("Result")


class GroupCommit:
    """Queue of units of work, and the thread that runs them.

    None is acknowledged before the COMMIT; if the COMMIT fails, the whole group fails. Cancelling
    the caller removes a unit of work from the queue; one that is running runs to its end.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._queue: deque[_Write[Any]] = deque()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="database-writer")

    async def write(self, run: Callable[[sa.Connection], Completed[Result]]) -> Result:
        """Run a unit of work in the next group; its changes are on disk when this returns."""
        write = _Write(run, asyncio.get_running_loop().create_future())
        self._queue.append(write)
        # Each run empties the queue, so a later run may find nothing to do.
        self._thread.submit(self._work)
        await write.finished
        return write.result()

    async def close(self) -> None:
        """Wait for pending writes, and stop the thread."""
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
                # BEGIN or COMMIT failed, so the database has nothing of the group.
                group = group or self._dequeue()
                for write in group:
                    write.error = write.error or error
                _finish(group)
                group = []
            else:
                _finish(group)
                group = []

    def _commit(self, group: list["_Write[Any]"]) -> None:
        """Run the group and all units queued until the lock was acquired, and commit them.

        Raises _TransactionLost if the others of the group have to run again.
        """
        with self._engine.connect() as connection:
            connection.begin()
            group += self._dequeue()
            for write in group:
                write.run_in(connection)
                if connection.invalidated:
                    raise _TransactionLost(write)
            try:
                connection.commit()
            except BaseException:
                connection.invalidate()  # its state is unknown
                raise

    def _dequeue(self) -> list["_Write[Any]"]:
        """Empty the queue. Returns its entries except those with cancelled callers."""
        waiting = [self._queue.popleft() for _ in range(len(self._queue))]
        return [write for write in waiting if not write.finished.cancelled()]


class _TransactionLost(Exception):
    """SQLite rolled back the whole transaction, not only the savepoint of this unit of work."""

    def __init__(self, write: "_Write[Any]") -> None:
        self.write = write


@dataclass(eq=False, slots=True)
class _Write(Generic[Result]):
    """A queued unit of work and its outcome."""

    run: Callable[[sa.Connection], Completed[Result]]
    finished: asyncio.Future[None]
    context: Context = field(default_factory=copy_context)
    completed: Completed[Result] | None = None
    error: BaseException | None = None

    def run_in(self, connection: sa.Connection) -> None:
        """Run it in this connection's transaction; it may have run before."""
        self.completed = self.error = None
        try:
            self.completed = self.context.run(self.run, connection)
        except BaseException as error:
            self.error = error

    def finish(self) -> None:
        """Schedule the after-commit callbacks and resume the caller; runs on the event loop."""
        if self.completed is not None and self.error is None:
            for callback in self.completed.after_commit:
                self.finished.get_loop().call_soon(callback, context=self.context)
        if not self.finished.cancelled():
            self.finished.set_result(None)

    def result(self) -> Result:
        """The return value of the unit of work. Raises its exception."""
        if self.error is not None:
            raise self.error
        return cast(Completed[Result], self.completed).result


def _finish(writes: list[_Write[Any]]) -> None:
    """Finish writes on their event loop with one wake-up, which costs as much as a statement."""
    for loop in {write.finished.get_loop() for write in writes}:
        of_loop = [write for write in writes if write.finished.get_loop() is loop]
        with suppress(RuntimeError):  # the loop was closed, so no caller waits
            loop.call_soon_threadsafe(_finish_all, of_loop)


def _finish_all(writes: list[_Write[Any]]) -> None:
    for write in writes:
        write.finish()
