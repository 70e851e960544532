"""How many events are worked on at once.

A crowd that asks at one moment is answered in turn. Were all at work together, each of them would
be done last, and the loop would be so long on its way round that it answers no heartbeat: their
browsers would take the connection for dead, come back, and ask again.
"""

import asyncio
from weakref import WeakKeyDictionary

AT_ONCE = 32

_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


def turn() -> asyncio.Semaphore:
    """The turns of this process, to be had in the order in which they are asked for."""
    loop = asyncio.get_running_loop()
    if loop not in _turns:
        _turns[loop] = asyncio.Semaphore(AT_ONCE)
    return _turns[loop]
