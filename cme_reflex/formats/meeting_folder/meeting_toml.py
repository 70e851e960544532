"""Reading and validation of meeting.toml."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from cme_reflex.domain.credit import quarters
from cme_reflex.domain.credit.quarters import InvalidHours
from cme_reflex.domain.meetings.meeting import Meeting, ReportingTerms
from cme_reflex.domain.reporting.learner import BOARDS
from cme_reflex.domain.reporting.pars import is_activity_id
from cme_reflex.formats import input_limits
from cme_reflex.formats.input_problems import InputProblem, InvalidInput
from cme_reflex.formats.meeting_folder.document import meeting_adapter
from cme_reflex.formats.meeting_folder.keys import MEETING_TOML, key_path, unknown_key, unknown_keys
from cme_reflex.formats.tables.local_time import ZONE_REMEDY, ClockChange, known_zone, localize
from cme_reflex.formats.tables.text_file import read_text

_TIME_KEYS = ("opens_at", "closes_at", "on_demand_from")

# A key such as a.b.c; the quantifiers are possessive, so that the search takes linear time.
_KEY = r"[\w\"'-]"
_DEEP_KEY = re.compile(rf"(?<!{_KEY})(?:{_KEY}++[ \t]*+\.[ \t]*+){{{input_limits.DEPTH.maximum},}}")

_REMEDIES = {
    "missing": "Add it.",
    "string_type": "Write a text in quotes.",
    "bool_type": "Write true or false.",
    "bool_parsing": "Write true or false.",
    "int_type": "Write a whole number.",
    "int_parsing": "Write a whole number.",
    "date_type": "Write a date, such as 2024-09-26.",
    "date_parsing": "Write a date, such as 2024-09-26.",
    "date_from_datetime_inexact": "Write a date without a time, such as 2024-09-26.",
    "datetime_type": "Write a date and time, such as 2024-09-26T08:00:00.",
    "datetime_parsing": "Write a date and time, such as 2024-09-26T08:00:00.",
    "dataclass_type": "Write it as a table of its own, in brackets.",
    "tuple_type": "Write a list.",
}


def read_meeting(path: Path) -> Meeting:
    """Read meeting.toml. Raises InvalidInput with every fault in it.

    Hours become quarter hours; times without an offset are local times of the
    meeting's time zone.
    """
    problems: list[InputProblem] = []
    data = _meeting_fields(_read_toml(path), problems)
    problems += unknown_keys(data, Meeting, ())
    _localize_times(data, problems)
    reported = {problem.column for problem in problems}
    try:
        meeting = meeting_adapter().validate_python(data)
    except ValidationError as invalid:
        validation_problems = (_problem(error) for error in invalid.errors())
        problems += [p for p in validation_problems if p.column not in reported]
        raise InvalidInput(problems) from None
    problems += _contradictions(meeting)
    if problems:
        raise InvalidInput(problems)
    return meeting


def _read_toml(path: Path) -> dict[str, Any]:
    text = read_text(path, input_limits.SETTINGS_BYTES)
    if not text.strip():
        remedy = "Start from the template that cme meeting new creates."
        raise InvalidInput([InputProblem(MEETING_TOML, None, None, "The file is empty.", remedy)])
    if dotted := _DEEP_KEY.search(text):  # which tomllib reads in quadratic time
        line = text.count("\n", 0, dotted.start()) + 1
        raise InvalidInput([input_limits.DEPTH.problem(MEETING_TOML, line)])
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        fault, row = _message_and_row(str(error))
        problem = InputProblem(
            MEETING_TOML, row, None, f"This is not valid TOML: {fault}.", "Correct that line."
        )
        raise InvalidInput([problem]) from None
    except RecursionError:
        raise InvalidInput([input_limits.DEPTH.problem(MEETING_TOML)]) from None
    except ValueError:  # a number with thousands of digits
        problem = InputProblem(
            MEETING_TOML, None, None, "This cannot be read as TOML.", "Write it again."
        )
        raise InvalidInput([problem]) from None


def _message_and_row(error: str) -> tuple[str, int | None]:
    """The parser's message without its position, and the row number of the position, if any."""
    position = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", error)
    if position is None:
        return error, None
    if position[1] is None:
        return f"{error[: position.start()]}, at the end of the file", None
    return error[: position.start()], int(position[1])


def _meeting_fields(file: dict[str, Any], problems: list[InputProblem]) -> dict[str, Any]:
    """The file's content with the field names of Meeting."""
    data = dict(file)
    credits_ = _pop_table(data, "credit", {"category1", "safety"}, problems)
    data |= {key: value for key, value in credits_.items() if key in {"category1", "safety"}}
    data |= _pop_table(data, "privacy", {"text"}, problems, rename={"text": "privacy"})
    for name, form in (
        ("session_evaluation", "session_form"),
        ("overall_evaluation", "overall_form"),
    ):
        if name in data:
            data[form] = {"questions": data.pop(name)}
    for key in ("category1", "safety"):
        if key in data:
            data[key] = _with_quarters(data[key], f"credit.{key}", problems)
    if isinstance(types := data.get("registration_types"), list):
        data["registration_types"] = [
            _with_quarters(table, f"registration_types[{number}]", problems)
            for number, table in enumerate(types, start=1)
        ]
    return data


def _pop_table(
    data: dict[str, Any],
    name: str,
    known: set[str],
    problems: list[InputProblem],
    rename: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Remove a table from the data and return it with known keys renamed; others are faults."""
    table = data.pop(name, {})
    if not isinstance(table, dict):
        problems.append(
            InputProblem(
                MEETING_TOML, None, name, "This is not a table.", f"Begin it with [{name}]."
            )
        )
        return {}
    unknown = sorted(table.keys() - known)
    problems.extend(unknown_key((name, key), known - table.keys()) for key in unknown)
    return {(rename or {}).get(key, key): table[key] for key in table.keys() & known}


def _with_quarters(table: Any, path: str, problems: list[InputProblem]) -> Any:
    """The table with maximum_hours as `maximum`, in quarter hours."""
    if not isinstance(table, dict):
        return table
    table = dict(table)
    if "maximum" in table:
        problems.append(unknown_key((path, "maximum"), {"maximum_hours"}))
    if "maximum_hours" in table:
        hours = table.pop("maximum_hours")
        try:
            table["maximum"] = quarters.parse_hours(
                hours if isinstance(hours, Decimal) else str(hours)
            )
        except InvalidHours:
            fault = f"{str(hours)!r} is not a number of credit hours."
            remedy = "Use quarter hours, such as 60.75."
            problems.append(
                InputProblem(MEETING_TOML, None, f"{path}.maximum_hours", fault, remedy)
            )
    return table


def _localize_times(data: dict[str, Any], problems: list[InputProblem]) -> None:
    """Localize the claim's times in the meeting's zone."""
    claim = data.get("claim")
    name = data.get("time_zone")
    zone = known_zone(name) if isinstance(name, str) else None
    if isinstance(name, str) and zone is None:
        fault = f"There is no time zone {name!r}."
        problems.append(InputProblem(MEETING_TOML, None, "time_zone", fault, ZONE_REMEDY))
    zone = zone or ZoneInfo("UTC")
    if not isinstance(claim, dict):
        return
    data["claim"] = claim = dict(claim)
    for key in _TIME_KEYS:
        time = claim.get(key)
        if not isinstance(time, datetime):
            # A date without a time would silently be taken as midnight.
            if time is not None:
                claim[key] = str(time) if isinstance(time, str) else []
            continue
        try:
            claim[key] = localize(time, zone)
        except ClockChange:
            fault = f"The clocks of {zone.key} change at {time.isoformat()}."
            remedy = "Write it with its offset, such as 2024-11-03T01:30:00-06:00."
            problems.append(InputProblem(MEETING_TOML, None, f"claim.{key}", fault, remedy))
            claim[key] = time.replace(tzinfo=zone)
        except OverflowError:
            fault = f"{time.isoformat()} is before the first year or after the last."
            problems.append(
                InputProblem(MEETING_TOML, None, f"claim.{key}", fault, "Check the year.")
            )
            claim[key] = datetime(2 if time.year == 1 else 9998, 1, 1, tzinfo=UTC)


def _problem(error: ErrorDetails) -> InputProblem:
    fault = "The key is missing." if error["type"] == "missing" else f"{error['msg']}."
    if error["type"] == "enum":
        expected = str(error.get("ctx", {}).get("expected", ""))
        fault, remedy = f"{error['input']!r} is not known here.", f"Write {expected}."
    else:
        remedy = _REMEDIES.get(error["type"], "Correct it.")
    return InputProblem(
        MEETING_TOML, None, key_path(error["loc"]), fault.replace("Value error, ", ""), remedy
    )


def _contradictions(meeting: Meeting) -> Iterator[InputProblem]:
    """Faults of valid values that contradict each other."""
    if meeting.ends_on < meeting.starts_on:
        yield _fault(
            "ends_on", "The meeting ends before it starts.", "Check starts_on and ends_on."
        )
    if meeting.claim.closes_at <= meeting.claim.opens_at:
        fault = "The claim period closes before it opens."
        yield _fault("claim.closes_at", fault, "Check opens_at and closes_at.")
    if meeting.safety.maximum > meeting.category1.maximum:
        fault = "Patient Safety is part of Category 1 and cannot have a higher maximum."
        yield _fault("credit.safety.maximum_hours", fault, "Lower it.")
    if not meeting.registration_types:
        yield _fault("registration_types", "There is no registration type.", "Add one.")
    yield from _unreportable(meeting.reporting)
    codes = [kind.code for kind in meeting.registration_types]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        fault = f"Two registration types have the code {code!r}."
        yield _fault("registration_types", fault, "Make each code unique.")


def _unreportable(terms: ReportingTerms) -> Iterator[InputProblem]:
    """Faults of values that ACCME's PARS would reject."""
    if terms.pars_activity_id and not is_activity_id(terms.pars_activity_id):
        fault = f"{terms.pars_activity_id!r} is not a PARS activity ID."
        yield _fault("reporting.pars_activity_id", fault, "Write its nine digits.")
    for board in terms.boards:
        if board not in BOARDS:
            fault = f"PARS does not report to the board {board!r}."
            yield _fault("reporting.boards", fault, f"Use some of: {', '.join(BOARDS)}.")


def _fault(column: str, fault: str, remedy: str) -> InputProblem:
    return InputProblem(MEETING_TOML, None, column, fault, remedy)
