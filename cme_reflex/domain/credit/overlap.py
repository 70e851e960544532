"""Overlap of live sessions: supported credit, and conflicts to report for an over-claim.

Simultaneous live sessions count once (AMA PRA). For each credit type a line occupies the minutes
that its credit stands for, or its whole session where only whole sessions give credit. A window
reaches from one line's start to another line's end. It is half-open, so adjacent sessions do not
overlap. A window is violated when the lines that lie wholly inside it occupy more minutes than its
length; the difference is its excess. Times are whole minutes since 1970 (UTC); seconds are dropped.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from itertools import groupby, pairwise
from math import ceil
from operator import attrgetter
from typing import NamedTuple, TypeVar

from cme_reflex.domain.credit.credit_type import Amount, Amounts, CreditType, Partial
from cme_reflex.domain.credit.credit_types import CreditTypes
from cme_reflex.domain.credit.line import Line, epoch_minute

MAX_STAGGERED_WINDOWS = 3  # per conflict and type; more would only repeat the same few lines

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Window:
    """A violated window, with the keys of the lines wholly inside. Instants are aware UTC.

    `claimed` is the sum of the credit of its lines, and `allowed` the most of it that one person
    could have attended, which is always less. They have the figures of the first primary type for
    which the window is violated, and those of other types where they differ, in units of credit.
    """

    starts_at: datetime
    ends_at: datetime
    allowed: Amounts = field(hash=False)
    claimed: Amounts = field(hash=False)
    keys: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """One card for the attendee: violated windows that overlap, and the lines to change.

    `windows` are sorted by start, a longer one before those inside it; `keys` are sorted by the
    start of their lines; `codes` are the credit types of which too much is claimed.
    """

    windows: tuple[Window, ...]
    keys: tuple[int, ...]
    codes: frozenset[str]


def supported(credit_type: CreditType, lines: Iterable[Line]) -> Fraction:
    """The most credit of a type that the live ones of these lines support, in increments, exact.

    AMA PRA counts simultaneous sessions once, so this is the lines' sum less what one person cannot
    have attended (docs/rules.md, 5).
    """
    live = [line for line in lines if not line.on_demand]
    occupied = _occupied_lines(credit_type, live)
    return sum(line.amount(credit_type.code) for line in live) - _unattended(
        credit_type, occupied, _cached_excess_table
    )


def find_conflicts(types: CreditTypes, lines: Iterable[Line]) -> tuple[Conflict, ...]:
    """The conflicts to report to the attendee; empty if and only if there is no over-claim.

    For each type, those violated windows are reported that are the span of a single line, and
    beyond these the smallest that contain no window already reported, such as those of staggered
    lines (docs/rules.md, 6). A conflict combines the windows that overlap each other, of any type,
    and the lines whose minutes `supported` subtracts: a line that only follows an over-claim is not
    part of it.
    """
    live = [line for line in lines if not line.on_demand]
    in_order = sorted(types, key=lambda each: not each.is_primary)
    claims = [_claim(each, _occupied_lines(each, live)) for each in in_order]
    spans = {span for claim in claims for span in claim.violated}
    in_time = sorted(spans, key=lambda span: (span.start, -span.end))
    return tuple(_conflict(cluster, claims) for cluster in _clusters(in_time))


class _Span(NamedTuple):
    start: int
    end: int


class _OccupiedLine(NamedTuple):
    start: int
    end: int
    minutes: int
    amount: Amount
    key: int


class _Claim(NamedTuple):
    """What is claimed of one type, with the windows to report and those of the greatest excess."""

    credit_type: CreditType
    lines: tuple[_OccupiedLine, ...]
    line_spans: set[_Span]
    reported: set[_Span]
    violated: set[_Span]

    def inside(self, span: _Span) -> tuple[_OccupiedLine, ...]:
        """The lines wholly inside a window; none if they do not violate it."""
        by_start = attrgetter("start")
        starting = slice(
            bisect_left(self.lines, span.start, key=by_start),
            bisect_left(self.lines, span.end, key=by_start),
        )
        inside = tuple(line for line in self.lines[starting] if line.end <= span.end)
        return inside if sum(line.minutes for line in inside) > span.end - span.start else ()

    def shown(self, cluster: Iterable[_Span]) -> set[_Span]:
        """Of the windows of a conflict, those that are shown because of this type."""
        reported = self.reported.intersection(cluster)
        staggered = sorted(
            reported - self.line_spans, key=lambda span: (span.end - span.start, span.start)
        )
        return reported & self.line_spans | set(staggered[:MAX_STAGGERED_WINDOWS])


class _MaxExcess(NamedTuple):
    excess: int
    spans: tuple[_Span, ...]


_Timed = TypeVar("_Timed", _Span, _OccupiedLine)
_ExcessRow = tuple[int, list[tuple[int, int]]]  # an end, and (start, excess) of each window
_ExcessTable = tuple[_ExcessRow, ...]


def _occupied_lines(credit_type: CreditType, live: Iterable[Line]) -> tuple[_OccupiedLine, ...]:
    """The lines that occupy at least a minute for the type, sorted by start (docs/rules.md, 4)."""
    lines = []
    for line in live:
        amount = line.amount(credit_type.code)
        if not amount:
            continue
        start, end = epoch_minute(line.starts_at), epoch_minute(line.ends_at)
        minutes = (
            end - start
            if credit_type.partial is Partial.WHOLE_SESSION
            else min(line.minutes, credit_type.minutes_of(amount))
        )
        if minutes > 0:
            lines.append(_OccupiedLine(start, end, minutes, amount, line.session_id))
    return tuple(sorted(lines, key=attrgetter("start", "key")))


def _unattended(
    credit_type: CreditType,
    lines: tuple[_OccupiedLine, ...],
    excess_table: Callable[[tuple[_OccupiedLine, ...]], _ExcessTable],
) -> Fraction:
    """The credit of lines that one person cannot have attended, in increments (docs/rules.md, 5).

    By Hall's theorem, the maximum excess of lines is exactly the number of occupied minutes that
    one person cannot have attended. Each minute carries its line's share of credit. The most is
    attended by preferring minutes with a greater share, so the excess of the lines with at least a
    share counts with the difference to the next share below it.
    """
    if credit_type.partial is Partial.WHOLE_SESSION:
        return Fraction(sum(line.amount for line in lines) - _most_apart(lines))
    shares = {line: Fraction(line.amount, line.minutes) for line in lines}
    unattended = Fraction()
    for share, next_share in pairwise([*sorted(set(shares.values()), reverse=True), Fraction()]):
        greater = tuple(line for line in lines if shares[line] >= share)
        unattended += (share - next_share) * _max_excess(excess_table(greater)).excess
    return unattended


def _most_apart(lines: Iterable[_OccupiedLine]) -> int:
    """The greatest sum of lines that do not meet, by weighted interval scheduling."""
    ends: list[int] = []
    most = [0]  # up to each end
    for line in sorted(lines, key=attrgetter("end")):
        before = most[bisect_right(ends, line.start)]
        ends.append(line.end)
        most.append(max(most[-1], before + line.amount))
    return most[-1]


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


def _excess_table(lines: tuple[_OccupiedLine, ...]) -> _ExcessTable:
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


# The total, the conflicts, and types with equal credit ask for the same lines.
_cached_excess_table = lru_cache(maxsize=16)(_excess_table)


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


def _claim(credit_type: CreditType, lines: tuple[_OccupiedLine, ...]) -> _Claim:
    line_spans = {_Span(line.start, line.end) for line in lines}
    table = _cached_excess_table(lines)
    reported = _reported(table, line_spans)
    violated = reported.union(_max_excess(table).spans)
    return _Claim(credit_type, lines, line_spans, reported, violated)


def _conflict(cluster: Sequence[_Span], claims: Sequence[_Claim]) -> Conflict:
    shown = {span for claim in claims for span in claim.shown(cluster)}
    conflicting = {
        claim.credit_type.code: {line for span in cluster for line in claim.inside(span)}
        for claim in claims
    }
    return Conflict(
        windows=tuple(_window(span, claims) for span in cluster if span in shown),
        keys=_keys(line for lines in conflicting.values() for line in lines),
        codes=frozenset(code for code, lines in conflicting.items() if lines),
    )


def _window(span: _Span, claims: Iterable[_Claim]) -> Window:
    allowed: dict[str, Amount] = {}
    claimed: dict[str, Amount] = {}
    told: set[tuple[Fraction, Fraction]] = set()  # figures in units, as people compare them
    keys: set[_OccupiedLine] = set()
    for credit_type, inside in ((claim.credit_type, claim.inside(span)) for claim in claims):
        if not inside:
            continue
        keys.update(inside)
        total = sum(line.amount for line in inside)
        most = total - ceil(_unattended(credit_type, inside, _excess_table))
        figures = most * credit_type.increment, total * credit_type.increment
        if figures not in told:
            told.add(figures)
            allowed[credit_type.code], claimed[credit_type.code] = Amount(most), Amount(total)
    return Window(
        starts_at=_EPOCH + span.start * _MINUTE,
        ends_at=_EPOCH + span.end * _MINUTE,
        allowed=allowed,
        claimed=claimed,
        keys=_keys(keys),
    )


def _keys(lines: Iterable[_OccupiedLine]) -> tuple[int, ...]:
    """The keys of lines, of any type, by start."""
    return tuple(key for _, key in sorted({(line.start, line.key) for line in lines}))
