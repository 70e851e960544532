"""Simultaneous live sessions count once: what lines support, and what to tell of an over-claim.

A window reaches from one line's start to another line's end, and is half-open,
so that sessions that touch do not meet. It is violated when the lines that lie
wholly inside it occupy more minutes than it has: that is its excess. Times are
counted in whole minutes since 1970 (UTC); seconds are dropped.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple, TypeVar

from cme_reflex.domain.credit.quarters import MINUTES_PER_QUARTER, Quarters, to_minutes

MAX_STAGGERED_WINDOWS = 3  # windows; more of them say nothing new about the same few lines

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Interval:
    """What a live line claims of the clock. `key` is the session's id; instants are aware."""

    key: int
    starts_at: datetime
    ends_at: datetime
    quarters: Quarters

    @property
    def occupied(self) -> int:
        """The minutes that the line occupies: those claimed, but never more than there were.

        A session of 8 minutes is worth a quarter hour, yet keeps nobody from
        the next one for longer than 8 minutes (docs/rules.md, 4).
        """
        lasted = _epoch_minute(self.ends_at) - _epoch_minute(self.starts_at)
        return max(0, min(to_minutes(self.quarters), lasted))


@dataclass(frozen=True, slots=True)
class Window:
    """A violated window, with the keys of the lines wholly inside. Instants are aware UTC.

    `allowed` is its length, rounded down to quarter hours, and so always less
    than `claimed`, the sum of what its lines claim.
    """

    starts_at: datetime
    ends_at: datetime
    allowed: Quarters
    claimed: Quarters
    keys: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """One card for the attendee: violated windows that overlap, and the lines to change.

    `windows` are by start, a longer one before those inside it; `keys` by start.
    """

    windows: tuple[Window, ...]
    keys: tuple[int, ...]


def supported(intervals: Sequence[Interval]) -> Quarters:
    """The most credit that these live lines support, in quarter hours.

    AMA PRA counts simultaneous sessions once, so this is the lines' sum less
    the best total excess of disjoint violated windows (docs/rules.md,
    5). By Hall's theorem that excess is exactly the claimed minutes
    for which one person could find no place. It is rounded up to a quarter once,
    as a total. The sum is of the quarters claimed, not of the minutes occupied,
    so without a conflict it stands as it is, whatever rounding gave it.
    Nor does a lost session lose that gift: where credit exceeds the duration, as
    2 quarters for 25 minutes do, four at once support 3 quarters, not 2.
    """
    excess = _max_excess(_excess_table(_occupied_lines(intervals))).excess
    return Quarters(
        sum(interval.quarters for interval in intervals) - -(-excess // MINUTES_PER_QUARTER)
    )


def find_conflicts(intervals: Sequence[Interval]) -> tuple[Conflict, ...]:
    """What to tell the attendee of an over-claim; empty if and only if there is none.

    Told is every violated window that is some line's own start to end, and
    beyond these the smallest that contain no window already reported, as for
    staggered lines (docs/rules.md, 6). Each belongs to one
    conflict with what overlaps it, and with the lines whose minutes `supported`
    subtracts: a line that merely comes after an over-claim is no part of it.
    """
    lines = _occupied_lines(intervals)
    own = {_Span(line.start, line.end) for line in lines}
    table = list(_excess_table(lines))
    reported = _reported(table, own)
    spans = sorted(
        reported.union(_max_excess(table).spans), key=lambda span: (span.start, -span.end)
    )
    return tuple(_conflict(cluster, reported, own, lines) for cluster in _clusters(spans))


class _Span(NamedTuple):
    start: int
    end: int


class _OccupiedLine(NamedTuple):
    start: int
    end: int
    minutes: int
    interval: Interval


class _MaxExcess(NamedTuple):
    excess: int
    spans: tuple[_Span, ...]


_Timed = TypeVar("_Timed", _Span, _OccupiedLine)
_ExcessRow = tuple[int, list[tuple[int, int]]]  # an end, and a start and an excess for each window


def _occupied_lines(intervals: Iterable[Interval]) -> list[_OccupiedLine]:
    """The lines that occupy anything, by start."""
    lines = [
        _OccupiedLine(
            _epoch_minute(line.starts_at), _epoch_minute(line.ends_at), line.occupied, line
        )
        for line in intervals
    ]
    return sorted(
        (line for line in lines if line.minutes), key=lambda line: (line.start, line.interval.key)
    )


def _clusters(by_start: Iterable[_Timed]) -> list[list[_Timed]]:
    """What overlaps, directly or through others."""
    clusters: list[list[_Timed]] = []
    reach: int | None = None
    for timed in by_start:
        if reach is None or timed.start >= reach:
            clusters.append([])
            reach = timed.end
        clusters[-1].append(timed)
        reach = max(reach, timed.end)
    return clusters


def _excess_table(lines: Iterable[_OccupiedLine]) -> Iterator[_ExcessRow]:
    """Every window's excess: a row for each end, in it the starts before it, latest first.

    So a window comes after all that lie inside it. A row is the row before
    with the lines added that end there: each window costs one addition. None
    reaches beyond a cluster of lines, for between two clusters stands only a
    gap, and without it the parts have no less excess than the whole. A line
    alone occupies no more than its own window, so it has no part in any excess.
    """
    for cluster in _clusters(lines):
        if len(cluster) == 1:
            continue
        inside = dict.fromkeys(sorted({line.start for line in cluster}, reverse=True), 0)
        by_end = attrgetter("end")
        for end, ending in groupby(sorted(cluster, key=by_end), by_end):
            joining = Counter[int]()
            for line in ending:
                joining[line.start] += line.minutes
            row: list[tuple[int, int]] = []
            joined = 0
            for start in inside:
                if start < end:
                    joined += joining[start]
                    inside[start] += joined
                    row.append((start, inside[start] - (end - start)))
            yield end, row


def _max_excess(table: Iterable[_ExcessRow]) -> _MaxExcess:
    """The disjoint windows with the greatest total excess: an interval dynamic programme.

    Up to each end the worst is what it was before, or one more window after
    the worst up to that window's start. Only a greater excess replaces an
    earlier answer, and late starts are tried first, so of several answers it is
    the one that takes up least time, without lines that add no excess.
    """
    worst = _MaxExcess(0, ())
    # A start first appears with the first end after it, when `worst` covers all ends up to it.
    worst_before: dict[int, _MaxExcess] = {}
    for end, row in table:
        until_now = worst
        for start, excess in row:
            before = worst_before.setdefault(start, until_now)
            if before.excess + excess > worst.excess:
                worst = _MaxExcess(before.excess + excess, (*before.spans, _Span(start, end)))
    return worst


def _reported(table: Iterable[_ExcessRow], own: set[_Span]) -> set[_Span]:
    """The violated windows that are some line's own, or contain none that is reported."""
    reported: set[_Span] = set()
    latest: int | None = None  # start of a reported window; all of them end before this one does
    for end, row in table:
        for start, excess in row:
            contains_none = latest is None or start > latest
            if excess > 0 and (contains_none or (start, end) in own):
                reported.add(_Span(start, end))
                latest = start if contains_none else latest
    return reported


def _conflict(
    cluster: Iterable[_Span],
    reported: set[_Span],
    own: set[_Span],
    lines: Sequence[_OccupiedLine],
) -> Conflict:
    windows = {span: _window(span, lines) for span in cluster}
    staggered = sorted(
        (span for span in windows.keys() & reported - own),
        key=lambda span: (span.end - span.start, span.start),
    )
    shown = (windows.keys() & reported & own) | set(staggered[:MAX_STAGGERED_WINDOWS])
    named = {key for window in windows.values() for key in window.keys}
    return Conflict(
        windows=tuple(window for span, window in windows.items() if span in shown),
        keys=tuple(line.interval.key for line in lines if line.interval.key in named),
    )


def _window(span: _Span, lines: Sequence[_OccupiedLine]) -> Window:
    by_start = attrgetter("start")
    starting = slice(
        bisect_left(lines, span.start, key=by_start), bisect_left(lines, span.end, key=by_start)
    )
    inside = [line.interval for line in lines[starting] if line.end <= span.end]
    return Window(
        starts_at=_EPOCH + span.start * _MINUTE,
        ends_at=_EPOCH + span.end * _MINUTE,
        allowed=Quarters((span.end - span.start) // MINUTES_PER_QUARTER),
        claimed=Quarters(sum(interval.quarters for interval in inside)),
        keys=tuple(interval.key for interval in inside),
    )


def _epoch_minute(instant: datetime) -> int:
    # Subtracting an instant in UTC compares instants; two of one zone would compare its clock.
    return (instant - _EPOCH) // _MINUTE
