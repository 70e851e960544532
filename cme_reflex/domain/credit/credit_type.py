"""Credit types as data: how an amount of credit is measured, rounded, limited, named and awarded.

No type, unit, rounding or wording stands in the code. An amount is a whole number of its type's
increments, such as quarter hours, and time is whole minutes; arithmetic in between is exact.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import NewType

Amount = NewType("Amount", int)
"""Credit of one type, as a whole number of the type's increments."""

Amounts = Mapping[str, Amount]
"""Amounts by the code of their credit type."""

NO_CREDIT = Amount(0)

_CODE = re.compile(r"[a-z][a-z0-9-]{0,31}")


class InvalidAmount(ValueError):
    """The text is not an amount of the credit type. `text` is what was entered."""

    def __init__(self, text: object, example: str) -> None:
        super().__init__(f"{str(text)!r} is not an amount of credit, such as {example}.")
        self.text = text


class UnknownCreditType(LookupError):
    """The meeting has no such credit type, or does not offer it to the attendee."""

    def __init__(self, code: object) -> None:
        super().__init__(f"There is no credit type {code!r} here.")
        self.code = code


class Rounding(StrEnum):
    """How a full duration becomes an amount; a tie under NEAREST goes up."""

    NEAREST = "nearest"
    DOWN = "down"


class Partial(StrEnum):
    """Whether a session that was attended in part gives credit."""

    YES = "yes"
    WHOLE_SESSION = "whole session"


class Need(StrEnum):
    """What a session or a claim needs, beyond being on the claim, to count for the type."""

    NONE = "none"
    SESSION_EVALUATION = "session evaluation"
    OVERALL_EVALUATION = "overall evaluation"
    ATTENDANCE_RECORD = "attendance record"


class Receiver(StrEnum):
    """Who the credit is reported to."""

    NONE = "none"
    PARS = "pars"
    CE_BROKER = "ce_broker"
    CPE_MONITOR = "cpe_monitor"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditStatements:
    """Wording of certificates, word for word as the provider gives it; empty ones are left out."""

    accreditation: str = ""
    designation: str = ""
    award: str = ""
    participation: str = ""

    @property
    def of_accreditor(self) -> tuple[str, ...]:
        """The statements that accreditors ask for on a certificate's face."""
        return tuple(filter(None, (self.accreditation, self.designation)))


@dataclass(frozen=True, kw_only=True)
class CreditType:
    """A credit type of a meeting: a primary one, or a subset of a primary one (`part_of`).

    Amounts (`maximum` …) are in increments, `minimum` is in minutes of a session, and instants are
    aware. `name_one` and `name_many` are what certificates say: "1.00 AMA PRA Category 1
    Credit™", "8.50 AMA PRA Category 1 Credits™". `from_duration` is whether a session without a
    designated amount gives its rounded duration; unless said, a primary type does and a subset does
    not.
    """

    code: str
    label: str
    name_one: str
    name_many: str
    accreditor: str = ""
    minutes_per_unit: int = 60
    increment: Fraction = Fraction(1, 4)
    rounding: Rounding = Rounding.NEAREST
    minimum: int = 0
    partial: Partial = Partial.YES
    display_divisor: int = 1
    from_duration: bool | None = None
    maximum: Amount | None = None
    daily_maximum: Amount | None = None
    registration_maxima: Amounts = field(default_factory=dict, hash=False)
    part_of: str | None = None
    awarded_to: frozenset[str] = frozenset()
    participation_for: frozenset[str] = frozenset()
    needs: Need = Need.NONE
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    statements: CreditStatements = CreditStatements()
    provider_number: str = ""
    identifier_label: str = ""
    identifier_pattern: str = ""
    reported_to: Receiver = Receiver.NONE

    def __post_init__(self) -> None:
        if not _CODE.fullmatch(self.code):
            raise ValueError(f"{self.code!r} is not a code such as ama-pra-1")
        if self.minutes_per_unit < 1 or self.increment <= 0 or self.display_divisor < 1:
            raise ValueError(f"{self.code}: unit, increment and display divisor are positive")
        if (1 / self.increment).denominator != 1:
            raise ValueError(f"{self.code}: a unit is no whole number of increments")

    @property
    def is_primary(self) -> bool:
        """Whether it is no subset of another type."""
        return self.part_of is None

    @property
    def gives_duration(self) -> bool:
        """Whether a session without a designated amount gives its rounded duration."""
        return self.is_primary if self.from_duration is None else self.from_duration

    def is_open(self, now: datetime) -> bool:
        """Whether it can be chosen at `now` (aware), so far as it has dates of its own."""
        opened = self.opens_at is None or self.opens_at <= now
        return opened and (self.closes_at is None or now < self.closes_at)

    @cached_property
    def minutes_per_increment(self) -> Fraction:
        """Minutes that one increment stands for: 15 for quarter hours, 12.5 for quarters of 50."""
        return self.minutes_per_unit * self.increment

    def of_duration(self, minutes: int) -> Amount:
        """A full duration in whole minutes as credit, rounded by the type.

        A duration below `minimum` gives nothing, nor does a negative one.
        """
        if minutes < self.minimum:
            return NO_CREDIT
        exact = minutes / self.minutes_per_increment
        if self.rounding is Rounding.NEAREST:
            exact += Fraction(1, 2)
        return Amount(max(0, int(exact)))

    def of_part(self, minutes: int) -> Amount:
        """Part of a session in whole minutes as credit: the increments that fit, rounded down.

        Nothing where only whole sessions count, or below `minimum`.
        """
        if self.partial is Partial.WHOLE_SESSION or minutes < self.minimum:
            return NO_CREDIT
        return Amount(max(0, int(minutes / self.minutes_per_increment)))

    def minutes_of(self, amount: Amount) -> int:
        """Whole minutes that an amount stands for, rounded up."""
        return -(-amount * self.minutes_per_increment // 1)

    def format(self, amount: Amount) -> str:
        """An amount as it is shown, with the increment's decimals: ``"8.50"``.

        More only where the display divisor makes them necessary: 1.5 hours are ``"0.15"`` CEU,
        and 0.25 hours are ``"0.025"``.
        """
        shown = self._shown(amount)
        return f"{shown:.{max(self._digits, _decimals(shown))}f}"

    def number(self, amount: Amount) -> Decimal:
        """An amount as it is shown, as a number with the decimals of `format`."""
        return Decimal(self.format(amount))

    def name(self, amount: Amount) -> str:
        """The name that goes with an amount: one only for exactly one unit as shown."""
        return self.name_one if self.is_one(amount) else self.name_many

    def is_one(self, amount: Amount) -> bool:
        """Whether an amount is exactly one unit as shown."""
        return self._shown(amount) == 1

    def parse(self, text: str | Decimal) -> Amount:
        """An amount from a number of units, such as ``"8.50"``, not of units as shown.

        Raises InvalidAmount for anything but a plain decimal number that is not negative and a
        whole number of increments.
        """
        written = f"{text:f}" if isinstance(text, Decimal) else text.strip()
        if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,6})?", written):
            raise InvalidAmount(text, f"{float(self.increment):g}")
        amount = Fraction(written) / self.increment
        if amount.denominator != 1:
            raise InvalidAmount(text, f"{float(self.increment):g}")
        return Amount(int(amount))

    def parse_shown(self, text: str) -> Amount:
        """An amount from what `format` shows. Raises InvalidAmount."""
        written = text.strip()
        if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,6})?", written):
            raise InvalidAmount(text, self.format(Amount(1)))
        return self.parse(Decimal(written) * self.display_divisor)

    def _shown(self, amount: Amount) -> Decimal:
        shown = amount * self.increment / self.display_divisor
        return Decimal(shown.numerator) / Decimal(shown.denominator)

    @cached_property
    def _digits(self) -> int:
        """Decimals of the increment: 2 for quarters, 0 for points."""
        increment = Decimal(self.increment.numerator) / Decimal(self.increment.denominator)
        return _decimals(increment)


@dataclass(frozen=True)
class CreditTypes:
    """Credit types; iteration yields each primary one, in the order given, before its subsets.

    Raises ValueError for two types with one code, and for a subset that is not part of a primary
    type, or that is measured in another unit or increment than its primary type.
    """

    types: tuple[CreditType, ...]

    def __post_init__(self) -> None:
        if len(self._by_code) < len(self.types):
            raise ValueError("two credit types have the same code")
        for each in self.types:
            if each.part_of is None:
                continue
            whole = self._by_code.get(each.part_of)
            if whole is None or not whole.is_primary:
                raise ValueError(f"{each.code}: {each.part_of!r} is not a primary credit type")
            if each.minutes_per_increment != whole.minutes_per_increment or (
                each.increment != whole.increment
            ):
                raise ValueError(f"{each.code}: unit and increment are not those of {whole.code}")

    def __iter__(self) -> Iterator[CreditType]:
        return iter(self._ordered)

    def __len__(self) -> int:
        return len(self.types)

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __getitem__(self, code: object) -> CreditType:
        """The type with this code. Raises UnknownCreditType."""
        # Not `code in`: what a browser sends may be unhashable.
        if not isinstance(code, str) or code not in self._by_code:
            raise UnknownCreditType(code)
        return self._by_code[code]

    @cached_property
    def primaries(self) -> tuple[CreditType, ...]:
        """The primary types, in order."""
        return tuple(each for each in self.types if each.is_primary)

    @cached_property
    def first_primary(self) -> CreditType | None:
        """The first primary type, whose amounts stand first; None where there is none."""
        return next(iter(self.primaries), None)

    def subsets_of(self, code: str) -> tuple[CreditType, ...]:
        """The subsets of a primary type, in order."""
        return tuple(each for each in self.types if each.part_of == code)

    def is_open(self, credit_type: CreditType, now: datetime) -> bool:
        """Whether one of these types can be chosen at `now` (aware), a subset with its primary.

        So far as they have dates of their own; the meeting's claim period is another matter.
        """
        whole = credit_type.is_primary or self[credit_type.part_of].is_open(now)
        return whole and credit_type.is_open(now)

    def offered_to(self, profession: str) -> "CreditTypes":
        """The types that a profession can claim: awarded to it, or with participation for it.

        A subset that names no profession follows its primary type, and none is offered without it.
        """
        primaries = {each.code for each in self.primaries if _names(each, profession)}
        return CreditTypes(
            tuple(
                each
                for each in self
                if each.code in primaries
                or (each.part_of in primaries and _includes(each, profession))
            )
        )

    @cached_property
    def _by_code(self) -> dict[str, CreditType]:
        return {each.code: each for each in self.types}

    @cached_property
    def _ordered(self) -> tuple[CreditType, ...]:
        return tuple(
            each for whole in self.primaries for each in (whole, *self.subsets_of(whole.code))
        )


def _names(credit_type: CreditType, profession: str) -> bool:
    return profession in credit_type.awarded_to | credit_type.participation_for


def _includes(subset: CreditType, profession: str) -> bool:
    names_none = not (subset.awarded_to or subset.participation_for)
    return names_none or _names(subset, profession)


def _decimals(number: Decimal) -> int:
    """The decimals that a number needs, at most six."""
    return min(6, max(0, -int(number.normalize().as_tuple().exponent)))
