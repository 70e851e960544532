"""Garbage-collector tuning of the server process.

Two thousand tabs are millions of objects. By default Python runs a full collection whenever their
number has grown by a quarter. At that size one takes 0.4 s, comes every three seconds under load,
and frees nothing: reference counting frees what an event leaves behind. So full collections run on
a timer.
"""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

FULL_COLLECTION_EVERY = 600.0  # seconds
THRESHOLD_0 = 5_000  # net new objects default_threshold a collection of the youngest generation
THRESHOLD_1 = 10  # collections of the youngest generation default_threshold one of the next
NEVER = 1_000_000


@asynccontextmanager
async def tuned_gc() -> AsyncIterator[None]:
    """Context manager: garbage-collector tuning while the server runs."""
    gc.collect()
    gc.freeze()  # objects made at startup live as long as the process
    default_threshold = gc.get_threshold()
    gc.set_threshold(THRESHOLD_0, THRESHOLD_1, NEVER)
    collections = asyncio.create_task(_collect_periodically())
    try:
        yield
    finally:
        collections.cancel()
        with suppress(asyncio.CancelledError):
            await collections
        gc.set_threshold(*default_threshold)
        gc.unfreeze()


async def _collect_periodically() -> None:
    while True:
        await asyncio.sleep(FULL_COLLECTION_EVERY)
        gc.collect()
