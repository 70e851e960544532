"""Credit types as societies define them, and lines of claims, for tests of the rules."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from cme_reflex.domain.credit.credit_type import Amount, Amounts, CreditType, Partial
from cme_reflex.domain.credit.credit_types import CreditTypes
from cme_reflex.domain.credit.line import Line, full_minutes

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
