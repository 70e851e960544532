"""sessions.csv: the programme, one row per session."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from cme_reflex.domain.credit.credit_type import (
    NO_CREDIT,
    Amount,
    Amounts,
    CreditType,
    CreditTypes,
    Rounding,
)
from cme_reflex.domain.credit.line import designated, full_minutes
from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.domain.people.names import number_key
from cme_reflex.domain.programme.programme import Delivery
from cme_reflex.formats.input_problems import InputProblem
from cme_reflex.formats.meeting_folder.credit import identifier_pattern, old_folders
from cme_reflex.formats.meeting_folder.records import SessionRecord
from cme_reflex.formats.tables.amounts import format_units
from cme_reflex.formats.tables.csv_table import InputRow, InputTable, read_table

COLUMNS = (
    "code",
    "title",
    "kind",
    "track",
    "room",
    "start",
    "end",
    "speakers",
    "delivery",
    "eligible",
    "faculty_badges",
)
OPTIONAL_COLUMNS = ("on_demand_from",)
CREDIT, IDENTIFIER = "credit:", "identifier:"  # before a credit type's code, in columns
MAX_IDENTIFIER = 100  # characters
PLACEHOLDER = "FILL IN"  # beginning of the placeholders in the template of `cme meeting new`


class YesNo(StrEnum):
    """Values of a yes/no cell."""

    YES = "yes"
    NO = "no"


def read_sessions(path: Path, types: CreditTypes | None) -> InputTable:
    """Read the rows of sessions.csv, with columns for these credit types.

    If the types are None, because meeting.toml could not be read, a column for any type is
    accepted. Raises InvalidInput if there is no such table.
    """
    if types is None:
        return read_table(path, COLUMNS, OPTIONAL_COLUMNS, any_of=_is_of_a_credit_type)
    columns = [column for each in types for column in _credit_columns(each.code)]
    identifiers = [f"{IDENTIFIER}{each.code}" for each in types]
    table = read_table(path, COLUMNS, (*OPTIONAL_COLUMNS, *columns, *identifiers))
    for each in types if table.rows else ():
        present = [name for name in _credit_columns(each.code) if name in table.rows[0].cells]
        if len(present) > 1:
            fault = f"The credit is also in the column {present[0]}."
            problem = InputProblem(table.file, 1, present[1], fault, "Keep one of them.")
            table.problems.append(problem)
    return table


def _is_of_a_credit_type(heading: str) -> bool:
    return heading.startswith((CREDIT, IDENTIFIER)) or heading in old_folders.COLUMNS


def _credit_columns(code: str) -> list[str]:
    """The columns that may hold the credit of a type: the present one, and that of old folders."""
    return [f"{CREDIT}{code}", *(old for old, of in old_folders.COLUMNS.items() if of == code)]


def parse_session(
    row: InputRow, types: CreditTypes | None, meeting: Meeting | None
) -> SessionRecord | None:
    """Parse a session; None after adding the row's faults.

    Times without an offset are local times of the meeting's zone. Sessions that are both live and
    on demand are released with the meeting's recordings, unless they have a release of their own.
    Without a readable meeting the row is still checked, in a zone without clock changes, and
    without the credit types its credit and identifiers are left out.
    """
    types = types or CreditTypes(())
    zone = meeting.zone if meeting else ZoneInfo("UTC")
    release = meeting.claim.on_demand_from if meeting else None
    code, title, kind = (row.required(column) for column in ("code", "title", "kind"))
    row.table.require_unique(row, "code", code)
    if title.startswith(PLACEHOLDER):
        row.add_warning(
            "title", "This is still the template's row.", "Write your own, or delete it."
        )
    starts_at, ends_at = _required_instant(row, "start", zone), _required_instant(row, "end", zone)
    delivery = row.choice("delivery", Delivery)
    eligible = row.choice("eligible", YesNo) is YesNo.YES
    on_demand_from = row.instant("on_demand_from", zone)
    given = _given_credit(row, types)
    identifiers = _identifiers(row, types)
    if starts_at is None or ends_at is None or delivery is None:
        return None
    if ends_at < starts_at:
        row.add_fault("end", "The session ends before it starts.", "Check start and end.")
        return None
    if delivery is Delivery.LIVE and on_demand_from is not None:
        fault = "A live session is not released on demand."
        row.add_fault("on_demand_from", fault, "Leave it empty, or make the delivery both.")
    if meeting is not None:
        _check_day(row, starts_at, meeting)
    duration = full_minutes(starts_at, ends_at)
    _check_credit(row, types, given, duration)
    credit = designated(types, given, duration) if eligible else {}
    if eligible and types and not credit:
        fault = "The session is eligible but gives no credit of any type, so nobody can claim it."
        row.add_warning("eligible", fault, "Enter its credit, check start and end, or write no.")
    if eligible:
        _check_identified(row, types, credit, identifiers)
    releases = {Delivery.LIVE: None, Delivery.BOTH: release, Delivery.ON_DEMAND: starts_at}
    return SessionRecord(
        code=code,
        title=title,
        kind=kind,
        track=row.text("track"),
        room=row.text("room"),
        starts_at=starts_at,
        ends_at=ends_at,
        speakers=row.parts("speakers"),
        delivery=delivery,
        credit=credit,
        eligible=eligible and bool(credit or not types),
        identifiers=identifiers,
        faculty_badges=frozenset(number_key(badge) for badge in row.parts("faculty_badges")),
        on_demand_from=on_demand_from or releases[delivery],
    )


def _required_instant(row: InputRow, column: str, zone: ZoneInfo) -> datetime | None:
    return row.instant(column, zone) if row.required(column) else None


def _check_day(row: InputRow, starts_at: datetime, meeting: Meeting) -> None:
    day = starts_at.astimezone(meeting.zone).date()
    if not meeting.starts_on <= day <= meeting.ends_on and day not in meeting.additional_days:
        fault = f"{day} is not a day of the meeting, {meeting.starts_on} to {meeting.ends_on}."
        row.add_warning("start", fault, "Check it, or add the day to additional_days.")


def _given_credit(row: InputRow, types: CreditTypes) -> Amounts:
    """The amounts that the row gives, by credit type."""
    given: dict[str, Amount] = {}
    for each in types:
        for column in _credit_columns(each.code):
            if (amount := row.amount(column, each)) is not None:
                given[each.code] = amount
    return given


def _check_credit(row: InputRow, types: CreditTypes, given: Amounts, duration: int) -> None:
    """Add a fault for a subset above its primary type, a warning for credit above the duration."""
    credit = designated(types, given, duration)
    for each in types:
        amount = given.get(each.code)
        if amount is None:
            continue
        column = next(name for name in _credit_columns(each.code) if row.text(name))
        whole = types[each.part_of] if each.part_of else None
        if whole is not None and amount > credit.get(whole.code, NO_CREDIT):
            fault = f"{each.label} is part of {whole.label} and cannot exceed it."
            row.add_fault(column, fault, f"Lower it, or raise the {whole.label} of the session.")
        if whole is None and amount > longest(each, duration):
            limit = format_units(each, longest(each, duration))
            fault = f"The credit exceeds the duration of the session, which is {limit}."
            row.add_warning(column, fault, "Check the credit, start and end.")


def _check_identified(
    row: InputRow, types: CreditTypes, credit: Amounts, identifiers: Mapping[str, str]
) -> None:
    """Add a warning for credit without the identifier for which its type has a pattern."""
    for code in credit:
        if types[code].identifier_pattern and code not in identifiers:
            name = types[code].identifier_label or "identifier"
            fault = f"The session gives {types[code].label} but has no {name}."
            row.add_warning(f"{IDENTIFIER}{code}", fault, "Add it, or write 0 as its credit.")


def longest(credit_type: CreditType, duration: int) -> Amount:
    """The credit of a duration in minutes above which an amount is conspicuous."""
    return replace(credit_type, rounding=Rounding.NEAREST, minimum=0).of_duration(duration)


def _identifiers(row: InputRow, types: CreditTypes) -> dict[str, str]:
    """The session's identifiers, by credit type."""
    identifiers = {each.code: row.text(f"{IDENTIFIER}{each.code}") for each in types}
    for code, identifier in identifiers.items():
        column, pattern = f"{IDENTIFIER}{code}", types[code].identifier_pattern
        if len(identifier) > MAX_IDENTIFIER:
            fault = f"The identifier has more than {MAX_IDENTIFIER} characters."
            row.add_fault(column, fault, "Correct it.")
        elif identifier and pattern and not identifier_pattern.matches(pattern, identifier):
            name = types[code].identifier_label or "identifier"
            fault = f"{identifier!r} does not fit the pattern of the {name}."
            row.add_fault(column, fault, f"Correct it, or the pattern {pattern} in meeting.toml.")
    return {code: identifier for code, identifier in identifiers.items() if identifier}
