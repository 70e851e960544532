"""Measurements of several rounds, and their format."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import psutil

Step = Callable[[], Awaitable[object]]


@dataclass
class Figures:
    """Results of the rounds: events a second, 95th percentile of the waits, CPU load."""

    rates: list[float] = field(default_factory=list)
    p95s: list[float] = field(default_factory=list)  # milliseconds
    cpu_loads: list[float] = field(default_factory=list)  # percent of all CPUs

    async def measure(self, clients: Sequence[Sequence[Step]]) -> None:
        """Run one round: all clients concurrently, the steps of each in sequence."""
        waits: list[float] = []

        async def run(steps: Sequence[Step]) -> None:
            for step in steps:
                started = time.perf_counter()
                await step()
                waits.append(time.perf_counter() - started)

        psutil.cpu_percent()
        started = time.perf_counter()
        await asyncio.gather(*map(run, clients))
        self.cpu_loads.append(psutil.cpu_percent())
        self.rates.append(len(waits) / (time.perf_counter() - started))
        self.p95s.append(p95(waits))

    @property
    def rate(self) -> float:
        """The median of events a second."""
        return statistics.median(self.rates)

    @property
    def cpu_load(self) -> str:
        """The median load of all CPUs."""
        return f"{statistics.median(self.cpu_loads):.0f} %"

    def __str__(self) -> str:
        spread = f"{min(self.rates):,.0f}–{max(self.rates):,.0f}"
        return f"{self.rate:,.0f} ({spread}) | {statistics.median(self.p95s):,.0f}"


def p95(waits: Sequence[float]) -> float:
    """The 95th percentile in milliseconds of these waits in seconds."""
    return 1_000 * statistics.quantiles(waits, n=20)[-1]
