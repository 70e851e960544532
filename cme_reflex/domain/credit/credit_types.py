"""The credit types of a meeting as an ordered collection, and those offered to a profession."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from cme_reflex.domain.credit.credit_type import CreditType


class UnknownCreditType(LookupError):
    """The meeting has no such credit type, or does not offer it to the attendee."""

    def __init__(self, code: object) -> None:
        super().__init__(f"There is no credit type {code!r} here.")
        self.code = code


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
