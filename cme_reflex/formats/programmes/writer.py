"""Writer of sessions.csv; loading the meeting reads equal values back."""

from collections.abc import Iterable
from datetime import datetime

from cme_reflex.domain.credit.quarters import Quarters, format_hours
from cme_reflex.domain.programme.programme import Delivery
from cme_reflex.formats.meeting_folder.sessions_csv import COLUMNS, OPTIONAL_COLUMNS, YesNo
from cme_reflex.formats.programmes.items import ProgrammeItem
from cme_reflex.formats.tables.csv_table import csv_text


def to_sessions_csv(items: Iterable[ProgrammeItem]) -> str:
    """The text of sessions.csv. Times have their UTC offset, so they are unambiguous."""
    items = list(items)
    has_releases = any(item.on_demand_from for item in items)
    columns = COLUMNS + (OPTIONAL_COLUMNS if has_releases else ())
    return csv_text(columns, map(_cells, items))


def _cells(item: ProgrammeItem) -> dict[str, str]:
    return {
        "code": item.code,
        "title": item.title,
        "kind": item.kind,
        "track": item.track,
        "room": item.room,
        "start": _format_time(item.starts_at),
        "end": _format_time(item.ends_at),
        "speakers": "; ".join(item.speakers),
        "delivery": item.delivery or Delivery.LIVE,
        "category1_hours": _format_credit(item.quarters),
        "patient_safety_hours": _format_credit(item.safety),
        "eligible": YesNo.YES if item.eligible else YesNo.NO,
        "faculty_badges": ";".join(item.faculty_badges),
        "on_demand_from": _format_time(item.on_demand_from) if item.on_demand_from else "",
    }


def _format_time(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds" if moment.second else "minutes")


def _format_credit(quarters: Quarters | None) -> str:
    return "" if quarters is None else format_hours(quarters)
