"""What was measured in several rounds, and how it is printed."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import psutil

Step = Callable[[], Awaitable[object]]


@dataclass
class Figures:
    """What the rounds gave for one thing: events a second, and what nineteen of twenty waited."""

    rates: list[float] = field(default_factory=list)
    p95s: list[float] = field(default_factory=list)  # milliseconds
    busy: list[float] = field(default_factory=list)  # percent of all processors

    async def measure(self, clients: Sequence[Sequence[Step]]) -> None:
        """A round: every client takes its steps one after the other, all clients at once."""
        waits: list[float] = []

        async def one(steps: Sequence[Step]) -> None:
            for step in steps:
                begun = time.perf_counter()
                await step()
                waits.append(time.perf_counter() - begun)

        psutil.cpu_percent()
        begun = time.perf_counter()
        await asyncio.gather(*map(one, clients))
        self.busy.append(psutil.cpu_percent())
        self.rates.append(len(waits) / (time.perf_counter() - begun))
        self.p95s.append(p95(waits))

    @property
    def rate(self) -> float:
        """The median of the events a second."""
        return statistics.median(self.rates)

    @property
    def at_work(self) -> str:
        """How much of all processors was at work, as a median."""
        return f"{statistics.median(self.busy):.0f} %"

    def __str__(self) -> str:
        spread = f"{min(self.rates):,.0f}–{max(self.rates):,.0f}"
        return f"{self.rate:,.0f} ({spread}) | {statistics.median(self.p95s):,.0f}"


def p95(waits: Sequence[float]) -> float:
    """What nineteen of twenty waited at most, in milliseconds; the waits are in seconds."""
    return 1_000 * statistics.quantiles(waits, n=20)[-1]
