"""Limit of concurrent event handlers.

Events beyond the limit wait in order. If all ran at once under a burst of load, all would finish
late, and the event loop could not answer heartbeats in time: browsers would consider the connection
dead, reconnect and send their events again.
"""

import asyncio
from weakref import WeakKeyDictionary

MAX_CONCURRENT = 32

_semaphores: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


def event_slot() -> asyncio.Semaphore:
    """The semaphore of the running event loop; waiters acquire it in order."""
    loop = asyncio.get_running_loop()
    if loop not in _semaphores:
        _semaphores[loop] = asyncio.Semaphore(MAX_CONCURRENT)
    return _semaphores[loop]
