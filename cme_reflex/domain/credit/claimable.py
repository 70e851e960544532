"""What a claim's lines come to: the totals that can be claimed, and those that still hold."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cme_reflex.domain.credit.overlap import Conflict, Interval, find_conflicts, supported
from cme_reflex.domain.credit.quarters import Quarters


class OverlapPolicy(StrEnum):
    """What a meeting does about simultaneous live sessions; societies differ."""

    RESOLVE = "resolve"  # they must be put right before submitting
    CAP = "cap"  # no more can be claimed than one person could have attended
    ALLOW = "allow"  # they are shown, not stopped


class CreditLimitExceeded(ValueError):
    """More credit than is possible here, or less than can be claimed. Both in quarter hours."""

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
    """The most that can be claimed, in quarter hours."""

    category1: Quarters
    safety: Quarters


@dataclass(frozen=True, slots=True)
class Totals:
    """What the attendee chose to claim, in quarter hours; None where nothing is chosen yet."""

    category1: Quarters | None
    safety: Quarters | None


def max_safety(safety: Quarters, claimed: Quarters) -> Quarters:
    """The most Patient Safety of a line: the session's, but never more than is claimed of it.

    All in quarter hours (docs/rules.md, 3).
    """
    return min(safety, claimed)


def conflicts_of(lines: Sequence[Line]) -> tuple[Conflict, ...]:
    """The over-claims among the live lines; what was watched on demand has no clock."""
    return find_conflicts(_live_intervals(lines, _quarters))


def is_blocking(conflicts: Sequence[Conflict], policy: OverlapPolicy) -> bool:
    """Whether these conflicts must be put right before submitting."""
    return policy is OverlapPolicy.RESOLVE and bool(conflicts)


def claimable(lines: Sequence[Line], limits: Limits, policy: OverlapPolicy) -> Claimable:
    """The most that these lines and limits allow to be claimed, in quarter hours.

    AMA PRA counts simultaneous sessions once, so it is the largest total that
    one person could have attended, not the sum; only ALLOW takes the sum. Under
    RESOLVE the same maximum is shown while a conflict still blocks, so that the
    screen never promises more than will be left (docs/rules.md, 9).
    """
    category1 = min(_supported(lines, _quarters, policy), limits.category1)
    # An hour of Patient Safety is also an hour of Category 1.
    safety = min(_supported(lines, _safety, policy), limits.safety, category1)
    return Claimable(category1, safety)


def claimable_safety(claimable: Claimable, category1: Quarters | None) -> Quarters:
    """The most Patient Safety beside the Category 1 chosen, in quarter hours.

    While no Category 1 is chosen, the lines and limits alone decide.
    """
    return claimable.safety if category1 is None else min(claimable.safety, category1)


def validate_totals(totals: Totals, claimable: Claimable) -> None:
    """Raise CreditLimitExceeded for a total that cannot be claimed.

    Category 1 is at least a quarter hour, Patient Safety may be none; what is
    not chosen is not checked (docs/rules.md, 10).
    """
    limit = claimable.category1
    if totals.category1 is not None and not 1 <= totals.category1 <= limit:
        raise CreditLimitExceeded(limit, totals.category1)
    limit = claimable_safety(claimable, totals.category1)
    if totals.safety is not None and not 0 <= totals.safety <= limit:
        raise CreditLimitExceeded(limit, totals.safety)


def clear_unsupported(totals: Totals, claimable: Claimable) -> tuple[Totals, bool]:
    """The chosen totals after a change, and whether one of them had to be cleared.

    A total above its maximum is cleared, not lowered: the attendee attests to
    the number, so the attendee chooses it (docs/rules.md, 10).
    """
    category1 = _clear_above(totals.category1, claimable.category1)
    safety = _clear_above(totals.safety, claimable_safety(claimable, category1))
    left = Totals(category1, safety)
    return left, left != totals


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
