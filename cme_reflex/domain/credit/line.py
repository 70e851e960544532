"""A claim's line: one session, the minutes taken part, and the credit that they give."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cme_reflex.domain.credit.credit_type import (
    NO_CREDIT,
    Amount,
    Amounts,
    CreditType,
    CreditTypes,
    Need,
    Partial,
)

PART_MINUTES = 15  # partial attendance is entered in steps of a quarter hour

NOTHING: Amounts = {}

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)


class InvalidMinutes(ValueError):
    """The minutes are none of those that can be chosen for the session. `duration` in minutes."""

    def __init__(self, minutes: object, duration: int) -> None:
        super().__init__(f"{minutes!r} minutes of {duration} cannot be chosen.")
        self.minutes = minutes
        self.duration = duration


@dataclass(frozen=True, slots=True)
class Line:
    """One session in a claim. Instants are aware; `minutes` are whole minutes taken part.

    `amounts` has the types of which the line gives credit. A type that would give credit but for
    its unmet need is in `unmet` instead.
    """

    session_id: int
    starts_at: datetime
    ends_at: datetime
    minutes: int
    amounts: Amounts = field(hash=False)
    on_demand: bool
    unmet: Mapping[str, Need] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        duration = full_minutes(self.starts_at, self.ends_at)
        if not 0 <= self.minutes <= duration:
            raise ValueError(f"{self.minutes} minutes of a session of {duration}")
        if any(amount < 0 for amount in self.amounts.values()):
            raise ValueError("a line cannot give less than no credit")

    def amount(self, code: str) -> Amount:
        """What the line gives of a type."""
        return self.amounts.get(code, NO_CREDIT)


def epoch_minute(instant: datetime) -> int:
    """The whole minutes from 1970 (UTC) to an aware instant; seconds are dropped."""
    # Subtracting in UTC compares instants; datetimes of the same zone would compare wall clocks.
    return (instant - _EPOCH) // _MINUTE


def full_minutes(starts_at: datetime, ends_at: datetime) -> int:
    """A duration in whole minutes; none if the end is before the start."""
    return max(0, epoch_minute(ends_at) - epoch_minute(starts_at))


def minute_choices(duration: int) -> tuple[int, ...]:
    """The minutes that an attendee can choose: the duration, then quarter hours below it.

    Of 50 minutes: 50, 45, 30, 15 (docs/rules.md, 3).
    """
    return duration, *reversed(range(PART_MINUTES, duration, PART_MINUTES))


def parse_minutes(text: str) -> int:
    """Minutes from their digits, as a select sends them. Raises InvalidMinutes."""
    if not (text.isascii() and text.isdigit() and len(text) <= 5):
        raise InvalidMinutes(text, 0)
    return int(text)


def validate_minutes(minutes: object, duration: int) -> int:
    """The minutes as they were chosen. Raises InvalidMinutes if they cannot be."""
    # Not isinstance: True is an int.
    if type(minutes) is not int or minutes not in minute_choices(duration):
        raise InvalidMinutes(minutes, duration)
    return minutes


def designated(types: CreditTypes, given: Amounts, duration: int) -> Amounts:
    """A session's credit: what the provider designated, or the rounded duration (rules.md, 2).

    `given` has the types for which the programme says an amount, which may be none. The result has
    only types of which the session gives credit.
    """
    amounts: dict[str, Amount] = {}
    for each in types:
        rounded = each.of_duration(duration) if each.gives_duration else NO_CREDIT
        amount = given.get(each.code, _within_primary(each, rounded, amounts))
        if amount:
            amounts[each.code] = amount
    return amounts


def line_amounts(
    types: CreditTypes, credit: Amounts, duration: int, minutes: int, stored: Amounts = NOTHING
) -> Amounts:
    """What a line of so many minutes gives of a session's credit, by type (docs/rules.md, 3).

    In full it gives what is designated, in part the increments that fit. A subset gives no more
    than its primary type. `stored` has amounts that were set lower. Types that give nothing are
    left out.
    """
    amounts: dict[str, Amount] = {}
    for each in types:
        amount = credit.get(each.code, NO_CREDIT)
        if minutes < duration:
            amount = min(amount, _of_part(each, minutes, amount))
        amount = min(_within_primary(each, amount, amounts), stored.get(each.code, amount))
        if amount:
            amounts[each.code] = amount
    return amounts


def unmet_needs(
    types: CreditTypes, amounts: Amounts, met: Collection[Need]
) -> tuple[Amounts, Mapping[str, Need]]:
    """The amounts that count, and the needs of the types that do not; `met` are the line's needs.

    A subset of a type that does not count does not count either. What the overall evaluation
    allows is decided for the whole claim, not for a line.
    """
    unmet = {
        each.code: each.needs
        for each in types
        if each.code in amounts
        and each.needs in (Need.SESSION_EVALUATION, Need.ATTENDANCE_RECORD)
        and each.needs not in met
    }
    counted = {
        each.code: amounts[each.code]
        for each in types
        if each.code in amounts and unmet.keys().isdisjoint((each.code, each.part_of))
    }
    return counted, unmet


def _within_primary(credit_type: CreditType, amount: Amount, amounts: Amounts) -> Amount:
    if credit_type.part_of is None:
        return amount
    return min(amount, amounts.get(credit_type.part_of, NO_CREDIT))


def _of_part(credit_type: CreditType, minutes: int, designated: Amount) -> Amount:
    """The credit for part of a session; a subset's part is as much as its primary type's."""
    if credit_type.is_primary:
        return credit_type.of_part(minutes)
    counts = credit_type.partial is Partial.YES and minutes >= credit_type.minimum
    return designated if counts else NO_CREDIT
