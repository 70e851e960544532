"""Limit of the files that an attendee has drawn, which take a tenth of a second of a core each."""

from math import ceil

from starlette.responses import PlainTextResponse, Response

from cme_reflex import text
from cme_reflex.web.middleware.shared_rate import SharedRate, SharedRateLimiter

DOWNLOADS = SharedRate(per_second=0.2, burst=20)  # certificates of twenty meetings at once

_limiter = SharedRateLimiter()


async def reject_excess(attendee_id: int) -> Response | None:
    """Count a download in this process; a response with 429 if the attendee has too many."""
    limiter = _limiter.limiter(str(attendee_id), DOWNLOADS)
    if limiter.has_capacity():
        await limiter.acquire()  # at once, because it has capacity
        return None
    return PlainTextResponse(
        text.certificate.TOO_MANY_DOWNLOADS,
        status_code=429,
        headers={
            "retry-after": str(ceil(1 / DOWNLOADS.per_second)),
            "cache-control": "no-store",
        },
    )
