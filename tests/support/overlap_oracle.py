"""What the overlap rules should answer, found in slow ways that share nothing with the product.

The person is put into a seat: claimed time is cut into units, the clock into
slots of the same length, and a unit may go to any free slot within its own
session. The unit divides every boundary and every claim, so nothing is lost.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import product
from math import gcd

from cme_reflex.domain.credit.overlap import Interval

Span = tuple[datetime, datetime]


def minutes_claimed(line: Interval) -> int:
    return min(15 * line.quarters, minutes_between(line.starts_at, line.ends_at))


def minutes_between(start: datetime, end: datetime) -> int:
    return round(end.timestamp() - start.timestamp()) // 60


def minutes_attended(lines: Sequence[Interval]) -> int:
    """The most of the claimed minutes that one person could have spent: a maximum matching."""
    lines = [line for line in lines if minutes_claimed(line)]
    if not lines:
        return 0
    opening = min(line.starts_at for line in lines)
    spans = [
        (minutes_between(opening, line.starts_at), minutes_between(opening, line.ends_at))
        for line in lines
    ]
    claims = [minutes_claimed(line) for line in lines]
    unit = gcd(*claims, *(minute for span in spans for minute in span))
    holder: dict[int, int] = {}  # the line whose unit sits in a slot
    slots = [range(start // unit, end // unit) for start, end in spans]
    # Units of one line are alike: where one finds no place, the rest of them find none either.
    for line, claim in enumerate(claims):
        for _ in range(claim // unit):
            if not _seat(line, slots, holder):
                break
    return unit * len(holder)


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


def supported(lines: Sequence[Interval]) -> int:
    """Quarters: the sum, less the minutes without a seat, rounded up to a quarter once."""
    without_a_seat = sum(map(minutes_claimed, lines)) - minutes_attended(lines)
    return sum(line.quarters for line in lines) - (without_a_seat + 14) // 15


def violated(lines: Sequence[Interval]) -> set[Span]:
    """Every window in which more minutes are claimed than it has, each tried by itself."""
    lines = [line for line in lines if minutes_claimed(line)]
    windows = product({line.starts_at for line in lines}, {line.ends_at for line in lines})
    return {
        (start, end)
        for start, end in windows
        if start < end
        and sum(minutes_claimed(line) for line in inside(lines, (start, end)))
        > minutes_between(start, end)
    }


def inside(lines: Sequence[Interval], span: Span) -> list[Interval]:
    return [line for line in lines if span[0] <= line.starts_at and line.ends_at <= span[1]]
