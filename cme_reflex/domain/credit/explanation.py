"""Explanation of a claimable amount: the sum of the lines, and what is deducted, and why."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum, auto
from fractions import Fraction
from zoneinfo import ZoneInfo

from cme_reflex.domain.credit.claimable import OverlapPolicy
from cme_reflex.domain.credit.credit_type import NO_CREDIT, Amount, Amounts, CreditType, Need
from cme_reflex.domain.credit.line import Line
from cme_reflex.domain.credit.overlap import supported


class Reason(StrEnum):
    """Why credit of the lines cannot be claimed."""

    OVERLAP = auto()
    DAILY_MAXIMUM = auto()
    MAXIMUM = auto()
    REGISTRATION_MAXIMUM = auto()
    PRIMARY = auto()  # no subset exceeds its primary type
    ROUNDING = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Deduction:
    """What is deducted for one reason. `amount` is exact, in increments; `limit` is the maximum.

    An overlap reaches from `starts_at` to `ends_at` (aware); a daily maximum is that of `day`, or
    of several days if it is None.
    """

    reason: Reason
    amount: Fraction
    limit: Amount = NO_CREDIT
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why `amount` can be claimed: `total` of that many sessions, less the deductions.

    `unmet` are the numbers of lines that do not count because of a need that is not met.
    """

    amount: Amount
    total: Amount
    sessions: int
    deductions: tuple[Deduction, ...] = ()
    unmet: Mapping[Need, int] = field(default_factory=dict)


def explain(
    credit_type: CreditType,
    lines: Sequence[Line],
    claimable: Amounts,
    *,
    registration_type: str,
    policy: OverlapPolicy,
    zone: ZoneInfo,
) -> Explanation:
    """Why this much of the type is claimable, in the order of the rule (docs/rules.md, 9).

    `claimable` are the claimable amounts of these lines. The deductions add up to the difference
    exactly.
    """
    code = credit_type.code
    counting = [line for line in lines if line.amount(code)]
    total = _sum(credit_type, counting)
    deductions = list(_deductions(credit_type, counting, registration_type, policy, zone))
    rest = total - sum((each.amount for each in deductions), Fraction())
    primary = claimable.get(credit_type.part_of or code, NO_CREDIT)
    if credit_type.part_of and rest > primary:
        deductions.append(Deduction(reason=Reason.PRIMARY, amount=rest - primary, limit=primary))
        rest = Fraction(primary)
    if rounded := rest - rest // 1:
        deductions.append(Deduction(reason=Reason.ROUNDING, amount=rounded))
    return Explanation(
        amount=claimable.get(code, NO_CREDIT),
        total=total,
        sessions=len(counting),
        deductions=tuple(deductions),
        unmet=unmet_lines(code, lines),
    )


def _deductions(
    credit_type: CreditType,
    lines: Sequence[Line],
    registration_type: str,
    policy: OverlapPolicy,
    zone: ZoneInfo,
) -> Iterator[Deduction]:
    live = [line for line in lines if not line.on_demand]
    on_demand = _sum(credit_type, (line for line in lines if line.on_demand))
    rest = Fraction(_sum(credit_type, lines))
    if policy is not OverlapPolicy.ALLOW:
        for overlap in _overlaps(credit_type, live):
            rest -= overlap.amount
            yield overlap
    for daily in _above_daily_maximum(credit_type, live, rest - on_demand, policy, zone):
        rest -= daily.amount
        yield daily
    own = credit_type.registration_maxima.get(registration_type)
    maximum = credit_type.maximum
    if own is not None and (maximum is None or own < maximum) and rest > own:
        yield Deduction(reason=Reason.REGISTRATION_MAXIMUM, amount=rest - own, limit=own)
    elif maximum is not None and rest > maximum:
        yield Deduction(reason=Reason.MAXIMUM, amount=rest - maximum, limit=maximum)


def _overlaps(credit_type: CreditType, live: Iterable[Line]) -> Iterator[Deduction]:
    """What each group of sessions that overlap, directly or through others, has too much."""
    for group in _groups(live):
        if len(group) == 1:
            continue
        excess = _sum(credit_type, group) - supported(credit_type, group)
        if excess > 0:
            yield Deduction(
                reason=Reason.OVERLAP,
                amount=Fraction(excess),
                starts_at=group[0].starts_at,
                ends_at=max(line.ends_at for line in group),
            )


def _above_daily_maximum(
    credit_type: CreditType,
    live: Iterable[Line],
    rest: Fraction,
    policy: OverlapPolicy,
    zone: ZoneInfo,
) -> Iterator[Deduction]:
    """What the days have above the daily maximum. `rest` is the live credit that remains."""
    maximum = credit_type.daily_maximum
    if maximum is None:
        return
    days: dict[date, list[Line]] = {}
    for line in live:
        days.setdefault(line.starts_at.astimezone(zone).date(), []).append(line)
    by_day = {
        day: Fraction(
            _sum(credit_type, lines)
            if policy is OverlapPolicy.ALLOW
            else supported(credit_type, lines)
        )
        for day, lines in days.items()
    }
    above = {day: amount - maximum for day, amount in by_day.items() if amount > maximum}
    excess = rest - sum(min(amount, Fraction(maximum)) for amount in by_day.values())
    if excess <= 0:
        return
    if sum(above.values()) != excess:  # sessions past midnight overlap those of the next day
        above = {}
        yield Deduction(reason=Reason.DAILY_MAXIMUM, amount=excess, limit=maximum)
    for day, amount in sorted(above.items()):
        yield Deduction(reason=Reason.DAILY_MAXIMUM, amount=amount, limit=maximum, day=day)


def _groups(live: Iterable[Line]) -> list[list[Line]]:
    groups: list[list[Line]] = []
    until: datetime | None = None
    for line in sorted(live, key=lambda line: line.starts_at):
        if until is None or line.starts_at >= until:
            groups.append([])
            until = line.ends_at
        groups[-1].append(line)
        until = max(until, line.ends_at)
    return groups


def _sum(credit_type: CreditType, lines: Iterable[Line]) -> Amount:
    return Amount(sum(line.amount(credit_type.code) for line in lines))


def unmet_lines(code: str, lines: Iterable[Line]) -> Mapping[Need, int]:
    """The numbers of lines that do not count for a type, by the need that they do not meet."""
    unmet: dict[Need, int] = {}
    for line in lines:
        if need := line.unmet.get(code):
            unmet[need] = unmet.get(need, 0) + 1
    return unmet
