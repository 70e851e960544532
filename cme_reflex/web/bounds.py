"""How much one client may have of the server: a rate, and a number of things at once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

SWEEP = 1_000  # clients that are remembered before the first look at who can be forgotten


class Rate:
    """So many a second in the long run, and a number at once after a pause (a token bucket)."""

    __slots__ = ("_clock", "_left", "_most", "_per_second", "_seen")

    def __init__(
        self, per_second: float, at_once: int, clock: Callable[[], float] = monotonic
    ) -> None:
        self._per_second = per_second
        self._most = self._left = float(at_once)
        self._clock = clock
        self._seen = clock()

    def allows(self) -> bool:
        """Whether one more may come now; it is counted if so."""
        self._refill()
        if self._left < 1:
            return False
        self._left -= 1
        return True

    @property
    def rested(self) -> bool:
        """Whether nothing is left to remember."""
        self._refill()
        return self._left >= self._most

    def _refill(self) -> None:
        now = self._clock()
        self._left = min(self._most, self._left + (now - self._seen) * self._per_second)
        self._seen = now


@dataclass(frozen=True, slots=True)
class Bound:
    """How many connections at once, how many new ones a second, and how many after a pause."""

    open: int
    per_second: float
    at_once: int


@dataclass
class Connections:
    """The open connections of this process by whose they are, and how quickly new ones came."""

    clock: Callable[[], float] = monotonic
    _open: dict[str, int] = field(default_factory=dict)
    _rates: dict[str, Rate] = field(default_factory=dict)
    _sweep_at: int = SWEEP

    def enter(self, whose: str, bound: Bound) -> bool:
        """Count one more connection, if the bound allows it; then `leave` must follow."""
        rate = self._rates.get(whose)
        if rate is None:
            self._sweep()
            rate = self._rates[whose] = Rate(bound.per_second, bound.at_once, self.clock)
        count = self._open.get(whose, 0)
        if count >= bound.open or not rate.allows():
            return False
        self._open[whose] = count + 1
        return True

    def leave(self, whose: str) -> None:
        """Count one connection less."""
        self._open[whose] -= 1
        if not self._open[whose]:
            del self._open[whose]

    def _sweep(self) -> None:
        """Forget who has not come for a while, seldom enough to cost next to nothing."""
        if len(self._rates) < self._sweep_at:
            return
        gone = [whose for whose, rate in self._rates.items() if rate.rested]
        for whose in gone:
            del self._rates[whose]
        self._sweep_at = max(SWEEP, 2 * len(self._rates))
