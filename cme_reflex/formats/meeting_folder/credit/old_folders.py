"""Old folders: meeting.toml with two fixed credit types, and their columns in sessions.csv.

Before [[credit]], a meeting had Category 1 and its subset, Patient Safety, two professions, and a
registration type had `maximum_hours`. These keys and columns are read as the new ones, and
`cme meeting upgrade` rewrites them.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from cme_reflex.formats.input_problems import InputProblem
from cme_reflex.formats.meeting_folder.keys import unknown_key
from cme_reflex.formats.meeting_folder.toml_problems import toml_fault

CATEGORY1, SAFETY = "category1", "safety"
COLUMNS = {"category1_hours": CATEGORY1, "patient_safety_hours": SAFETY}
"""Codes of credit types by their old columns of sessions.csv."""

PHYSICIAN, OTHER = "physician", "other"
PROFESSIONS: tuple[Mapping[str, Any], ...] = (
    {"code": PHYSICIAN, "label": "Physician (MD or DO)", "degrees": ["MD", "DO"]},
    {"code": OTHER, "label": "Other profession", "degrees": []},
)
STATEMENTS = ("accreditation_statement", "designation_statement")

_KEYS = ("label", "name", "maximum_hours")
_CREDIT = re.compile(r"\b(Credit|Hour|Point|Unit)s?\b(?!.*\b\1s?\b)")

Places = Mapping[str, str]
"""Keys of an old file by the new keys that they are read as."""


def has_old_keys(file: Mapping[str, Any]) -> bool:
    """Whether the content of meeting.toml is that of an old folder."""
    return isinstance(file.get("credit"), dict)


def with_new_keys(
    file: Mapping[str, Any], problems: list[InputProblem]
) -> tuple[dict[str, Any], Places]:
    """The content of an old meeting.toml under the new keys, and the places of these.

    `credit` is None after a fault without which there are no credit types.
    """
    credit: dict[str, Any] = file["credit"]
    places: dict[str, str] = {}
    known = {CATEGORY1, SAFETY}
    problems += [
        unknown_key(("credit", key), known - credit.keys()) for key in credit if key not in known
    ]
    tables = []
    for code in (CATEGORY1, SAFETY):
        if _is_complete(credit, code, problems):
            tables.append(credit_table(code, credit[code]["label"], credit[code]["name"]))
            tables[-1]["maximum"] = credit[code]["maximum_hours"]
            place = f"credit[{len(tables)}]"
            places[f"{place}.maximum"] = f"credit.{code}.maximum_hours"
            places[place] = f"credit.{code}"
    new = {**file, "credit": tables if len(tables) == len(known) else None}
    statements, maxima = _moved_statements(new), _moved_maxima(new, places)
    if tables:
        tables[0] |= statements
        tables[0] |= {"registration_maxima": maxima} if maxima else {}
    new.setdefault("professions", [dict(each) for each in PROFESSIONS])
    return new, places


def old_place(problem: InputProblem, places: Places) -> InputProblem:
    """The problem with the key that stands in the old file."""
    column = problem.column or ""
    for new, old in sorted(places.items(), reverse=True):  # the longest key of several that fit
        if column == new or column.startswith((f"{new}.", f"{new}[")):
            return replace(problem, column=old + column.removeprefix(new))
    return problem


def credit_table(code: str, label: str, name: str) -> dict[str, Any]:
    """The keys of one of the two fixed credit types, without amounts and statements."""
    table: dict[str, Any] = {"code": code, "label": label, "name": credit_name(name)}
    if code == SAFETY:
        return table | {"part_of": CATEGORY1, "reported_to": "pars"}
    professions = {"awarded_to": [PHYSICIAN], "participation_for": [OTHER]}
    return table | professions | {"reported_to": "pars"}


def credit_name(name: str) -> dict[str, str]:
    """The singular and the plural of a name: …Credit™ and …Credits™; else the name for both."""
    return {"one": _CREDIT.sub(r"\1", name), "many": _CREDIT.sub(r"\1s", name)}


def _is_complete(credit: Mapping[str, Any], code: str, problems: list[InputProblem]) -> bool:
    """Whether the table of this type has what it needs; adds the faults."""
    table = credit.get(code)
    if not isinstance(table, dict):
        fault, remedy = "This is not a table.", f"Begin it with [credit.{code}]."
        if table is None:
            fault, remedy = "The key is missing.", "Add it."
        problems.append(toml_fault(f"credit.{code}", fault, remedy))
        return False
    missing = {key for key in _KEYS if key not in table}
    problems += [unknown_key(("credit", code, key), missing) for key in table if key not in _KEYS]
    problems += [
        toml_fault(f"credit.{code}.{key}", "The key is missing.", "Add it.")
        for key in _KEYS
        if key in missing
    ]
    untexted = [key for key in ("label", "name") if not isinstance(table.get(key, ""), str)]
    problems += [
        toml_fault(f"credit.{code}.{key}", "This is not a text.", "Write a text in quotes.")
        for key in untexted
    ]
    return not missing and not untexted


def _moved_statements(file: dict[str, Any]) -> dict[str, Any]:
    """Take the provider's statements, which now belong to a credit type, out of the content."""
    provider = file.get("provider")
    if not isinstance(provider, dict):
        return {}
    file["provider"] = {key: text for key, text in provider.items() if key not in STATEMENTS}
    return {key: provider[key] for key in STATEMENTS if key in provider}


def _moved_maxima(file: dict[str, Any], places: dict[str, str]) -> dict[str, Decimal | int]:
    """Take the maxima of registration types, which now belong to a credit type, out."""
    types = file.get("registration_types")
    if not isinstance(types, list):
        return {}
    maxima, rest = {}, []
    for number, each in enumerate(types, start=1):
        table = dict(each) if isinstance(each, dict) else each
        code = table.get("code") if isinstance(table, dict) else None
        if isinstance(code, str) and "maximum_hours" in table:
            maxima[code] = table.pop("maximum_hours")
            place = f"registration_types[{number}].maximum_hours"
            places[f"credit[1].registration_maxima.{code}"] = place
        rest.append(table)
    file["registration_types"] = rest
    return maxima
