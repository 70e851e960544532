"""Rate limits in memory: a token bucket, and a limiter of connections by key."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

SWEEP_SIZE = 1_000  # number of buckets at which full ones are first removed


class TokenBucket:
    """A token bucket: `per_second` on average, `burst` at once after a pause."""

    __slots__ = ("_burst", "_clock", "_per_second", "_tokens", "_updated")

    def __init__(
        self, per_second: float, burst: int, clock: Callable[[], float] = monotonic
    ) -> None:
        self._per_second = per_second
        self._burst = self._tokens = float(burst)
        self._clock = clock
        self._updated = clock()

    def take(self) -> bool:
        """Take one token; False if none is left."""
        self._refill()
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    @property
    def is_full(self) -> bool:
        """Whether the bucket is full, like a new one, so that it can be removed."""
        self._refill()
        return self._tokens >= self._burst

    def _refill(self) -> None:
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._updated) * self._per_second)
        self._updated = now


@dataclass(frozen=True, slots=True)
class ConnectionLimit:
    """Maximum of concurrent connections, of new ones a second, and of new ones after a pause."""

    concurrent: int
    per_second: float
    burst: int


@dataclass
class ConnectionLimiter:
    """Counts open connections of this process by key, and limits the rate of new ones."""

    clock: Callable[[], float] = monotonic
    _open: dict[str, int] = field(default_factory=dict)
    _buckets: dict[str, TokenBucket] = field(default_factory=dict)
    _sweep_at: int = SWEEP_SIZE

    def acquire(self, key: str, limit: ConnectionLimit) -> bool:
        """Count a new connection; False if it exceeds the limit. After True, call `release`."""
        bucket = self._buckets.get(key)
        if bucket is None:
            self._sweep()
            bucket = TokenBucket(limit.per_second, limit.burst, self.clock)
            self._buckets[key] = bucket
        count = self._open.get(key, 0)
        if count >= limit.concurrent or not bucket.take():
            return False
        self._open[key] = count + 1
        return True

    def release(self, key: str) -> None:
        """Count the end of a connection."""
        self._open[key] -= 1
        if not self._open[key]:
            del self._open[key]

    def _sweep(self) -> None:
        """Remove full buckets whenever the number of buckets has doubled."""
        if len(self._buckets) < self._sweep_at:
            return
        full = [key for key, bucket in self._buckets.items() if bucket.is_full]
        for key in full:
            del self._buckets[key]
        self._sweep_at = max(SWEEP_SIZE, 2 * len(self._buckets))
