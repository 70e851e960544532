"""The [[credit]] tables of meeting.toml: the meeting's credit types as they are written."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from cme_reflex.domain.credit.credit_type import (
    Amount,
    CreditStatements,
    CreditType,
    InvalidAmount,
    Need,
    Partial,
    Receiver,
    Rounding,
)
from cme_reflex.formats.input_problems import InputProblem
from cme_reflex.formats.meeting_folder.credit import identifier_pattern
from cme_reflex.formats.meeting_folder.keys import unknown_keys
from cme_reflex.formats.meeting_folder.toml_problems import toml_fault, validation_problem
from cme_reflex.formats.tables.amounts import explain_amount

TIME_KEYS = ("opens_at", "closes_at")

_CODE = re.compile(r"[a-z][a-z0-9-]{0,31}")
AMOUNTS = ("maximum", "daily_maximum")
_PLAIN = re.compile(r"[0-9]{1,4}(\.[0-9]{1,6})?")
STATEMENTS = {
    "accreditation_statement": "accreditation",
    "designation_statement": "designation",
    "award": "award",
    "participation": "participation",
}
_LISTS = ("awarded_to", "participation_for")


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditName:
    """What certificates call exactly one unit, and any other number of them."""

    one: str
    many: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditTable:
    """One [[credit]] table. Amounts are in units, such as hours; keys left out are None."""

    code: str
    label: str
    name: CreditName
    accreditor: str | None = None
    minutes_per_unit: int | None = None
    increment: Decimal | None = None
    rounding: Rounding | None = None
    minimum: int | None = None
    partial: Partial | None = None
    display_divisor: int | None = None
    from_duration: bool | None = None
    maximum: Decimal | None = None
    daily_maximum: Decimal | None = None
    registration_maxima: dict[str, Decimal] | None = None
    part_of: str | None = None
    awarded_to: tuple[str, ...] | None = None
    participation_for: tuple[str, ...] | None = None
    needs: Need | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    accreditation_statement: str | None = None
    designation_statement: str | None = None
    award: str | None = None
    participation: str | None = None
    provider_number: str | None = None
    identifier_label: str | None = None
    identifier_pattern: str | None = None
    reported_to: Receiver | None = None


Place = tuple[Literal["credit"], int]
"""The path of a [[credit]] table in the file, counted from 0."""


@lru_cache
def _adapter() -> TypeAdapter[CreditTable]:
    return TypeAdapter(CreditTable)


def read_credit_types(
    tables: object, problems: list[InputProblem]
) -> tuple[CreditType, ...] | None:
    """The credit types of these tables, in their order; None after adding the faults."""
    if not isinstance(tables, list):
        fault = "This is not a list of tables." if tables is not None else "The key is missing."
        problems.append(toml_fault("credit", fault, "Begin each credit type with [[credit]]."))
        return None
    found: list[InputProblem] = []
    types = [_read(table, ("credit", number), found) for number, table in enumerate(tables)]
    problems += found
    return None if found else tuple(each for each in types if each is not None)


def _read(table: object, place: Place, problems: list[InputProblem]) -> CreditType | None:
    if not isinstance(table, dict):
        problems.append(
            toml_fault(place, "This is not a table.", "Begin each credit type with [[credit]].")
        )
        return None
    problems += unknown_keys(table, CreditTable, place)
    malformed = list(_malformed(table, place))
    problems += malformed
    reported = {problem.column for problem in problems}
    try:
        written = _adapter().validate_python(table)
    except ValidationError as invalid:
        found = (validation_problem(error, place) for error in invalid.errors())
        problems += [problem for problem in found if problem.column not in reported]
        return None
    unusable = list(_unusable(written, place))
    problems += unusable
    return None if malformed or unusable else _credit_type(written, place, problems)


def _malformed(table: Mapping[str, Any], place: Place) -> Iterator[InputProblem]:
    """Faults of a name without two forms, and of what is no plain number: true, nan or 1e9."""
    if not isinstance(table.get("name", {}), dict):
        fault = "A name has two forms: for exactly one, and for any other number."
        remedy = 'Write it as { one = "Credit", many = "Credits" }.'
        yield toml_fault((*place, "name"), fault, remedy)
    maxima = table.get("registration_maxima")
    values: dict[tuple[str, ...], Any] = {
        (key,): table[key] for key in ("increment", *AMOUNTS) if key in table
    }
    if isinstance(maxima, dict):
        values |= {("registration_maxima", key): value for key, value in maxima.items()}
    for path, value in values.items():
        if not isinstance(value, int | Decimal) or isinstance(value, bool) or not _is_plain(value):
            fault = f"{str(value)!r} is not an amount of credit."
            yield toml_fault((*place, *path), fault, "Write a number, such as 60.75.")


def _is_plain(value: int | Decimal) -> bool:
    if isinstance(value, Decimal) and (not value.is_finite() or abs(value.adjusted()) > 6):
        return False
    return _PLAIN.fullmatch(f"{value:f}" if isinstance(value, Decimal) else str(value)) is not None


def _unusable(table: CreditTable, place: Place) -> Iterator[InputProblem]:
    """Faults of single values without which there is no credit type."""
    if not _CODE.fullmatch(table.code):
        fault = f"{table.code!r} is not a code."
        remedy = "Use up to 32 lowercase letters, digits and hyphens, such as ama-pra-1."
        yield toml_fault((*place, "code"), fault, remedy)
    for key in ("minutes_per_unit", "display_divisor"):
        value = getattr(table, key)
        if value is not None and not 0 < value <= 10_000:
            fault = f"{value} is not a number from 1 to 10,000."
            yield toml_fault((*place, key), fault, "Correct it.")
    if table.minimum is not None and not 0 <= table.minimum <= 1_440:
        fault = f"{table.minimum} is not a number of minutes from 0 to 1,440."
        yield toml_fault((*place, "minimum"), fault, "Correct it.")
    increment = table.increment
    if increment is not None and (not increment or (1 / Fraction(increment)).denominator != 1):
        fault = f"One unit is no whole number of increments of {increment}."
        remedy = "Use an increment such as 0.25, 0.5 or 1."
        yield toml_fault((*place, "increment"), fault, remedy)
    if table.identifier_pattern is not None:
        try:
            identifier_pattern.check(table.identifier_pattern)
        except identifier_pattern.InvalidPattern as error:
            fault = f"This is not a regular expression: {error}."
            yield toml_fault((*place, "identifier_pattern"), fault, "Correct it.")


def _credit_type(
    table: CreditTable, place: Place, problems: list[InputProblem]
) -> CreditType | None:
    """The credit type; None after a fault of an amount that is no whole number of increments."""
    written = {each.name: getattr(table, each.name) for each in fields(table)}
    given = {key: value for key, value in written.items() if value is not None}
    maxima: Mapping[str, Decimal] = given.pop("registration_maxima", {})
    amounts: dict[str, Decimal] = {key: given.pop(key) for key in AMOUNTS if key in given}
    statements = {STATEMENTS[key]: given.pop(key) for key in STATEMENTS if key in given}
    name: CreditName = given.pop("name")
    if "increment" in given:
        given["increment"] = Fraction(given["increment"])
    given |= {key: frozenset(given[key]) for key in _LISTS if key in given}
    bare = CreditType(
        **given,
        name_one=name.one,
        name_many=name.many,
        statements=CreditStatements(**statements),
    )
    faults: list[InputProblem] = []
    parsed: dict[str, Any] = {
        key: _amount(bare, amount, (*place, key), faults) for key, amount in amounts.items()
    }
    parsed["registration_maxima"] = {
        code: _amount(bare, amount, (*place, "registration_maxima", code), faults)
        for code, amount in maxima.items()
    }
    problems += faults
    return None if faults else replace(bare, **parsed)


def _amount(
    credit_type: CreditType,
    amount: Decimal,
    path: Sequence[str | int],
    faults: list[InputProblem],
) -> Amount | None:
    try:
        return credit_type.parse(amount)
    except InvalidAmount as invalid:
        faults.append(toml_fault(path, *explain_amount(credit_type, invalid)))
        return None
