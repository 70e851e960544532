"""Credit types as societies define them, and lines of claims, for tests of the rules."""

import random
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from types import FrameType
from typing import Any

from cme_reflex.domain.credit.credit_type import Amount, Amounts, CreditType, CreditTypes, Partial
from cme_reflex.domain.credit.line import Line, full_minutes
from cme_reflex.domain.credit.overlap_windows import violated_windows

MORNING = datetime(2019, 9, 20, tzinfo=UTC)


def credit_type(code: str = "ama", **more: Any) -> CreditType:
    """A type in quarter hours that is rounded to the nearest, with what a test changes of it."""
    fields = {"label": code.upper(), "name_one": "Credit", "name_many": "Credits"}
    return CreditType(code=code, **{**fields, **more})


AMA = credit_type("ama")
SAFETY = credit_type("safety", part_of="ama")
ANCC = credit_type("ancc")
ACPE = credit_type("acpe", display_divisor=10)
APA = credit_type("apa", minimum=60)
ASWB = credit_type("aswb", partial=Partial.WHOLE_SESSION)
COPE = credit_type("cope", minutes_per_unit=50)
EACCME = credit_type("eaccme", increment=Fraction(1, 2), daily_maximum=Amount(16))
MOC = credit_type("moc", increment=Fraction(1), from_duration=False)

TYPES = CreditTypes((AMA, SAFETY))


def at(clock: str, day: int = 0) -> datetime:
    """An instant of the day; from 24:00 on it is the next one."""
    hour, minute = clock.split(":")
    return MORNING + timedelta(days=day, hours=int(hour), minutes=int(minute))


def amounts(**by_code: int) -> Amounts:
    """Amounts by the code of their type."""
    return {code: Amount(amount) for code, amount in by_code.items()}


def line(
    session_id: int,
    start: str,
    end: str,
    ama: int,
    *,
    minutes: int | None = None,
    on_demand: bool = False,
    **others: int,
) -> Line:
    """A line with its credit by type, in increments; in full unless `minutes` says less."""
    starts_at, ends_at = at(start), at(end)
    attended = full_minutes(starts_at, ends_at) if minutes is None else minutes
    given = {code: amount for code, amount in amounts(ama=ama, **others).items() if amount}
    return Line(session_id, starts_at, ends_at, attended, given, on_demand)


SCREENSHOT_OF_2019 = [
    line(1, "7:30", "12:00", 18),
    line(2, "8:00", "9:00", 4),
    line(3, "8:00", "9:00", 4),
    line(4, "8:00", "9:00", 4),
    line(5, "10:00", "12:00", 8),
    line(6, "10:00", "12:00", 8),
    line(7, "11:00", "12:00", 4),
]


def programme(
    sessions: int, *, days: int = 2, rooms_open: int = 540, step: int = 15, longest: int = 60
) -> list[Line]:
    """So many sessions on a grid of five minutes, nine hours a day, all claimed in full."""
    chance = random.Random(943)  # noqa: S311 — the same programme at every run, not a secret
    lines = []
    for key in range(sessions):
        opening = MORNING + timedelta(
            days=key % days, minutes=5 * chance.randrange(rooms_open // 5)
        )
        lasts = chance.randrange(step, longest + 1, step)
        given = {"ama": max(Amount(1), AMA.of_duration(lasts))}
        closing = opening + timedelta(minutes=lasts)
        lines.append(Line(key, opening, closing, lasts, given, False))
    return lines


def any_durations(sessions: int) -> list[Line]:
    """Sessions of 5 to 55 minutes, whose minutes carry six different shares of credit."""
    return programme(sessions, step=5, longest=55)


def steps_of(rule: Callable[[Sequence[Line]], object], lines: Sequence[Line]) -> int:
    """How many lines of ours run until the rule answers, the same on every machine."""
    steps = 0

    def count(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal steps
        steps += event == "line" and frame.f_globals["__name__"].startswith("cme_reflex.")
        return count

    violated_windows.cache_clear()
    tracing = sys.gettrace()
    sys.settrace(count)
    try:
        rule(lines)
    finally:
        sys.settrace(tracing)
    return steps
