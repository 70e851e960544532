"""Texts of the credit that an attendee's sessions support, against what is claimed of it."""

from collections.abc import Iterable, Sequence
from typing import Final

from cme_reflex.domain.credit.credit_type import NO_CREDIT, Amount, Amounts, CreditType, CreditTypes
from cme_reflex.text.claims.credit import listed, unit, without_unit

REQUIRED: Final = "Required. Your sessions support {amount}."
ONE_REQUIRED: Final = "Choose at least one of {labels}. Your sessions support {amount}."
OPTIONAL: Final = "Optional, part of {primary}. Your sessions support {amount}."
WHY: Final = "How much do my sessions support?"
CLAIM_ALL: Final = "Claim all that my sessions support: {amounts}"
LESS: Final = "You claim {claimed} of the {supported} {unit} that your sessions support."
LESS_OF: Final = "You claim {claimed} of the {supported} {label} {unit} that your sessions support."
CLAIM_ALL_NOW: Final = "Claim all {amount}"
CLAIM_ALL_OF: Final = "Claim all {amount} {label}"
OF_SUPPORTED: Final = "{claimed} of {supported} supported"
CLAIMED_OF: Final = "{claimed} claimed of {supported} supported"

CLEARED: Final = (
    "Your claimed {labels} {unit} were above what your sessions now support, so choose them again."
)
CLEARED_CLOSED: Final = (
    "Your claimed {labels} {unit} were cleared: {labels} can no longer be claimed."
)
CLEARED_NOT_OFFERED: Final = (
    "Your claimed {labels} {unit} were cleared: your profession is not offered {labels}."
)


def total_hint(credit_type: CreditType, supported: Amount, types: CreditTypes) -> str:
    """What has to be chosen of a total, and what the sessions support of it."""
    shown = credit_type.format(supported)
    if credit_type.part_of:
        return OPTIONAL.format(primary=types[credit_type.part_of].label, amount=shown)
    if len(types.primaries) == 1:
        return REQUIRED.format(amount=shown)
    labels = listed(each.label for each in types.primaries)
    return ONE_REQUIRED.format(labels=labels, amount=shown)


def claim_all(types: Sequence[CreditType], supported: Amounts, *, named: bool) -> str:
    """The button that claims all of a primary type: ``…: 8.50, of which 1.50 Patient Safety``."""
    return CLAIM_ALL.format(amounts=without_unit(types, supported, named=named))


def lower_claim(
    lower: Iterable[CreditType], claimed: Amounts, supported: Amounts, *, named: bool
) -> str:
    """That less is claimed than the sessions support; empty if nothing is less.

    `lower` are the types of which it is less; `named` is whether primary types are named, too.
    """
    return " ".join(
        (LESS_OF if named or each.part_of else LESS).format(
            claimed=each.format(claimed.get(each.code, NO_CREDIT)),
            supported=each.format(supported[each.code]),
            label=each.label,
            unit=unit(each),
        )
        for each in lower
    )


def claim_rest(credit_type: CreditType, supported: Amounts, *, named: bool) -> str:
    """The button that claims all where less is claimed: ``Claim all 8.50``."""
    template = CLAIM_ALL_OF if named or credit_type.part_of else CLAIM_ALL_NOW
    return template.format(
        amount=credit_type.format(supported[credit_type.code]), label=credit_type.label
    )


def cleared(credit_types: Sequence[CreditType], *, offered: bool, is_open: bool) -> str:
    """That chosen totals of these types were cleared, and why."""
    template = CLEARED if is_open else CLEARED_CLOSED
    return (template if offered else CLEARED_NOT_OFFERED).format(
        labels=listed(each.label for each in credit_types), unit=unit(credit_types[0])
    )
