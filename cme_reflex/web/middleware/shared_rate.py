"""Rates that several connections share, such as those of one registration or of one address.

A shared rate closes the connections that send more than a person does, and no other: five hundred
attendees have the address of their convention center, and one of them could stop them all.
"""

from dataclasses import dataclass, field

from aiolimiter import AsyncLimiter

SWEEP_SIZE = 1_000  # number of keys at which those that are idle are first removed
MODEST_RATE, MODEST_BURST = 1, 20  # messages a second, and at once, of a person with one tab


def modest_rate() -> AsyncLimiter:
    """A limiter with the capacity of what a person sends over one connection."""
    return AsyncLimiter(MODEST_BURST, MODEST_BURST / MODEST_RATE)


@dataclass(frozen=True, slots=True)
class SharedRate:
    """How many messages or connections with one key may come a second, and at once."""

    per_second: float
    burst: float


@dataclass
class SharedRateLimiter:
    """The limiters of this process by key."""

    _limiters: dict[tuple[str, SharedRate], AsyncLimiter] = field(default_factory=dict)
    _sweep_at: int = SWEEP_SIZE

    def limiter(self, key: str, rate: SharedRate) -> AsyncLimiter:
        """The limiter that all with this key share."""
        limiter = self._limiters.get((key, rate))
        if limiter is None:
            self._sweep()
            limiter = AsyncLimiter(rate.burst, rate.burst / rate.per_second)
            self._limiters[key, rate] = limiter
        return limiter

    def _sweep(self) -> None:
        """Remove keys with their full rate whenever the number of keys has doubled."""
        if len(self._limiters) < self._sweep_at:
            return
        idle = [key for key, each in self._limiters.items() if each.has_capacity(each.max_rate)]
        for key in idle:
            del self._limiters[key]
        self._sweep_at = max(SWEEP_SIZE, 2 * len(self._limiters))
