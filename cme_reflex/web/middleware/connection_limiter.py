"""Limits of connections by key: how many are open, and how many are opened."""

from dataclasses import dataclass, field

from cme_reflex.web.middleware.shared_rate import SharedRate, SharedRateLimiter


@dataclass(frozen=True, slots=True)
class ConnectionLimit:
    """Maximum of concurrent connections, of new ones a second, and of new ones after a pause."""

    concurrent: int
    per_second: float
    burst: int


@dataclass
class ConnectionLimiter:
    """Counts open connections of this process by key, and limits the rate of new ones."""

    _open: dict[str, int] = field(default_factory=dict)
    _rates: SharedRateLimiter = field(default_factory=SharedRateLimiter)

    async def acquire(self, key: str, limit: ConnectionLimit) -> bool:
        """Count a new connection; False if it exceeds the limit. After True, call `release`."""
        rate = self._rates.limiter(key, SharedRate(limit.per_second, limit.burst))
        count = self._open.get(key, 0)
        if count >= limit.concurrent or not rate.has_capacity():
            return False
        self._open[key] = count + 1
        await rate.acquire()  # at once, because it has capacity
        return True

    def release(self, key: str) -> None:
        """Count the end of a connection."""
        self._open[key] -= 1
        if not self._open[key]:
            del self._open[key]
