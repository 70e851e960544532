"""Drawing PDFs beside the loop that serves everybody: a few at once, the others wait for them."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

Drawing = TypeVar("Drawing")

MAX_CONCURRENT = 2  # a tenth of a second of one core each


async def render(draw: Callable[[Drawing], bytes], of: Drawing) -> bytes:
    """What `draw` makes of it, in a thread."""
    return await asyncio.get_running_loop().run_in_executor(_executor(), draw, of)


@cache
def _executor() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(MAX_CONCURRENT, thread_name_prefix="drawing")
