"""Thread pool for rendering PDFs outside the event loop, a few at a time."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

Document = TypeVar("Document")

MAX_CONCURRENT = 2  # each takes a tenth of a second of one core


async def render(renderer: Callable[[Document], bytes], document: Document) -> bytes:
    """Call `renderer` with the document in a thread, and return its PDF."""
    return await asyncio.get_running_loop().run_in_executor(_executor(), renderer, document)


@cache
def _executor() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(MAX_CONCURRENT, thread_name_prefix="pdf")
