"""Claimable credit: the maximum totals of a claim's lines, and validation of chosen totals."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from math import floor
from zoneinfo import ZoneInfo

from cme_reflex.domain.credit.credit_type import Amount, Amounts, CreditType, CreditTypes, Need
from cme_reflex.domain.credit.line import Line
from cme_reflex.domain.credit.overlap import Conflict, supported


class OverlapPolicy(StrEnum):
    """A meeting's policy on simultaneous live sessions; societies differ."""

    RESOLVE = "resolve"  # conflicts must be resolved before submitting
    CAP = "cap"  # no more can be claimed than one person could have attended
    ALLOW = "allow"  # conflicts are shown but do not limit the claim


class CreditLimitExceeded(ValueError):
    """An amount above the limit or below the minimum, both in increments of the credit type."""

    def __init__(self, credit_type: CreditType, limit: Amount, amount: Amount) -> None:
        super().__init__(
            f"{amount} increments of {credit_type.code}; from 0 or 1 up to {limit} can be claimed"
        )
        self.credit_type = credit_type
        self.limit = limit
        self.amount = amount


class CreditTypeClosed(Exception):
    """The credit type cannot be chosen now, because of its own `opens_at` or `closes_at`."""

    def __init__(self, credit_type: CreditType) -> None:
        super().__init__(
            f"{credit_type.code} can be claimed"
            f" from {credit_type.opens_at} until {credit_type.closes_at}."
        )
        self.credit_type = credit_type


class CreditNeedUnmet(Exception):
    """The credit type cannot be chosen before the claim has what it `needs`."""

    def __init__(self, credit_type: CreditType) -> None:
        super().__init__(f"{credit_type.code} needs: {credit_type.needs}.")
        self.credit_type = credit_type


def is_blocking(
    types: CreditTypes, conflicts: Iterable[Conflict], policy: OverlapPolicy, totals: Amounts
) -> bool:
    """Whether these conflicts must be resolved before submitting.

    Only conflicts of the types chosen count; as long as no primary type is chosen, those of all.
    """
    has_primary = any(each.code in totals for each in types.primaries)
    chosen = set(totals) if has_primary else {each.code for each in types}
    return policy is OverlapPolicy.RESOLVE and any(
        not conflict.codes.isdisjoint(chosen) for conflict in conflicts
    )


def claimable(
    types: CreditTypes,
    lines: Sequence[Line],
    *,
    registration_type: str,
    policy: OverlapPolicy,
    zone: ZoneInfo,
) -> Amounts:
    """The maximum credit of each type that these lines and the type's maxima allow.

    AMA PRA counts simultaneous sessions once, so it is the largest total that
    one person could have attended, not the sum; only ALLOW uses the sum. Under
    RESOLVE the same maximum is shown while a conflict still blocks, so that the
    screen never promises more credit than will remain (docs/rules.md, 9). `zone`
    is the meeting's, for daily maxima. The result has every type.
    """
    most: dict[str, Amount] = {}
    for each in types:
        bounds = [_supported(each, lines, policy, zone)]
        bounds += [
            Fraction(maximum)
            for maximum in (each.maximum, each.registration_maxima.get(registration_type))
            if maximum is not None
        ]
        if each.part_of is not None:
            # An hour of Patient Safety is also an hour of Category 1.
            bounds.append(Fraction(most[each.part_of]))
        most[each.code] = Amount(floor(min(bounds)))
    return most


def claimable_of(credit_type: CreditType, claimable: Amounts, totals: Amounts) -> Amount:
    """The maximum of one type for the chosen totals: a subset's is at most its primary total.

    While no primary total is chosen, only the lines and limits apply.
    """
    limit = claimable[credit_type.code]
    if credit_type.part_of is None:
        return limit
    return min(limit, totals.get(credit_type.part_of, limit))


def validate_total(
    types: CreditTypes,
    code: str,
    amount: Amount,
    claimable: Amounts,
    totals: Amounts,
    *,
    now: datetime,
    met: Collection[Need] = (),
) -> None:
    """Raise an error if this total cannot be chosen beside the other `totals`.

    `types` are those offered to the attendee, and `met` the needs that the claim as a whole meets.
    A primary total is at least one increment; a subset's may be zero (docs/rules.md, 10).
    Raises UnknownCreditType, CreditTypeClosed, CreditNeedUnmet or CreditLimitExceeded.
    """
    credit_type = types[code]
    if not types.is_open(credit_type, now):
        raise CreditTypeClosed(credit_type)
    if credit_type.needs is Need.OVERALL_EVALUATION and credit_type.needs not in met:
        raise CreditNeedUnmet(credit_type)
    limit = claimable_of(credit_type, claimable, totals)
    if not (1 if credit_type.is_primary else 0) <= amount <= limit:
        raise CreditLimitExceeded(credit_type, limit, amount)


def clear_unsupported(
    types: CreditTypes, totals: Amounts, claimable: Amounts, *, now: datetime
) -> Amounts:
    """The chosen totals that stay: offered, still open, and at most their maximum.

    A total above its maximum is cleared, not lowered: the attendee attests to
    the number and so must choose it (docs/rules.md, 10).
    """
    kept: dict[str, Amount] = {}
    for each in types:
        total = totals.get(each.code)
        if (
            total is not None
            and types.is_open(each, now)
            and total <= claimable_of(each, claimable, kept)
        ):
            kept[each.code] = total
    return kept


def _supported(
    credit_type: CreditType, lines: Sequence[Line], policy: OverlapPolicy, zone: ZoneInfo
) -> Fraction:
    """What the lines support under the policy, in increments, within a daily maximum."""
    on_demand = sum(line.amount(credit_type.code) for line in lines if line.on_demand)
    live = [line for line in lines if not line.on_demand]
    most = _attended(credit_type, live, policy)
    if credit_type.daily_maximum is not None:
        by_day: defaultdict[date, list[Line]] = defaultdict(list)
        for line in live:
            by_day[line.starts_at.astimezone(zone).date()].append(line)
        daily = [_attended(credit_type, of_day, policy) for of_day in by_day.values()]
        within = [min(Fraction(credit_type.daily_maximum), day) for day in daily]
        most = min(most, Fraction(sum(within)))
    return most + on_demand


def _attended(credit_type: CreditType, live: Sequence[Line], policy: OverlapPolicy) -> Fraction:
    if policy is OverlapPolicy.ALLOW:
        return Fraction(sum(line.amount(credit_type.code) for line in live))
    return supported(credit_type, live)
