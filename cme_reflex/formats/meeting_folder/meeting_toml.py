"""Reading and validation of meeting.toml."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from cme_reflex.domain.credit.credit_type import CreditTypes
from cme_reflex.domain.meetings.meeting import Meeting, Profession, ReportingTerms
from cme_reflex.domain.reporting.learner import BOARDS
from cme_reflex.domain.reporting.pars import is_activity_id
from cme_reflex.formats import input_limits
from cme_reflex.formats.input_problems import InputProblem, InvalidInput
from cme_reflex.formats.meeting_folder.credit import old_folders
from cme_reflex.formats.meeting_folder.credit.faults import credit_faults, profession_faults
from cme_reflex.formats.meeting_folder.credit.old_folders import Places
from cme_reflex.formats.meeting_folder.credit.toml_tables import TIME_KEYS, read_credit_types
from cme_reflex.formats.meeting_folder.document import meeting_adapter
from cme_reflex.formats.meeting_folder.keys import MEETING_TOML, unknown_key, unknown_keys
from cme_reflex.formats.meeting_folder.toml_problems import toml_fault, validation_problem
from cme_reflex.formats.tables.local_time import ZONE_REMEDY, ClockChange, known_zone, localize
from cme_reflex.formats.tables.text_file import read_text
from cme_reflex.routes import is_meeting_code

_CLAIM_TIMES = (*TIME_KEYS, "on_demand_from")

# A key such as a.b.c; the quantifiers are possessive, so that the search takes linear time.
_KEY = r"[\w\"'-]"
_DEEP_KEY = re.compile(rf"(?<!{_KEY})(?:{_KEY}++[ \t]*+\.[ \t]*+){{{input_limits.DEPTH.maximum},}}")

LOGOS = ("logo", "logo_dark")
"""Fields of Meeting that are files in the folder, not keys of meeting.toml."""

BASED_ON = "based_on_version"
"""Key of the version of the meeting that an exported folder is based on."""

KEYS = {
    "credit_types": "credit",
    "session_form": "session_evaluation",
    "overall_form": "overall_evaluation",
}
"""The keys of those fields of Meeting that have another name in the file."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What meeting.toml says, as far as it can be read, and its faults.

    `meeting` is None if there is any fault; `credit_types` and `professions` only if there is one
    of theirs. `places` are the keys of an old folder's file, see `old_folders`.
    `based_on_version` is that of the meeting in an exported folder.
    """

    meeting: Meeting | None
    credit_types: CreditTypes | None
    professions: tuple[Profession, ...] | None
    problems: tuple[InputProblem, ...]
    places: Places
    based_on_version: int | None = None


def read_meeting(path: Path) -> Meeting:
    """Read meeting.toml. Raises InvalidInput with every fault in it."""
    settings = read_settings(path)
    if settings.meeting is None:
        raise InvalidInput(settings.problems)
    return settings.meeting


def read_settings(path: Path) -> Settings:
    """Read meeting.toml, of which one part may be valid without the other.

    Amounts become increments of their credit type; times without an offset are local times of the
    meeting's time zone.
    """
    try:
        file = read_toml(path)
    except InvalidInput as invalid:
        return Settings(None, None, None, invalid.problems, {})
    problems: list[InputProblem] = []
    places: Places = {}
    based_on_version = _pop_version(file, problems)
    has_old_keys = old_folders.has_old_keys(file)
    if has_old_keys:
        file, places = old_folders.with_new_keys(file, problems)
    data = _meeting_fields(file, problems)
    _localize_times(data, problems)
    tables = data.pop("credit_types")
    types = None if has_old_keys and tables is None else read_credit_types(tables, problems)
    problems += unknown_keys(data, Meeting, ())
    meeting = _validated(data | {"credit_types": types or ()}, problems)
    credit_types = None
    if types is not None:
        faults = list(credit_faults(types))
        problems += faults
        credit_types = None if faults else CreditTypes(types)
    if meeting is not None:
        problems += _contradictions(meeting)
        if credit_types is not None:
            problems += profession_faults(meeting, credit_types)
    return Settings(
        meeting=None if problems else meeting,
        credit_types=credit_types,
        professions=_professions(data),
        problems=tuple(old_folders.old_place(problem, places) for problem in problems),
        places=places,
        based_on_version=based_on_version,
    )


def _pop_version(file: dict[str, Any], problems: list[InputProblem]) -> int | None:
    version = file.pop(BASED_ON, None)
    if version is None or (type(version) is int and version > 0):
        return version
    remedy = "Export the meeting again, or leave the key out."
    problems.append(toml_fault(BASED_ON, "This is not the number of a version.", remedy))
    return None


def _professions(data: Mapping[str, Any]) -> tuple[Profession, ...] | None:
    with suppress(ValidationError):
        return _professions_adapter().validate_python(data.get("professions"))
    return None


@lru_cache
def _professions_adapter() -> TypeAdapter[tuple[Profession, ...]]:
    return TypeAdapter(tuple[Profession, ...])


def _validated(data: dict[str, Any], problems: list[InputProblem]) -> Meeting | None:
    """The meeting of this data; None after adding the faults."""
    reported = {problem.column for problem in problems}
    try:
        return meeting_adapter().validate_python(data)
    except ValidationError as invalid:
        found = (validation_problem(error) for error in invalid.errors())
        problems += [problem for problem in found if problem.column not in reported]
        return None


def read_toml(path: Path) -> dict[str, Any]:
    """The content of meeting.toml. Raises InvalidInput if it is not valid TOML."""
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


def _meeting_fields(file: Mapping[str, Any], problems: list[InputProblem]) -> dict[str, Any]:
    """The file's content with the field names of Meeting."""
    problems += [
        toml_fault(name, f"The key {name!r} is unknown here.", f"Did you mean {key}?")
        for name, key in KEYS.items()
        if name in file
    ]
    remedy = "Put the picture into the folder as logo.svg or logo.png."
    problems += [
        toml_fault(name, f"The key {name!r} is unknown here.", remedy)
        for name in LOGOS
        if name in file
    ]
    data = {key: value for key, value in file.items() if key not in {*KEYS, *LOGOS}}
    data |= _pop_table(data, "privacy", {"text"}, problems, rename={"text": "privacy"})
    for field in ("session_form", "overall_form"):
        if (key := KEYS[field]) in data:
            data[field] = {"questions": data.pop(key)}
    data["credit_types"] = data.pop("credit", None)
    if isinstance(types := data.get("registration_types"), list):
        data["registration_types"] = _without_old_maxima(types, problems)
    return data


def _without_old_maxima(types: Iterable[Any], problems: list[InputProblem]) -> list[Any]:
    """The registration types without `maximum_hours`, a fault beside [[credit]], which has it."""
    rest = []
    for number, table in enumerate(types):
        if isinstance(table, dict) and "maximum_hours" in table:
            fault = "A registration type's maximum belongs to a credit type."
            remedy = "Write it under [[credit]] as registration_maxima = { CODE = 2.00 }."
            path = ("registration_types", number, "maximum_hours")
            problems.append(toml_fault(path, fault, remedy))
            rest.append({key: value for key, value in table.items() if key != "maximum_hours"})
        else:
            rest.append(table)
    return rest


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
        problems.append(toml_fault(name, "This is not a table.", f"Begin it with [{name}]."))
        return {}
    unknown = sorted(table.keys() - known)
    problems.extend(unknown_key((name, key), known - table.keys()) for key in unknown)
    return {(rename or {}).get(key, key): table[key] for key in table.keys() & known}


def _localize_times(data: dict[str, Any], problems: list[InputProblem]) -> None:
    """Localize the times of the claim and of the credit types in the meeting's zone."""
    name = data.get("time_zone")
    zone = known_zone(name) if isinstance(name, str) else None
    if isinstance(name, str) and zone is None:
        fault = f"There is no time zone {name!r}."
        problems.append(toml_fault("time_zone", fault, ZONE_REMEDY))
    zone = zone or ZoneInfo("UTC")
    if "claim" in data:
        data["claim"] = _with_instants(data["claim"], ("claim",), _CLAIM_TIMES, zone, problems)
    if isinstance(tables := data["credit_types"], list):
        data["credit_types"] = [
            _with_instants(table, ("credit", number), TIME_KEYS, zone, problems)
            for number, table in enumerate(tables)
        ]


def _with_instants(
    table: Any,
    place: tuple[str | int, ...],
    keys: Iterable[str],
    zone: ZoneInfo,
    problems: list[InputProblem],
) -> Any:
    """The table with aware instants under these keys."""
    if not isinstance(table, dict):
        return table
    table = dict(table)
    for key in keys:
        time = table.get(key)
        if not isinstance(time, datetime):
            # A date without a time would silently be taken as midnight.
            if time is not None:
                table[key] = str(time) if isinstance(time, str) else []
            continue
        try:
            table[key] = localize(time, zone)
        except ClockChange:
            fault = f"The clocks of {zone.key} change at {time.isoformat()}."
            remedy = "Write it with its offset, such as 2024-11-03T01:30:00-06:00."
            problems.append(toml_fault((*place, key), fault, remedy))
            table[key] = time.replace(tzinfo=zone)
        except OverflowError:
            fault = f"{time.isoformat()} is before the first year or after the last."
            problems.append(toml_fault((*place, key), fault, "Check the year."))
            table[key] = datetime(2 if time.year == 1 else 9998, 1, 1, tzinfo=UTC)
    return table


def _contradictions(meeting: Meeting) -> Iterator[InputProblem]:
    """Faults of valid values that contradict each other, or an address of the site."""
    if not is_meeting_code(meeting.code) or meeting.code != meeting.code.lower():
        fault = f"/{meeting.code} cannot be the address of a meeting."
        remedy = "Use 2 to 32 of a–z, 0–9 and -, but no word of the site's addresses: not claim."
        yield toml_fault("code", fault, remedy)
    if meeting.ends_on < meeting.starts_on:
        yield toml_fault(
            "ends_on", "The meeting ends before it starts.", "Check starts_on and ends_on."
        )
    if meeting.claim.closes_at <= meeting.claim.opens_at:
        fault = "The claim period closes before it opens."
        yield toml_fault("claim.closes_at", fault, "Check opens_at and closes_at.")
    if not meeting.registration_types:
        yield toml_fault("registration_types", "There is no registration type.", "Add one.")
    yield from _unreportable(meeting.reporting)
    codes = [kind.code for kind in meeting.registration_types]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        fault = f"Two registration types have the code {code!r}."
        yield toml_fault("registration_types", fault, "Make each code unique.")


def _unreportable(terms: ReportingTerms) -> Iterator[InputProblem]:
    """Faults of values that ACCME's PARS would reject."""
    if terms.pars_activity_id and not is_activity_id(terms.pars_activity_id):
        fault = f"{terms.pars_activity_id!r} is not a PARS activity ID."
        yield toml_fault("reporting.pars_activity_id", fault, "Write its nine digits.")
    for board in terms.boards:
        if board not in BOARDS:
            fault = f"PARS does not report to the board {board!r}."
            yield toml_fault("reporting.boards", fault, f"Use some of: {', '.join(BOARDS)}.")
