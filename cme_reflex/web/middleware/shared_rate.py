"""Rates that several connections share, such as those of one registration or of one address.

A shared rate closes the connections that send more than a person does, and no other: five hundred
attendees have the address of their convention center, and one of them could stop them all.
"""

from dataclasses import dataclass, field

from aiolimiter import AsyncLimiter

SWEEP_SIZE = 1_000  # number of keys at which those that are idle are first removed
MODEST_RATE, MODEST_BURST = 1, 20  # messages a second, and at once, of a person with one tab


@dataclass(frozen=True, slots=True)
class SharedRate:
    """Messages a second of all connections with one key, and how many may come at once."""

    per_second: float
    burst: int


@dataclass
class SharedRateLimiter:
    """Counts the messages of this process by key."""

    _limiters: dict[str, AsyncLimiter] = field(default_factory=dict)
    _sweep_at: int = SWEEP_SIZE

    async def is_exceeded(self, key: str, rate: SharedRate) -> bool:
        """Count a message of the key; whether its connections send more than they may."""
        limiter = self._limiters.get(key)
        if limiter is None:
            self._sweep()
            period = rate.burst / rate.per_second
            limiter = self._limiters[key] = AsyncLimiter(rate.burst, period)
        if not limiter.has_capacity():
            return True
        await limiter.acquire()  # at once, because it has capacity
        return False

    def _sweep(self) -> None:
        """Remove keys with their full rate whenever the number of keys has doubled."""
        if len(self._limiters) < self._sweep_at:
            return
        idle = [key for key, each in self._limiters.items() if each.has_capacity(each.max_rate)]
        for key in idle:
            del self._limiters[key]
        self._sweep_at = max(SWEEP_SIZE, 2 * len(self._limiters))


class ModestyMeter:
    """Whether one connection has sent no more than a person does."""

    def __init__(self) -> None:
        self._limiter = AsyncLimiter(MODEST_BURST, MODEST_BURST / MODEST_RATE)

    async def is_modest(self) -> bool:
        """Count a message; whether it is within a person's rate."""
        if not self._limiter.has_capacity():
            return False
        await self._limiter.acquire()  # at once, because it has capacity
        return True
