"""sessions.csv: the programme, one row per session."""

from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from cme_reflex.domain.credit.quarters import Quarters, format_hours, nearest_quarters
from cme_reflex.domain.people.names import number_key
from cme_reflex.domain.programme.programme import Delivery
from cme_reflex.formats.meeting_folder.records import SessionRecord
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
    "category1_hours",
    "patient_safety_hours",
    "eligible",
    "faculty_badges",
)
OPTIONAL_COLUMNS = ("on_demand_from",)
NO_CREDIT = Quarters(0)
PLACEHOLDER = "FILL IN"  # beginning of the placeholders in the template of `cme meeting new`


class YesNo(StrEnum):
    """Values of a yes/no cell."""

    YES = "yes"
    NO = "no"


def read_sessions(path: Path) -> InputTable:
    """Read the rows of sessions.csv. Raises InvalidInput if there is no such table."""
    return read_table(path, COLUMNS, OPTIONAL_COLUMNS)


def parse_session(row: InputRow, zone: ZoneInfo, release: datetime | None) -> SessionRecord | None:
    """Parse a session; None after adding the row's faults.

    Times without an offset are local times of the zone. `release` is the default
    for the on-demand release of sessions that are both live and on demand.
    """
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
    quarters, safety = row.hours("category1_hours"), row.hours("patient_safety_hours")
    if starts_at is None or ends_at is None or delivery is None:
        return None
    if ends_at < starts_at:
        row.add_fault("end", "The session ends before it starts.", "Check start and end.")
        return None
    if delivery is Delivery.LIVE and on_demand_from is not None:
        fault = "A live session is not released on demand."
        row.add_fault("on_demand_from", fault, "Leave it empty, or make the delivery both.")
    quarters, eligible = _designated_credit(row, quarters, eligible, starts_at, ends_at)
    safety = safety or NO_CREDIT
    if safety > quarters:
        fault = "Patient Safety is part of Category 1 and cannot exceed it."
        row.add_fault("patient_safety_hours", fault, "Lower it, or raise category1_hours.")
        return None
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
        quarters=quarters,
        safety=safety,
        eligible=eligible,
        faculty_badges=frozenset(number_key(badge) for badge in row.parts("faculty_badges")),
        on_demand_from=on_demand_from or releases[delivery],
    )


def _required_instant(row: InputRow, column: str, zone: ZoneInfo) -> datetime | None:
    return row.instant(column, zone) if row.required(column) else None


def _designated_credit(
    row: InputRow,
    designated: Quarters | None,
    eligible: bool,
    starts_at: datetime,
    ends_at: datetime,
) -> tuple[Quarters, bool]:
    """The session's credit, and whether it is eligible.

    The credit is what the provider designated, or else the rounded duration; a
    session whose duration rounds to zero is not eligible.
    """
    duration = nearest_quarters(_minutes(starts_at, ends_at))
    if designated is None:
        if eligible and duration == 0:
            fault = "The session is too short for a quarter hour, so it gives no credit."
            row.add_warning("end", fault, "Check start and end, or write no under eligible.")
        quarters = duration if eligible else NO_CREDIT
        return quarters, eligible and quarters > 0
    if eligible and designated == 0:
        fault = "The session is eligible but has no credit."
        row.add_fault("category1_hours", fault, "Enter its hours, or write no under eligible.")
    if designated > duration:
        fault = f"The credit exceeds the duration of the session, {format_hours(duration)} hours."
        row.add_warning("category1_hours", fault, "Check the hours, start and end.")
    return designated, eligible


def _minutes(starts_at: datetime, ends_at: datetime) -> int:
    return (ends_at - starts_at) // timedelta(minutes=1)
