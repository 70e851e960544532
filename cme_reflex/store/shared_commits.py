"""Writers that wait for each other anyway share one commit, as SQLite has one writer at a time."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel.ext.asyncio.session import AsyncSession

from cme_reflex.store.sqlite import savepoint

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class _Batch:
    connection: AsyncConnection
    committed: asyncio.Task[None]


class SharedCommits:
    """The turn to write, and the commit of all who had theirs since the last one.

    Each writer has a savepoint of its own, which is undone alone where it fails. None is told that
    it is done before the commit, and all are told of one that fails.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._turn = asyncio.Lock()  # in the order in which it is asked for
        self._batch: _Batch | None = None

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """A session that writes; what it wrote is on disk when the block has been left."""
        async with self._turn:
            batch = await self._joined()
            async with AsyncSession(
                batch.connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
            ) as db:
                yield db
        await asyncio.shield(batch.committed)

    async def change(self, at: Callable[[sa.Connection], Found]) -> Found:
        """What a function answers that writes; what it wrote is on disk by then."""
        async with self._turn:
            batch = await self._joined()
            connection = cast(sa.Connection, batch.connection.sync_connection)
            with savepoint(connection):
                found = at(connection)
        await asyncio.shield(batch.committed)
        return found

    async def _joined(self) -> _Batch:
        self._batch = self._batch or await self._begin()
        return self._batch

    async def _begin(self) -> _Batch:
        connection = self._engine.connect()
        await connection.start()
        try:
            await connection.begin()
        except BaseException:
            await connection.close()
            raise
        return _Batch(connection, asyncio.create_task(self._commit(connection)))

    async def _commit(self, connection: AsyncConnection) -> None:
        # Who waited for the first writer of the batch is before us, who came since is not.
        async with self._turn:
            self._batch = None
            try:
                await connection.commit()
            except BaseException:
                await connection.invalidate()  # whatever state it is in
                raise
            finally:
                await connection.close()
