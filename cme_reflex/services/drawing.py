"""Drawing PDFs beside the loop that serves everybody: a few at once, the others wait for them."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

Drawing = TypeVar("Drawing")

AT_ONCE = 2  # a tenth of a second of one core each


async def drawn(draw: Callable[[Drawing], bytes], of: Drawing) -> bytes:
    """What `draw` makes of it, in a thread."""
    return await asyncio.get_running_loop().run_in_executor(_threads(), draw, of)


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(AT_ONCE, thread_name_prefix="drawing")
