"""Requests to an OpenID Connect provider, with bounds of size and total time.

A timeout of httpx is for each read: a provider that sends a byte a second would never exceed it.
And httpx reads a response of any size, also one that unpacks to a thousand times what was sent.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any, cast

import httpx2

RESPONSE_LIMIT = 262_144  # bytes; the key sets of the largest providers have some 20,000
RESPONSE_TIMEOUT = 5.0  # seconds for a request and its whole response; a user is waiting


class _LimitedStream(httpx2.AsyncByteStream):
    """A response's body, up to RESPONSE_LIMIT."""

    def __init__(self, body: httpx2.AsyncByteStream) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self._body:
            size += len(chunk)
            if size > RESPONSE_LIMIT:
                raise httpx2.ReadError(f"the response has more than {RESPONSE_LIMIT:,} bytes")
            yield chunk

    async def aclose(self) -> None:
        await self._body.aclose()


async def _limit_body(response: httpx2.Response) -> None:
    # httpx calls this after the headers, and before it reads the body.
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise httpx2.DecodingError("the response is compressed, which was not asked for")
    response.stream = _LimitedStream(cast(httpx2.AsyncByteStream, response.stream))


@lru_cache
def _tls_context() -> ssl.SSLContext:
    # Reading the certificate authorities takes some 25 ms, in which the process does nothing else.
    return httpx2.create_ssl_context()


def client_options() -> dict[str, Any]:
    """The options of a client for requests to a provider; none follows a redirect."""
    return {
        "verify": _tls_context(),
        "timeout": RESPONSE_TIMEOUT,
        "follow_redirects": False,
        "headers": {"accept-encoding": "identity"},
        "event_hooks": {"response": [_limit_body]},
    }


@asynccontextmanager
async def total_timeout() -> AsyncIterator[None]:
    """Limit the total time of the request in the block. Raises httpx2.ReadTimeout."""
    try:
        async with asyncio.timeout(RESPONSE_TIMEOUT):
            yield
    except TimeoutError:
        raise httpx2.ReadTimeout(f"no whole response in {RESPONSE_TIMEOUT:g} s") from None
