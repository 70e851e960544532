"""Overlap of live sessions: supported credit, and conflicts to report for an over-claim.

Simultaneous live sessions count once (AMA PRA). The credit of the minutes in excess is not
supported, and the violated windows are reported.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import chain, pairwise
from math import ceil
from operator import attrgetter, itemgetter
from typing import NamedTuple

from cme_reflex.domain.credit.credit_type import Amount, Amounts, CreditType, CreditTypes, Partial
from cme_reflex.domain.credit.line import Line
from cme_reflex.domain.credit.overlap_windows import (
    OccupiedLine,
    Span,
    clusters,
    excess,
    occupied_lines,
    violated_windows,
)

MAX_STAGGERED_WINDOWS = 3  # per conflict and type; more would only repeat the same few lines

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Window:
    """A violated window, with the keys of the lines wholly inside. Instants are aware UTC.

    `claimed` is the sum of the credit of its lines, and `allowed` the most of it that one person
    could have attended, which is always less. They have the first primary type, or the first type
    for which the window is violated, and other types whose figures in units differ from it.
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
    have attended (docs/rules.md, 5). By Hall's theorem, the minutes that cannot be attended are the
    maximum total excess of disjoint violated windows. Where only whole sessions give credit, it is
    the best sum of lines that do not meet.
    """
    live = [line for line in lines if not line.on_demand]
    occupied = occupied_lines(credit_type, live)
    total = Fraction(sum(line.amount(credit_type.code) for line in live))
    if credit_type.partial is Partial.WHOLE_SESSION:
        return total - _missed_sessions(occupied)
    return total - _missed_credit(occupied)


def find_conflicts(types: CreditTypes, lines: Iterable[Line]) -> tuple[Conflict, ...]:
    """The conflicts to report to the attendee; empty if and only if there is no over-claim.

    For each type, those violated windows are reported that are the span of a single line, and
    beyond these the smallest that contain no window already reported, such as those of staggered
    lines (docs/rules.md, 6). A conflict combines the windows that overlap each other, of any type,
    and the lines whose minutes `supported` subtracts: a line that only follows an over-claim is not
    part of it.
    """
    live = [line for line in lines if not line.on_demand]
    primaries_first = sorted(types, key=lambda each: not each.is_primary)
    claims = [_claim(each, occupied_lines(each, live)) for each in primaries_first]
    spans = {span for claim in claims for span in (*claim.reported, *claim.most_excess)}
    cards = clusters(sorted(spans, key=lambda span: (span.start, -span.end)))
    shown = {span for card in cards for claim in claims for span in claim.shown(card)}
    over_claims = [_over_claim(claim, spans, shown) for claim in claims]
    return tuple(_conflict(card, over_claims) for card in cards)


class _Claim(NamedTuple):
    """What is claimed of one type: its lines, the windows to report and of the maximum excess."""

    credit_type: CreditType
    lines: tuple[OccupiedLine, ...]
    line_spans: set[Span]
    reported: frozenset[Span]
    most_excess: tuple[Span, ...]

    def shown(self, card: Iterable[Span]) -> set[Span]:
        """The windows of a card that are shown because of this type."""
        reported = self.reported.intersection(card)
        staggered = sorted(
            reported - self.line_spans, key=lambda span: (span.end - span.start, span.start)
        )
        return {*(reported & self.line_spans), *staggered[:MAX_STAGGERED_WINDOWS]}

    def inside(self, span: Span) -> tuple[OccupiedLine, ...]:
        """The lines wholly inside a window; none if they do not violate it."""
        by_start = attrgetter("start")
        starting = slice(
            bisect_left(self.lines, span.start, key=by_start),
            bisect_left(self.lines, span.end, key=by_start),
        )
        inside = tuple(line for line in self.lines[starting] if line.end <= span.end)
        return inside if sum(map(attrgetter("minutes"), inside)) > span.end - span.start else ()


class _Figures(NamedTuple):
    allowed: Amount
    claimed: Amount


class _OverClaim(NamedTuple):
    """The windows that are violated for one type with the lines inside, and figures to show."""

    credit_type: CreditType
    inside: dict[Span, tuple[OccupiedLine, ...]]
    figures: dict[Span, _Figures]

    def in_units(self, span: Span) -> tuple[Fraction, ...]:
        """The figures of a window in units, as people compare them."""
        return tuple(amount * self.credit_type.increment for amount in self.figures[span])


def _missed_credit(by_start: Sequence[OccupiedLine]) -> Fraction:
    """The credit of these lines that one person cannot have attended, in increments.

    One person attends the most by preferring minutes with a greater share of credit. So the excess
    of the lines with at least a share counts with the difference to the next share below it
    (docs/rules.md, 5).
    """
    shared = [(Fraction(line.amount, line.minutes), line) for line in by_start]
    descending = [*sorted({share for share, _ in shared}, reverse=True), Fraction()]
    missed = Fraction()
    for share, next_share in pairwise(descending):
        layer = [line for of_line, line in shared if of_line >= share]
        missed += (share - next_share) * excess(layer)
    return missed


def _missed_sessions(lines: Iterable[OccupiedLine]) -> int:
    """The sum of lines less the best sum of those that do not meet, by interval scheduling."""
    ends: list[int] = []
    most = [0]  # up to each end
    total = 0
    for line in sorted(lines, key=attrgetter("end")):
        before = most[bisect_right(ends, line.start)]
        ends.append(line.end)
        most.append(max(most[-1], before + line.amount))
        total += line.amount
    return total - most[-1]


def _claim(credit_type: CreditType, lines: tuple[OccupiedLine, ...]) -> _Claim:
    line_spans = {Span(line.start, line.end) for line in lines}
    return _Claim(credit_type, lines, line_spans, *violated_windows(lines))


def _over_claim(claim: _Claim, spans: Iterable[Span], shown: set[Span]) -> _OverClaim:
    inside = {span: lines for span in spans if (lines := claim.inside(span))}
    missed = _missed(claim, {span: lines for span, lines in inside.items() if span in shown})
    figures = {}
    for span, credit in missed.items():
        total = sum(line.amount for line in inside[span])
        figures[span] = _Figures(Amount(total - ceil(credit)), Amount(total))
    return _OverClaim(claim.credit_type, inside, figures)


def _missed(claim: _Claim, inside: dict[Span, tuple[OccupiedLine, ...]]) -> dict[Span, Fraction]:
    """The credit in each window that one person cannot have attended, in increments."""
    if claim.credit_type.partial is Partial.WHOLE_SESSION:
        return {span: Fraction(_missed_sessions(lines)) for span, lines in inside.items()}
    return {span: _missed_credit(lines) for span, lines in inside.items()}


def _conflict(card: Sequence[Span], over_claims: Sequence[_OverClaim]) -> Conflict:
    windows = [
        _window(span, [each for each in over_claims if span in each.figures]) for span in card
    ]
    return Conflict(
        windows=tuple(window for window in windows if window is not None),
        keys=_keys(card, over_claims),
        codes=frozenset(
            each.credit_type.code
            for each in over_claims
            if any(span in each.inside for span in card)
        ),
    )


def _window(span: Span, over_claims: Sequence[_OverClaim]) -> Window | None:
    """The window with the figures of those types for which it is shown; None without any."""
    if not over_claims:
        return None
    first, *others = over_claims
    told = [first, *(each for each in others if each.in_units(span) != first.in_units(span))]
    return Window(
        starts_at=_EPOCH + span.start * _MINUTE,
        ends_at=_EPOCH + span.end * _MINUTE,
        allowed={each.credit_type.code: each.figures[span].allowed for each in told},
        claimed={each.credit_type.code: each.figures[span].claimed for each in told},
        keys=_keys([span], over_claims),
    )


def _keys(spans: Sequence[Span], over_claims: Iterable[_OverClaim]) -> tuple[int, ...]:
    """The keys of the lines inside windows, by start."""
    inside = (each.inside.get(span, ()) for each in over_claims for span in spans)
    by_start = sorted(set(map(attrgetter("start", "key"), chain.from_iterable(inside))))
    return tuple(map(itemgetter(1), by_start))
