"""Amounts of credit in tables and settings: numbers of units, such as hours."""

from decimal import Decimal
from fractions import Fraction

from cme_reflex.domain.credit.credit_type import Amount, CreditType, InvalidAmount


def format_units(credit_type: CreditType, amount: Amount) -> str:
    """An amount in units, not as certificates show it: ``"1.50"``, also where CEU are shown."""
    units = amount * credit_type.increment
    digits = next((n for n in range(7) if (credit_type.increment * 10**n).denominator == 1), 6)
    return f"{Decimal(units.numerator) / Decimal(units.denominator):.{digits}f}"


def explain_amount(credit_type: CreditType, invalid: InvalidAmount) -> tuple[str, str]:
    """The fault of a text that is no amount of this type, and its remedy."""
    fault = f"{str(invalid.text)!r} is not an amount of {credit_type.label}."
    step, example = format_step(credit_type.increment), format_step(5 * credit_type.increment)
    return fault, f"Use a multiple of {step}, such as {example}."


def format_step(step: Fraction) -> str:
    """A number of units without trailing zeros, such as ``0.25``."""
    return f"{float(step):g}"
