"""Pauses within database functions, on both kinds of database."""

import asyncio

from sqlalchemy.util.concurrency import await_, in_greenlet


class Pause:
    """A point at which a function of `read` or `write` waits while other code runs.

    The wait ends when `over` is set, or after `seconds`.
    """

    def __init__(self, seconds: float = 10) -> None:
        self.reached, self.over = asyncio.Event(), asyncio.Event()
        self._seconds = seconds
        self._loop = asyncio.get_running_loop()

    def once(self) -> None:
        """Wait, the first time only."""
        if self.reached.is_set():
            return
        if in_greenlet():
            await_(self._wait())
        else:
            asyncio.run_coroutine_threadsafe(self._wait(), self._loop).result()

    async def _wait(self) -> None:
        self.reached.set()
        await asyncio.wait([asyncio.create_task(self.over.wait())], timeout=self._seconds)
