"""Overlap of live sessions: supported credit, and conflicts to report for an over-claim.

Simultaneous live sessions count once (AMA PRA). A window reaches from one line's
start to another line's end. It is half-open, so adjacent sessions do not overlap.
A window is violated when the lines that lie wholly inside it occupy more minutes
than its length; the difference is its excess. Times are whole minutes since 1970
(UTC); seconds are dropped.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple, TypeVar

from cme_reflex.domain.credit.quarters import MINUTES_PER_QUARTER, Quarters

MAX_STAGGERED_WINDOWS = 3  # per conflict; more would only repeat the same few lines

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Interval:
    """The time and credit of a live line. `key` is the session's id; instants are aware."""

    key: int
    starts_at: datetime
    ends_at: datetime
    quarters: Quarters


@dataclass(frozen=True, slots=True)
class Window:
    """A violated window, with the keys of the lines wholly inside. Instants are aware UTC.

    `allowed` is its length, rounded down to quarter hours, and so always less
    than `claimed`, the sum of the credit of its lines.
    """

    starts_at: datetime
    ends_at: datetime
    allowed: Quarters
    claimed: Quarters
    keys: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """One card for the attendee: violated windows that overlap, and the lines to change.

    `windows` are sorted by start, a longer one before those inside it; `keys` are
    sorted by the start of their lines.
    """

    windows: tuple[Window, ...]
    keys: tuple[int, ...]


def supported(intervals: Sequence[Interval]) -> Quarters:
    """The maximum credit that these live lines support, in quarter hours.

    AMA PRA counts simultaneous sessions once, so this is the lines' sum less
    the maximum total excess of disjoint violated windows (docs/rules.md, 5).
    By Hall's theorem, that excess is exactly the number of claimed minutes that
    one person cannot have attended. The total is rounded up to a quarter hour
    once. The sum is of the quarters claimed, not of the minutes occupied, so
    without a conflict it keeps the credit that rounding added to a session.
    A session that is subtracted keeps that extra credit, too: where credit
    exceeds the duration, such as 2 quarters for 25 minutes, four simultaneous
    sessions support 3 quarters, not 2.
    """
    excess = _max_excess(_excess_table(_occupied_lines(intervals))).excess
    return Quarters(
        sum(interval.quarters for interval in intervals) - -(-excess // MINUTES_PER_QUARTER)
    )


def find_conflicts(intervals: Sequence[Interval]) -> tuple[Conflict, ...]:
    """The conflicts to report to the attendee; empty if and only if there is no over-claim.

    Reported are the violated windows that are the span of a single line, and
    beyond these the smallest that contain no window already reported, such as
    those of staggered lines (docs/rules.md, 6). A conflict combines the windows
    that overlap each other, and the lines whose minutes `supported` subtracts:
    a line that only follows an over-claim is not part of it.
    """
    lines = _occupied_lines(intervals)
    line_spans = {_Span(line.start, line.end) for line in lines}
    table = _excess_table(lines)
    reported = _reported(table, line_spans)
    spans = sorted(
        reported.union(_max_excess(table).spans), key=lambda span: (span.start, -span.end)
    )
    return tuple(_conflict(cluster, reported, line_spans, lines) for cluster in _clusters(spans))


class _Span(NamedTuple):
    start: int
    end: int


class _OccupiedLine(NamedTuple):
    start: int
    end: int
    minutes: int
    quarters: Quarters
    key: int


class _MaxExcess(NamedTuple):
    excess: int
    spans: tuple[_Span, ...]


_Timed = TypeVar("_Timed", _Span, _OccupiedLine)
_ExcessRow = tuple[int, list[tuple[int, int]]]  # an end, and (start, excess) of each window


def _occupied_lines(intervals: Iterable[Interval]) -> tuple[_OccupiedLine, ...]:
    """The lines that occupy at least a minute, sorted by start."""
    lines = []
    for line in intervals:
        start, end = _epoch_minute(line.starts_at), _epoch_minute(line.ends_at)
        # The minutes claimed, up to the duration. A session of 8 minutes gives a quarter hour of
        # credit, but occupies only 8 minutes (docs/rules.md, 4).
        minutes = min(MINUTES_PER_QUARTER * line.quarters, end - start)
        if minutes > 0:
            lines.append(_OccupiedLine(start, end, minutes, line.quarters, line.key))
    return tuple(sorted(lines, key=attrgetter("start", "key")))


def _clusters(by_start: Iterable[_Timed]) -> list[list[_Timed]]:
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


@lru_cache(maxsize=8)  # `supported` and `find_conflicts` ask for the same lines
def _excess_table(lines: tuple[_OccupiedLine, ...]) -> tuple[_ExcessRow, ...]:
    """The excess of every window: one row for each end, with the earlier starts, latest first.

    So every window comes after all windows inside it. Each row is the previous
    row plus the lines that end there, so each window costs one addition. No
    window reaches beyond a cluster of lines: there is only a gap between two
    clusters, and the parts without it have at least the excess of the whole. A
    cluster of one line is skipped, because it never exceeds its own window.
    """
    table: list[_ExcessRow] = []
    for cluster in _clusters(lines):
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


def _max_excess(table: Iterable[_ExcessRow]) -> _MaxExcess:
    """The disjoint windows with the maximum total excess, by interval dynamic programming.

    The maximum up to an end is either the previous maximum, or one more window
    added to the maximum up to that window's start. Only a greater excess
    replaces an earlier solution, and late starts are tried first. So of several
    solutions the result is the one that covers the least time, without lines
    that add no excess.
    """
    best = _MaxExcess(0, ())
    # A start first appears with the first end after it, when `best` covers all ends up to it.
    best_up_to: dict[int, _MaxExcess] = {}
    for end, row in table:
        previous = best
        for start, excess in row:
            prefix = best_up_to.setdefault(start, previous)
            if prefix.excess + excess > best.excess:
                best = _MaxExcess(prefix.excess + excess, (*prefix.spans, _Span(start, end)))
    return best


def _reported(table: Iterable[_ExcessRow], line_spans: set[_Span]) -> set[_Span]:
    """The violated windows that are the span of a line, or contain no reported window."""
    reported: set[_Span] = set()
    latest: int | None = None  # the latest start of a reported window; none ends after this one
    for end, row in table:
        for start, excess in row:
            contains_none = latest is None or start > latest
            if excess > 0 and (contains_none or (start, end) in line_spans):
                reported.add(_Span(start, end))
                latest = start if contains_none else latest
    return reported


def _conflict(
    cluster: Iterable[_Span],
    reported: set[_Span],
    line_spans: set[_Span],
    lines: Sequence[_OccupiedLine],
) -> Conflict:
    windows = {span: _window(span, lines) for span in cluster}
    staggered = sorted(
        (span for span in windows.keys() & reported - line_spans),
        key=lambda span: (span.end - span.start, span.start),
    )
    shown = (windows.keys() & reported & line_spans) | set(staggered[:MAX_STAGGERED_WINDOWS])
    conflicting = {key for window in windows.values() for key in window.keys}
    return Conflict(
        windows=tuple(window for span, window in windows.items() if span in shown),
        keys=tuple(line.key for line in lines if line.key in conflicting),
    )


def _window(span: _Span, lines: Sequence[_OccupiedLine]) -> Window:
    by_start = attrgetter("start")
    starting = slice(
        bisect_left(lines, span.start, key=by_start), bisect_left(lines, span.end, key=by_start)
    )
    inside = [line for line in lines[starting] if line.end <= span.end]
    return Window(
        starts_at=_EPOCH + span.start * _MINUTE,
        ends_at=_EPOCH + span.end * _MINUTE,
        allowed=Quarters((span.end - span.start) // MINUTES_PER_QUARTER),
        claimed=Quarters(sum(line.quarters for line in inside)),
        keys=tuple(line.key for line in inside),
    )


def _epoch_minute(instant: datetime) -> int:
    # Subtracting in UTC compares instants; datetimes of the same zone would compare wall clocks.
    return (instant - _EPOCH) // _MINUTE
