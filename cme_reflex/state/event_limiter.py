"""Limits how many events are handled at once.

A crowd that acts at one moment is answered one after another. Were all events handled together,
each would be done last, and the event loop would be so long on its way round that it answers no
heartbeat: browsers would take the connection for dead, reconnect, and ask again.
"""

import asyncio
from weakref import WeakKeyDictionary

MAX_CONCURRENT = 32

_semaphores: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


def event_slot() -> asyncio.Semaphore:
    """The semaphore of this process, acquired in the order in which it is asked for."""
    loop = asyncio.get_running_loop()
    if loop not in _semaphores:
        _semaphores[loop] = asyncio.Semaphore(MAX_CONCURRENT)
    return _semaphores[loop]
