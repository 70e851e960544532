"""When a process looks through all it holds for what nobody needs any longer.

Two thousand tabs are millions of objects. Python looks through all of them whenever a quarter more
have come, which at that size takes it 0.4 s, every three seconds while a crowd is at work, and it
finds nothing: what an event leaves behind is freed at once. So this search has a time of its own.
"""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

EVERY = 600.0  # seconds between two great searches
YOUNG = 5_000  # objects more than were freed, before the youngest are looked through
OLDER = 10  # searches of the youngest, before those that outlived one are
NEVER = 1_000_000


@asynccontextmanager
async def seldom_sought() -> AsyncIterator[None]:
    """Search for garbage now and then, for as long as the process serves."""
    gc.collect()
    gc.freeze()  # what is there at the start stays
    before = gc.get_threshold()
    gc.set_threshold(YOUNG, OLDER, NEVER)
    search = asyncio.create_task(_now_and_then())
    try:
        yield
    finally:
        search.cancel()
        with suppress(asyncio.CancelledError):
            await search
        gc.set_threshold(*before)
        gc.unfreeze()


async def _now_and_then() -> None:
    while True:
        await asyncio.sleep(EVERY)
        gc.collect()
