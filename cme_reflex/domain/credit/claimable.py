"""Claimable credit: the maximum totals of a claim's lines, and validation of chosen totals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cme_reflex.domain.credit.overlap import Conflict, Interval, find_conflicts, supported
from cme_reflex.domain.credit.quarters import Quarters


class OverlapPolicy(StrEnum):
    """A meeting's policy on simultaneous live sessions; societies differ."""

    RESOLVE = "resolve"  # conflicts must be resolved before submitting
    CAP = "cap"  # no more can be claimed than one person could have attended
    ALLOW = "allow"  # conflicts are shown but do not limit the claim


class CreditLimitExceeded(ValueError):
    """A total above the limit or below the minimum. `limit` and `claimed` in quarter hours."""

    def __init__(self, limit: Quarters, claimed: Quarters) -> None:
        super().__init__(f"{claimed} quarter hours; from 0 or 1 up to {limit} can be claimed here")
        self.limit = limit
        self.claimed = claimed


@dataclass(frozen=True, slots=True)
class Line:
    """One session in a claim. Instants are aware; credit is in quarter hours.

    `safety` is the part of `quarters` that is Patient Safety.
    """

    session_id: int
    starts_at: datetime
    ends_at: datetime
    quarters: Quarters
    safety: Quarters
    on_demand: bool

    def __post_init__(self) -> None:
        if not 0 <= self.safety <= self.quarters:
            raise ValueError(f"{self.safety} of {self.quarters} quarters cannot be Patient Safety")


@dataclass(frozen=True, slots=True)
class Limits:
    """The maxima for an attendee, in quarter hours."""

    category1: Quarters
    safety: Quarters


@dataclass(frozen=True, slots=True)
class Claimable:
    """The claimable maximum of each credit type, in quarter hours."""

    category1: Quarters
    safety: Quarters


@dataclass(frozen=True, slots=True)
class CreditTotals:
    """Sums of credit, in quarter hours: Category 1, and the Patient Safety part of it."""

    category1: Quarters
    safety: Quarters


@dataclass(frozen=True, slots=True)
class Totals:
    """The totals that the attendee chose to claim, in quarter hours; None if not chosen yet."""

    category1: Quarters | None
    safety: Quarters | None


def max_safety(safety: Quarters, claimed: Quarters) -> Quarters:
    """The maximum Patient Safety credit of a line: the session's, up to the credit claimed.

    All amounts are in quarter hours (docs/rules.md, 3).
    """
    return min(safety, claimed)


def conflicts_of(lines: Sequence[Line]) -> tuple[Conflict, ...]:
    """The conflicts among the live lines; on-demand lines occupy no time."""
    return find_conflicts(_live_intervals(lines, _quarters))


def is_blocking(conflicts: Sequence[Conflict], policy: OverlapPolicy) -> bool:
    """Whether these conflicts must be resolved before submitting."""
    return policy is OverlapPolicy.RESOLVE and bool(conflicts)


def claimable(lines: Sequence[Line], limits: Limits, policy: OverlapPolicy) -> Claimable:
    """The maximum credit that these lines and limits allow, in quarter hours.

    AMA PRA counts simultaneous sessions once, so it is the largest total that
    one person could have attended, not the sum; only ALLOW uses the sum. Under
    RESOLVE the same maximum is shown while a conflict still blocks, so that the
    screen never promises more credit than will remain (docs/rules.md, 9).
    """
    category1 = min(_supported(lines, _quarters, policy), limits.category1)
    # An hour of Patient Safety is also an hour of Category 1.
    safety = min(_supported(lines, _safety, policy), limits.safety, category1)
    return Claimable(category1, safety)


def claimable_safety(claimable: Claimable, category1: Quarters | None) -> Quarters:
    """The maximum Patient Safety for the chosen Category 1 total, in quarter hours.

    While no Category 1 total is chosen, only the lines and limits apply.
    """
    return claimable.safety if category1 is None else min(claimable.safety, category1)


def validate_totals(totals: Totals, claimable: Claimable) -> None:
    """Raise CreditLimitExceeded for a total that cannot be claimed.

    Category 1 is at least a quarter hour; Patient Safety may be zero. Totals
    that are not chosen are not checked (docs/rules.md, 10).
    """
    limit = claimable.category1
    if totals.category1 is not None and not 1 <= totals.category1 <= limit:
        raise CreditLimitExceeded(limit, totals.category1)
    limit = claimable_safety(claimable, totals.category1)
    if totals.safety is not None and not 0 <= totals.safety <= limit:
        raise CreditLimitExceeded(limit, totals.safety)


def clear_unsupported(totals: Totals, claimable: Claimable) -> tuple[Totals, bool]:
    """Clear the chosen totals that exceed the maximum; return the totals and whether any changed.

    A total above its maximum is cleared, not lowered: the attendee attests to
    the number and so must choose it (docs/rules.md, 10).
    """
    category1 = _clear_above(totals.category1, claimable.category1)
    safety = _clear_above(totals.safety, claimable_safety(claimable, category1))
    supported_totals = Totals(category1, safety)
    return supported_totals, supported_totals != totals


def _clear_above(chosen: Quarters | None, limit: Quarters) -> Quarters | None:
    return chosen if chosen is not None and chosen <= limit else None


def _quarters(line: Line) -> Quarters:
    return line.quarters


def _safety(line: Line) -> Quarters:
    return line.safety


def _live_intervals(lines: Sequence[Line], credit: Callable[[Line], Quarters]) -> list[Interval]:
    return [
        Interval(line.session_id, line.starts_at, line.ends_at, credit(line))
        for line in lines
        if not line.on_demand
    ]


def _supported(
    lines: Sequence[Line], credit: Callable[[Line], Quarters], policy: OverlapPolicy
) -> Quarters:
    if policy is OverlapPolicy.ALLOW:
        return Quarters(sum(credit(line) for line in lines))
    on_demand = sum(credit(line) for line in lines if line.on_demand)
    return Quarters(supported(_live_intervals(lines, credit)) + on_demand)
