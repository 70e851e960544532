"""What the overlap rules should answer, found in slow ways that share nothing with the product.

The person is put into a seat: occupied time is cut into units, the clock into
slots of the same length, and a unit may go to any free slot within its own
session. The unit divides every boundary and every line's minutes, so nothing is
lost. Units that carry more credit are seated first, and a unit once seated is
moved but never sent away, so the credit seated is the most there can be.
"""

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from functools import cache
from itertools import combinations, product
from math import ceil, gcd

from cme_reflex.domain.credit.credit_type import CreditType, Partial
from cme_reflex.domain.credit.line import Line

Span = tuple[datetime, datetime]


def amount(credit_type: CreditType, line: Line) -> int:
    return line.amounts.get(credit_type.code, 0)


def minutes_occupied(credit_type: CreditType, line: Line) -> int:
    if not amount(credit_type, line):
        return 0
    if credit_type.partial is Partial.WHOLE_SESSION:
        return minutes_between(line.starts_at, line.ends_at)
    unit = credit_type.minutes_per_unit
    return min(line.minutes, ceil(amount(credit_type, line) * credit_type.increment * unit))


def minutes_between(start: datetime, end: datetime) -> int:
    return round(end.timestamp() - start.timestamp()) // 60


def supported(credit_type: CreditType, lines: Sequence[Line]) -> Fraction:
    """The most credit of these lines, all live, in increments: a matching of greatest weight."""
    occupied = [line for line in lines if minutes_occupied(credit_type, line)]
    timeless = sum(amount(credit_type, line) for line in lines if line not in occupied)
    if credit_type.partial is Partial.WHOLE_SESSION:
        return Fraction(timeless + _best_apart(credit_type, occupied))
    return timeless + _seated(credit_type, occupied)


def _best_apart(credit_type: CreditType, lines: Sequence[Line]) -> int:
    """The best sum of lines that do not meet, each choice of lines tried by itself."""
    return max(
        sum(amount(credit_type, line) for line in chosen)
        for size in range(len(lines) + 1)
        for chosen in combinations(lines, size)
        if not any(
            one.starts_at < other.ends_at and other.starts_at < one.ends_at
            for one, other in combinations(chosen, 2)
        )
    )


def share(credit_type: CreditType, line: Line) -> Fraction:
    return Fraction(amount(credit_type, line), minutes_occupied(credit_type, line))


def _spans(lines: Sequence[Line]) -> list[tuple[int, int]]:
    opening = min(line.starts_at for line in lines)
    return [
        (minutes_between(opening, line.starts_at), minutes_between(opening, line.ends_at))
        for line in lines
    ]


def _seated(credit_type: CreditType, lines: Sequence[Line]) -> Fraction:
    if not lines:
        return Fraction()
    lines = sorted(lines, key=lambda line: share(credit_type, line), reverse=True)
    spans = _spans(lines)
    minutes = [minutes_occupied(credit_type, line) for line in lines]
    unit = gcd(*minutes, *(minute for span in spans for minute in span))
    holder: dict[int, int] = {}  # the line whose unit sits in a slot
    slots = [range(start // unit, end // unit) for start, end in spans]
    # Units of one line are alike: where one finds no place, the rest of them find none either.
    for line, of_line in enumerate(minutes):
        for _ in range(of_line // unit):
            if not _seat(line, slots, holder):
                break
    return sum((unit * share(credit_type, lines[line]) for line in holder.values()), Fraction())


def _seat(line: int, slots: Sequence[range], holder: dict[int, int]) -> bool:
    """Find one more unit of the line a slot, moving others along an augmenting path."""
    came_from: dict[int, tuple[int, int]] = {}  # the line that asks, and for which slot
    queue = [line]
    for asking in queue:
        for slot in slots[asking]:
            if slot not in holder:
                _move_along(line, asking, slot, came_from, holder)
                return True
            other = holder[slot]
            if other != line and other not in came_from:
                came_from[other] = (asking, slot)
                queue.append(other)
    return False


def _move_along(
    line: int, last: int, free: int, came_from: dict[int, tuple[int, int]], holder: dict[int, int]
) -> None:
    holder[free] = last
    while last != line:
        last, left = came_from[last]
        holder[left] = last


def supported_by_trial(credit_type: CreditType, lines: Sequence[Line]) -> Fraction:
    """The same as `supported` for a few short lines: every way to spend each minute is tried."""
    lines = [line for line in lines if minutes_occupied(credit_type, line)]
    if not lines:
        return Fraction()
    spans = _spans(lines)
    shares = [share(credit_type, line) for line in lines]

    @cache
    def best(minute: int, left: tuple[int, ...]) -> Fraction:
        if minute == max(end for _, end in spans):
            return Fraction()
        most = best(minute + 1, left)
        for index, (start, end) in enumerate(spans):
            if left[index] and start <= minute < end:
                spent = (*left[:index], left[index] - 1, *left[index + 1 :])
                most = max(most, shares[index] + best(minute + 1, spent))
        return most

    return best(0, tuple(minutes_occupied(credit_type, line) for line in lines))


def violated(credit_type: CreditType, lines: Sequence[Line]) -> set[Span]:
    """Every window in which more minutes are claimed than it has, each tried by itself."""
    lines = [line for line in lines if minutes_occupied(credit_type, line)]
    windows = product({line.starts_at for line in lines}, {line.ends_at for line in lines})
    return {
        (start, end)
        for start, end in windows
        if start < end
        and sum(minutes_occupied(credit_type, line) for line in inside(lines, (start, end)))
        > minutes_between(start, end)
    }


def inside(lines: Sequence[Line], span: Span) -> list[Line]:
    return [line for line in lines if span[0] <= line.starts_at and line.ends_at <= span[1]]
