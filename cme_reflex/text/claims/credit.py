"""Texts of credit: amounts with their units, why an amount is what it is, and what a type needs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Final
from zoneinfo import ZoneInfo

from cme_reflex.domain.credit.credit_type import (
    NO_CREDIT,
    Amount,
    Amounts,
    CreditType,
    Need,
    Partial,
)
from cme_reflex.domain.credit.explanation import Deduction, Explanation, Reason
from cme_reflex.text.dates import day_span, instant, short_day
from cme_reflex.text.plural import Plural

HOURS: Final = "hours"
"""The unit of amounts where it is shown as sixty minutes."""
HOURS_LABEL: Final = "Hours"
AMOUNT: Final = "{amount} {unit}"
OF_TYPE: Final = "{amount} {label}"
OF_WHICH: Final = ", of which {amounts}"
"""Follows an amount."""
BESIDE: Final = "Of which {amounts}"
OTHER_TYPE: Final = "; "
"""Between the amounts of primary types."""
AND: Final = " and "
"""Between the last two of a list."""

EXPLAIN: Final = "Explain this number"
SUM: Final = Plural(one="{amount}: your {count} session", other="{amount}: your {count} sessions")
LESS_THAN_SUM: Final = "{amount}: {total} {less}"
OF_LABEL: Final = "{label}, {explanation}"
"""An explanation where there are several types."""
PART: Final = "{label} {amount}: {minutes} of {duration} minutes, {full} for the whole session"
WHOLE_ONLY: Final = "{label} {amount}: only the whole session counts"
LOWERED: Final = "{label} {amount}: lowered by you from {full}"
OPTION_MINUTES: Final = "{amount} ({minutes} minutes)"

_LESS: Final[Mapping[Reason, str]] = {
    Reason.OVERLAP: "less {amount} that overlaps {when}",
    Reason.DAILY_MAXIMUM: "less {amount} above the daily maximum of {limit} on {when}",
    Reason.MAXIMUM: "less {amount} above the maximum of {limit}",
    Reason.REGISTRATION_MAXIMUM: "less {amount} above the maximum of {limit} for your registration",
    Reason.PRIMARY: "less {amount} above the {limit} of {primary}",
    Reason.ROUNDING: "less {amount} rounded down",
}
_DAYS: Final = "several days"

_NOT_COUNTED: Final[Mapping[Need, Plural]] = {
    Need.SESSION_EVALUATION: Plural(
        one="{count} session does not count for {label} until you evaluate it",
        other="{count} sessions do not count for {label} until you evaluate them",
    ),
    Need.ATTENDANCE_RECORD: Plural(
        one="{count} session does not count for {label}: we have no record of your attendance",
        other="{count} sessions do not count for {label}: we have no record of your attendance",
    ),
}
_UNMET: Final[Mapping[Need, str]] = {
    Need.SESSION_EVALUATION: "Does not count for {labels} until you evaluate it",
    Need.ATTENDANCE_RECORD: "Does not count for {labels}: we have no record of your attendance",
}
NOTHING_YET: Final = "Add the sessions that you attended."
NOT_OFFERED: Final = "No credit is offered to your profession"
OF_MAXIMUM: Final = "of {maximum} {unit}"
OF_MAXIMUM_TYPE: Final = "{of}, {label}"

OVERALL_FIRST: Final = "Answer the overall evaluation first."
OPENS: Final = "{label} can be claimed from {when}."
CLOSES: Final = "Claim {label} by {when}."
CLOSED: Final = "{label} could be claimed until {when}."


def unit(credit_type: CreditType) -> str:
    """The unit of amounts as they are shown: hours, or the type's own where it is not an hour."""
    return HOURS if _is_hours(credit_type) else credit_type.name_many


def unit_label(credit_type: CreditType) -> str:
    """The unit as the label of a field."""
    return HOURS_LABEL if _is_hours(credit_type) else credit_type.name_many


def _is_hours(credit_type: CreditType) -> bool:
    return credit_type.minutes_per_unit == 60 and credit_type.display_divisor == 1


def amount(credit_type: CreditType, value: Amount) -> str:
    """An amount with its unit: ``1.50 hours``."""
    return AMOUNT.format(amount=credit_type.format(value), unit=unit(credit_type))


def of_maximum(credit_type: CreditType, maximum: Amount | None, *, named: bool) -> str:
    """What follows an amount: its maximum if it has one, its unit, and its type if `named`."""
    of = unit(credit_type)
    if maximum is not None:
        of = OF_MAXIMUM.format(maximum=credit_type.format(maximum), unit=of)
    return OF_MAXIMUM_TYPE.format(of=of, label=credit_type.label) if named else of


def of_type(credit_type: CreditType, value: Amount) -> str:
    """An amount with its type: ``0.50 Patient Safety``."""
    return OF_TYPE.format(amount=credit_type.format(value), label=credit_type.label)


def claimed(types: Iterable[CreditType], amounts: Amounts) -> str:
    """Amounts in words, each primary type with its subsets.

    ``1.50 hours, of which 0.50 Patient Safety``, and ``1.50 Category 1; 1.5 European`` where there
    are several primary types. An amount of nothing is left out, but for a single primary type.
    """
    given = list(types)
    primaries = [each for each in given if each.is_primary]
    if len(primaries) > 1:
        return _by_type(primaries, given, amounts)
    return "".join(
        amount(primary, amounts.get(primary.code, NO_CREDIT)) + of_which(primary, given, amounts)
        for primary in primaries
    )


def first_of(types: Iterable[CreditType], amounts: Amounts) -> str:
    """The amount of the first type with its unit: ``1.50 hours``; empty without any."""
    first = next(iter(types), None)
    return amount(first, amounts[first.code]) if first and amounts.get(first.code) else ""


def others_of(types: Iterable[CreditType], amounts: Amounts) -> str:
    """The amounts of all types but the first: ``0.50 Patient Safety``; empty without any."""
    others = [*types][1:]
    return ", ".join(of_type(each, amounts[each.code]) for each in others if amounts.get(each.code))


def without_unit(types: Sequence[CreditType], amounts: Amounts, *, named: bool) -> str:
    """A primary type's amount and its subsets in words, without a unit.

    ``8.50, of which 1.50 Patient Safety``, or ``8.50 Category 1, of which …`` if `named`.
    """
    primary = types[0]
    value = amounts.get(primary.code, NO_CREDIT)
    shown = of_type(primary, value) if named else primary.format(value)
    return shown + of_which(primary, types, amounts)


def beside_first(types: Iterable[CreditType], amounts: Amounts) -> str:
    """The amounts that stand beside that of the first type: ``Of which 0.50 Patient Safety``."""
    first, *others = types
    subsets = _subsets(first, others, amounts)
    primaries = [each for each in others if each.is_primary]
    also = _by_type(primaries, others, amounts)
    sentences = [BESIDE.format(amounts=subsets) if subsets else "", also]
    return OTHER_TYPE.join(filter(None, sentences))


def _by_type(primaries: Iterable[CreditType], given: list[CreditType], amounts: Amounts) -> str:
    return OTHER_TYPE.join(
        of_type(primary, amounts[primary.code]) + of_which(primary, given, amounts)
        for primary in primaries
        if amounts.get(primary.code)
    )


def of_which(primary: CreditType, given: Iterable[CreditType], amounts: Amounts) -> str:
    """The subsets that follow an amount: ``, of which 0.50 Patient Safety``; empty without any."""
    subsets = _subsets(primary, given, amounts)
    return OF_WHICH.format(amounts=subsets) if subsets else ""


def _subsets(primary: CreditType, given: Iterable[CreditType], amounts: Amounts) -> str:
    return listed(
        of_type(each, amounts[each.code])
        for each in given
        if each.part_of == primary.code and amounts.get(each.code)
    )


def listed(items: Iterable[str]) -> str:
    """Items as people list them: ``A``, ``A and B``, ``A, B and C``."""
    *others, last = list(items) or [""]
    return AND.join([", ".join(others), last] if others else [last])


def explanation(
    credit_type: CreditType, explained: Explanation, zone: ZoneInfo, *, primary: str = ""
) -> str:
    """Why an amount can be claimed: ``3.25: 4.00 less 0.75 that overlaps 8:00–10:00 am``.

    `primary` is the label of the type that a subset is part of. What does not count because of a
    need follows on lines of its own.
    """
    shown = credit_type.format(explained.amount)
    if explained.deductions:
        first = LESS_THAN_SUM.format(
            amount=shown,
            total=credit_type.format(explained.total),
            less=", ".join(
                _less(credit_type, deduction, zone, primary) for deduction in explained.deductions
            ),
        )
    else:
        first = SUM(explained.sessions, amount=shown)
    return "\n".join([first, *not_counted(credit_type, explained.unmet)])


def not_counted(credit_type: CreditType, unmet: Mapping[Need, int]) -> Iterator[str]:
    """How many sessions do not count for a type because of a need, by need."""
    for need, count in unmet.items():
        yield _NOT_COUNTED[need](count, label=credit_type.label)


def unmet(need: Need, labels: Iterable[str]) -> str:
    """That a session does not count for these types, and what to do."""
    return _UNMET[need].format(labels=listed(labels))


def of_part(
    credit_type: CreditType, value: Amount, full: Amount, minutes: int, duration: int
) -> str:
    """Why part of a session gives this amount."""
    whole_only = credit_type.partial is Partial.WHOLE_SESSION
    return (WHOLE_ONLY if whole_only else PART).format(
        label=credit_type.label,
        amount=credit_type.format(value),
        full=credit_type.format(full),
        minutes=minutes,
        duration=duration,
    )


def lowered(credit_type: CreditType, value: Amount, full: Amount) -> str:
    """That the attendee has lowered an amount."""
    return LOWERED.format(
        label=credit_type.label, amount=credit_type.format(value), full=credit_type.format(full)
    )


def minute_option(credit_type: CreditType, value: Amount, minutes: int | None) -> str:
    """An option of the minutes taken part: what they give, with the minutes themselves if given."""
    shown = credit_type.format(value)
    return shown if minutes is None else OPTION_MINUTES.format(amount=shown, minutes=minutes)


def opening(credit_type: CreditType, now: datetime, zone: ZoneInfo) -> str:
    """From or until when a type can be claimed that has times of its own; empty without any."""
    if credit_type.opens_at and now < credit_type.opens_at:
        template, at = OPENS, credit_type.opens_at
    elif credit_type.closes_at:
        template = CLOSES if now < credit_type.closes_at else CLOSED
        at = credit_type.closes_at
    else:
        return ""
    return template.format(label=credit_type.label, when=instant(at, zone))


def _less(credit_type: CreditType, deduction: Deduction, zone: ZoneInfo, primary: str) -> str:
    return _LESS[deduction.reason].format(
        amount=_exact(credit_type, deduction.amount),
        limit=credit_type.format(deduction.limit),
        when=_when(deduction, zone),
        primary=primary,
    )


def _when(deduction: Deduction, zone: ZoneInfo) -> str:
    if deduction.starts_at and deduction.ends_at:
        return day_span(deduction.starts_at, deduction.ends_at, zone)
    return short_day(deduction.day) if deduction.day else _DAYS


def _exact(credit_type: CreditType, increments: Fraction) -> str:
    """A part of an amount, with the decimals of the type or more where it needs them."""
    if increments.denominator == 1:
        return credit_type.format(Amount(int(increments)))
    shown = increments * credit_type.increment / credit_type.display_divisor
    return f"{float(shown):.3f}".rstrip("0")
