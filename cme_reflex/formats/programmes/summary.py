"""Figures of a programme, for comparison with those of its publisher."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta

from cme_reflex.formats.programmes.items import ProgrammeItem
from cme_reflex.formats.programmes.normalize import duration_minutes

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ProgrammeSummary:
    """Figures of a programme.

    `days` counts dates in the zone of the file. `most_in_parallel` and
    `overlapping_pairs` are of half-open intervals, so that adjacent sessions do
    not overlap. `union_hours` is the time covered by at least one session,
    `sum_hours` the total of durations, both to two places.
    """

    events: int
    days: int
    rooms: int
    most_in_parallel: int
    overlapping_pairs: int
    shortest_minutes: int
    longest_minutes: int
    union_hours: float
    sum_hours: float
    eligible: int
    kinds: dict[str, int]
    not_eligible: dict[str, int]
    not_decided: dict[str, int]

    def lines(self) -> list[str]:
        """The figures as lines of text."""
        return [
            f"events: {self.events}, of which eligible: {self.eligible}",
            f"days: {self.days}",
            f"rooms: {self.rooms}",
            f"most in parallel: {self.most_in_parallel}",
            f"overlapping pairs: {self.overlapping_pairs}",
            f"minutes: {self.shortest_minutes} to {self.longest_minutes}",
            f"hours, union: {self.union_hours:.2f}",
            f"hours, sum: {self.sum_hours:.2f}",
            *_count_line("kinds", self.kinds),
            *_count_line("not eligible", self.not_eligible),
            *_count_line("not decided", self.not_decided),
        ]


def _count_line(name: str, counts: dict[str, int]) -> list[str]:
    return [f"{name}: {', '.join(f'{kind} {n}' for kind, n in counts.items())}"] if counts else []


def summarize_programme(items: Sequence[ProgrammeItem]) -> ProgrammeSummary:
    """Summarize the items, in one pass over their starts and ends."""
    lengths = [duration_minutes(item) for item in items]
    most, pairs, union = _overlaps(items)
    total = sum(((item.ends_at - item.starts_at) for item in items), timedelta(0))
    return ProgrammeSummary(
        events=len(items),
        days=len({item.starts_at.date() for item in items}),
        rooms=len({item.room for item in items if item.room}),
        most_in_parallel=most,
        overlapping_pairs=pairs,
        shortest_minutes=min(lengths, default=0),
        longest_minutes=max(lengths, default=0),
        union_hours=round(union / HOUR, 2),
        sum_hours=round(total / HOUR, 2),
        eligible=sum(item.eligible is True for item in items),
        kinds=_by_count(item.kind for item in items),
        not_eligible=_by_count(item.kind for item in items if item.eligible is False),
        not_decided=_by_count(item.kind for item in items if item.eligible is None),
    )


def _by_count(kinds: object) -> dict[str, int]:
    return dict(Counter(kinds).most_common())  # type: ignore[call-overload]


def _overlaps(items: Sequence[ProgrammeItem]) -> tuple[int, int, timedelta]:
    """The most simultaneous sessions, the number of overlapping pairs, and the time covered."""
    # An end sorts before a start at the same instant, so that adjacent sessions do not overlap.
    boundaries = sorted(
        boundary
        for item in items
        if item.starts_at < item.ends_at
        for boundary in ((item.starts_at.astimezone(UTC), 1), (item.ends_at.astimezone(UTC), -1))
    )
    running = most = pairs = 0
    union, previous = timedelta(0), None
    for instant, step in boundaries:
        if running and previous is not None:
            union += instant - previous
        if step > 0:
            pairs += running
        running += step
        most = max(most, running)
        previous = instant
    return most, pairs, union
