"""The violated windows as their definition says: every window is looked at.

A claim of n lines has up to n² windows, and the most excess within each is found by a dynamic
programme over those inside it. The product finds the same with less work.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from cme_reflex.domain.credit.overlap_windows import OccupiedLine, Span, clusters


class MaxExcess(NamedTuple):
    """The maximum total excess of disjoint windows, and these windows."""

    excess: int
    spans: tuple[Span, ...]


ExcessRow = tuple[int, list[tuple[int, int]]]
"""An end, and (start, excess) of each window that ends there, latest start first."""


def excess_table(lines: tuple[OccupiedLine, ...]) -> tuple[ExcessRow, ...]:
    """The excess of every window: one row for each end, with the earlier starts, latest first.

    So every window comes after all windows inside it. Each row is the previous
    row plus the lines that end there, so each window costs one addition. No
    window reaches beyond a cluster of lines: there is only a gap between two
    clusters, and the parts without it have at least the excess of the whole. A
    cluster of one line is skipped, because it never exceeds its own window.
    """
    table: list[ExcessRow] = []
    for cluster in clusters(lines):
        if len(cluster) == 1:
            continue
        inside = dict.fromkeys(sorted({line.start for line in cluster}, reverse=True), 0)
        by_end = attrgetter("end")
        for end, ending in groupby(sorted(cluster, key=by_end), by_end):
            minutes_by_start = Counter[int]()
            for line in ending:
                minutes_by_start[line.start] += line.minutes
            row: list[tuple[int, int]] = []
            added = 0
            for start in inside:
                if start < end:
                    added += minutes_by_start[start]
                    inside[start] += added
                    row.append((start, inside[start] - (end - start)))
            table.append((end, row))
    return tuple(table)


def max_excess(table: Iterable[ExcessRow]) -> MaxExcess:
    """The disjoint windows with the maximum total excess."""
    return [MaxExcess(0, ()), *_max_excess_by_end(table)][-1]


def max_excess_within(table: tuple[ExcessRow, ...], spans: Iterable[Span]) -> dict[Span, int]:
    """The maximum total excess of disjoint windows that lie inside each of these windows."""
    ends = [end for end, _ in table]
    excess: dict[Span, int] = {}
    for start, starting in groupby(sorted(spans), attrgetter("start")):
        of_start = list(starting)
        first, last = bisect_right(ends, start), bisect_right(ends, of_start[-1].end)
        by_end = _max_excess_by_end(_from_start(table[first:last], start))
        most = [0, *(best.excess for best in by_end)]
        excess |= {span: most[bisect_right(ends, span.end) - first] for span in of_start}
    return excess


def _max_excess_by_end(table: Iterable[ExcessRow]) -> Iterator[MaxExcess]:
    """The maximum up to each end, by interval dynamic programming.

    It is either the previous maximum, or one more window added to the maximum
    up to that window's start. Only a greater excess replaces an earlier
    solution, and late starts are tried first. So of several solutions the
    result is the one that covers the least time, without lines that add no
    excess.
    """
    best = MaxExcess(0, ())
    # A start first appears with the first end after it, when `best` covers all ends up to it.
    best_up_to: dict[int, MaxExcess] = {}
    for end, row in table:
        previous = best
        for start, excess in row:
            prefix = best_up_to.setdefault(start, previous)
            if prefix.excess + excess > best.excess:
                best = MaxExcess(prefix.excess + excess, (*prefix.spans, Span(start, end)))
        yield best


def _from_start(table: Iterable[ExcessRow], start: int) -> Iterator[ExcessRow]:
    """The rows without the windows that start before `start`."""
    for end, row in table:
        yield end, row[: bisect_right(row, -start, key=lambda window: -window[0])]


def reported(table: Iterable[ExcessRow], line_spans: set[Span]) -> set[Span]:
    """The violated windows that are the span of a line, or contain no reported window."""
    reported: set[Span] = set()
    latest: int | None = None  # the latest start of a reported window; none ends after this one
    for end, row in table:
        for start, excess in row:
            contains_none = latest is None or start > latest
            if excess > 0 and (contains_none or (start, end) in line_spans):
                reported.add(Span(start, end))
                latest = start if contains_none else latest
    return reported
