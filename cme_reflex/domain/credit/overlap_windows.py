"""Excess of windows: the minutes that lines occupy beyond those that one person has.

For each credit type a line occupies the minutes that its credit stands for, or its whole session
where only whole sessions give credit. A window reaches from one line's start to another line's end.
It is half-open, so adjacent sessions do not overlap. A window is violated when the lines that lie
wholly inside it occupy more minutes than its length; the difference is its excess. Times are whole
minutes since 1970 (UTC); seconds are dropped.

A claim of n lines has up to n² windows. None of these functions looks at each of them: the work
grows as n log n.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from heapq import heappop, heappush, heapreplace
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple, TypeVar

from cme_reflex.domain.credit.credit_type import Amount, CreditType, Partial
from cme_reflex.domain.credit.line import Line, epoch_minute


class Span(NamedTuple):
    """The start and end of a window."""

    start: int
    end: int


class OccupiedLine(NamedTuple):
    """A line with the minutes that it occupies, and the credit of one type that they carry."""

    start: int
    end: int
    minutes: int
    amount: Amount
    key: int


class Violations(NamedTuple):
    """The violated windows of lines.

    `reported` are those that are the span of a line, or contain no reported window. `most_excess`
    are the disjoint windows with the maximum total excess; of several solutions the one that covers
    the least time, without lines that add no excess.
    """

    reported: frozenset[Span]
    most_excess: tuple[Span, ...]


_Timed = TypeVar("_Timed", Span, OccupiedLine)


def occupied_lines(credit_type: CreditType, live: Iterable[Line]) -> tuple[OccupiedLine, ...]:
    """The lines that occupy at least a minute for the type, sorted by start (docs/rules.md, 4)."""
    lines = []
    for line in live:
        amount = line.amount(credit_type.code)
        start, end = epoch_minute(line.starts_at), epoch_minute(line.ends_at)
        if credit_type.partial is Partial.WHOLE_SESSION:
            minutes = end - start
        else:
            # A session of 8 minutes gives a quarter hour of credit, but occupies only 8 minutes.
            minutes = min(line.minutes, credit_type.minutes_of(amount))
        if amount and minutes > 0:
            lines.append(OccupiedLine(start, end, minutes, amount, line.session_id))
    return tuple(sorted(lines))


def clusters(by_start: Iterable[_Timed]) -> list[list[_Timed]]:
    """Group spans or lines that overlap, directly or through others."""
    clusters: list[list[_Timed]] = []
    cluster_end: int | None = None
    for timed in by_start:
        if cluster_end is None or timed.start >= cluster_end:
            clusters.append([])
            cluster_end = timed.end
        clusters[-1].append(timed)
        cluster_end = max(cluster_end, timed.end)
    return clusters


def excess(by_start: Sequence[OccupiedLine]) -> int:
    """The minutes of these lines that one person cannot attend, whichever are attended.

    They are the maximum total excess of disjoint windows (Hall's theorem). One person attends the
    most by attending, at each time, the line that ends first, which takes two steps a line.
    """
    attended, now, upcoming = 0, 0, 0
    open_lines: list[tuple[int, int]] = []  # a heap of ends, with the minutes to attend
    while open_lines or upcoming < len(by_start):
        if not open_lines:
            now = max(now, by_start[upcoming].start)
        while upcoming < len(by_start) and by_start[upcoming].start <= now:
            heappush(open_lines, (by_start[upcoming].end, by_start[upcoming].minutes))
            upcoming += 1
        end, minutes = open_lines[0]
        until = min(end, now + minutes)
        if upcoming < len(by_start):
            until = min(until, by_start[upcoming].start)
        spent = max(until - now, 0)
        attended += spent
        now += spent
        if spent < minutes and now < end:
            heapreplace(open_lines, (end, minutes - spent))
        else:
            heappop(open_lines)
    return sum(line.minutes for line in by_start) - attended


@lru_cache(maxsize=16)  # types with equal credit ask for the same
def violated_windows(lines: tuple[OccupiedLine, ...]) -> Violations:
    """The violated windows of these lines, which are sorted by start.

    No window reaches beyond a cluster of lines: there is only a gap between two clusters, and the
    parts without it have at least the excess of the whole. A cluster of one line is skipped,
    because it never exceeds its own window.
    """
    reported: set[Span] = set()
    best = _Solution(0, None, None)
    latest: int | None = None  # the latest start of a reported window; none ends after this one
    for cluster in clusters(lines):
        if len(cluster) == 1:
            continue
        # By start, with what lies inside the window from there to the end that is looked at:
        # the minutes that lines occupy, plus the start, so that more than the end is an excess.
        starts = sorted({line.start for line in cluster})
        position = {start: index for index, start in enumerate(starts)}
        occupied, solutions = _PrefixSums(len(starts)), _PrefixSums(len(starts))
        before: list[_Solution] = []  # the best solution up to each start
        by_end = attrgetter("end")
        for end, group in groupby(sorted(cluster, key=by_end), by_end):
            ending = list(group)
            while len(before) < len(starts) and starts[len(before)] < end:
                start = starts[len(before)]
                occupied.set(len(before), start)
                solutions.set(len(before), best.excess + start)
                before.append(best)
            for line in ending:
                occupied.add_up_to(position[line.start], line.minutes)
                solutions.add_up_to(position[line.start], line.minutes)
            smallest = occupied.last_above(end)
            if smallest is not None and (latest is None or starts[smallest] > latest):
                latest = starts[smallest]
                reported.add(Span(latest, end))
            for line in ending:
                if occupied.value(position[line.start]) > end:
                    reported.add(Span(line.start, end))
            total = solutions.maximum - end
            if total > best.excess:
                index = solutions.last_of_maximum()
                best = _Solution(total, Span(starts[index], end), before[index])
    return Violations(frozenset(reported), best.spans())


class _Solution(NamedTuple):
    """Disjoint windows with their total excess: the last of them, and the solution before it."""

    excess: int
    last: Span | None
    before: "_Solution | None"

    def spans(self) -> tuple[Span, ...]:
        """The windows, in order."""
        spans: list[Span] = []
        solution: _Solution | None = self
        while solution is not None and solution.last is not None:
            spans.append(solution.last)
            solution = solution.before
        return tuple(reversed(spans))


class _PrefixSums:
    """Values by index, to all of which up to an index something is added; a tree of maxima.

    The node `i` has the children `2 i` and `2 i + 1`, and `_added` to both of them.
    """

    def __init__(self, size: int) -> None:
        self._size = 1 << max(size - 1, 0).bit_length()
        self._most = [_NONE] * (2 * self._size)
        self._added = [0] * (2 * self._size)

    @property
    def maximum(self) -> int:
        """The greatest value."""
        return self._most[1]

    def set(self, index: int, value: int) -> None:
        """Set a value for the first time, before anything is added to it or to later ones."""
        node = index + self._size
        self._most[node] = value
        self._update_above(node)

    def add_up_to(self, index: int, number: int) -> None:
        """Add a number to the values up to this index."""
        node = index + self._size
        self._most[node] += number
        while node > 1:
            if node % 2:
                self._most[node - 1] += number
                self._added[node - 1] += number
            node //= 2
            self._update(node)

    def value(self, index: int) -> int:
        """The value at this index."""
        node = index + self._size
        value = self._most[node]
        while node := node // 2:
            value += self._added[node]
        return value

    def last_of_maximum(self) -> int:
        """The last index of the greatest value."""
        return self._last_above(self.maximum - 1)

    def last_above(self, number: int) -> int | None:
        """The last index of a value above this number, or None."""
        return self._last_above(number) if self.maximum > number else None

    def _last_above(self, number: int) -> int:
        node = 1
        while node < self._size:
            number -= self._added[node]
            node = 2 * node + (self._most[2 * node + 1] > number)
        return node - self._size

    def _update_above(self, node: int) -> None:
        while node := node // 2:
            self._update(node)

    def _update(self, node: int) -> None:
        self._most[node] = max(self._most[2 * node], self._most[2 * node + 1]) + self._added[node]


_NONE = -(2**62)  # below every sum of minutes
