"""Limits of connections by key: how many are open, and how many are opened."""

from dataclasses import dataclass, field

from aiolimiter import AsyncLimiter

SWEEP_SIZE = 1_000  # number of keys at which those without recent connections are first removed


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
    _rates: dict[tuple[str, ConnectionLimit], AsyncLimiter] = field(default_factory=dict)
    _sweep_at: int = SWEEP_SIZE

    async def acquire(self, key: str, limit: ConnectionLimit) -> bool:
        """Count a new connection; False if it exceeds the limit. After True, call `release`."""
        rate = self._rates.get((key, limit))
        if rate is None:
            self._sweep()
            rate = AsyncLimiter(limit.burst, limit.burst / limit.per_second)
            self._rates[key, limit] = rate
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

    def _sweep(self) -> None:
        """Remove keys with their full rate whenever the number of keys has doubled."""
        if len(self._rates) < self._sweep_at:
            return
        full = [key for key, rate in self._rates.items() if rate.has_capacity(rate.max_rate)]
        for key in full:
            del self._rates[key]
        self._sweep_at = max(SWEEP_SIZE, 2 * len(self._rates))
