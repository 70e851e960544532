"""Garbage-collector tuning of a process that serves.

Two thousand tabs are millions of objects. Python looks through all of them whenever a quarter more
have come, which at that size takes it 0.4 s, every three seconds while a crowd is at work, and it
finds nothing: what an event leaves behind is freed at once. So full collections run on a timer.
"""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

FULL_COLLECTION_EVERY = 600.0  # seconds
THRESHOLD_0 = 5_000  # objects more than were freed, before the youngest are looked through
THRESHOLD_1 = 10  # collections of the youngest, before those that outlived one are
NEVER = 1_000_000


@asynccontextmanager
async def tuned_gc() -> AsyncIterator[None]:
    """Tune the garbage collector for as long as the process serves."""
    gc.collect()
    gc.freeze()  # what is there at the start stays
    before = gc.get_threshold()
    gc.set_threshold(THRESHOLD_0, THRESHOLD_1, NEVER)
    collections = asyncio.create_task(_collect_periodically())
    try:
        yield
    finally:
        collections.cancel()
        with suppress(asyncio.CancelledError):
            await collections
        gc.set_threshold(*before)
        gc.unfreeze()


async def _collect_periodically() -> None:
    while True:
        await asyncio.sleep(FULL_COLLECTION_EVERY)
        gc.collect()
