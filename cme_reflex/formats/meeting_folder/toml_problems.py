"""Problems of meeting.toml: place, fault and remedy."""

from collections.abc import Sequence
from dataclasses import replace

from pydantic_core import ErrorDetails

from cme_reflex.formats.input_problems import InputProblem, Severity
from cme_reflex.formats.meeting_folder.keys import MEETING_TOML, key_path

Path = str | Sequence[str | int]
"""A place in the file: a key as it is shown, or its path, counted from 0."""

_REMEDIES = {
    "missing": "Add it.",
    "string_type": "Write a text in quotes.",
    "bool_type": "Write true or false.",
    "bool_parsing": "Write true or false.",
    "int_type": "Write a whole number.",
    "int_parsing": "Write a whole number.",
    "int_from_float": "Write a whole number.",
    "date_type": "Write a date, such as 2024-09-26.",
    "date_parsing": "Write a date, such as 2024-09-26.",
    "date_from_datetime_inexact": "Write a date without a time, such as 2024-09-26.",
    "datetime_type": "Write a date and time, such as 2024-09-26T08:00:00.",
    "datetime_parsing": "Write a date and time, such as 2024-09-26T08:00:00.",
    "dataclass_type": "Write it as a table of its own, in brackets.",
    "dict_type": "Write it in braces, such as { one-day = 2.00 }.",
    "tuple_type": "Write a list.",
}


def toml_fault(path: Path, fault: str, remedy: str) -> InputProblem:
    """A fault of a value."""
    return InputProblem(MEETING_TOML, None, _shown(path), fault, remedy)


def toml_warning(path: Path, fault: str, remedy: str) -> InputProblem:
    """A warning about a value, which may be intended."""
    return replace(toml_fault(path, fault, remedy), severity=Severity.WARNING)


def validation_problem(error: ErrorDetails, table: Sequence[str | int] = ()) -> InputProblem:
    """The fault of a validation error in the table at this path."""
    fault = "The key is missing." if error["type"] == "missing" else f"{error['msg']}."
    if error["type"] == "enum":
        expected = str(error.get("ctx", {}).get("expected", ""))
        fault, remedy = f"{error['input']!r} is not known here.", f"Write {expected}."
    else:
        remedy = _REMEDIES.get(error["type"], "Correct it.")
    return toml_fault((*table, *error["loc"]), fault.replace("Value error, ", ""), remedy)


def _shown(path: Path) -> str:
    return path if isinstance(path, str) else key_path(tuple(path))
