"""Writer of sessions.csv; loading the meeting reads equal values back."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from cme_reflex.domain.credit.credit_type import CreditTypes
from cme_reflex.domain.programme.programme import Delivery
from cme_reflex.formats.meeting_folder.sessions_csv import (
    COLUMNS,
    CREDIT,
    IDENTIFIER,
    OPTIONAL_COLUMNS,
    YesNo,
)
from cme_reflex.formats.programmes.items import ProgrammeItem
from cme_reflex.formats.tables.amounts import format_units
from cme_reflex.formats.tables.csv_table import csv_text
from cme_reflex.formats.tables.local_time import to_local


def to_sessions_csv(
    items: Iterable[ProgrammeItem], types: CreditTypes, zone: ZoneInfo | None = None
) -> str:
    """The text of sessions.csv. Times have their UTC offset, so they are unambiguous.

    With the meeting's `zone` they are local times, with an offset only at a clock change.

    Credit types and their identifiers have a column if any session has a value for it.
    """
    items = list(items)
    columns = list(COLUMNS)
    columns[columns.index("eligible") : columns.index("eligible")] = _credit_columns(items, types)
    if any(item.on_demand_from for item in items):
        columns += OPTIONAL_COLUMNS
    return csv_text(columns, (_cells(item, types, zone) for item in items))


def _credit_columns(items: Iterable[ProgrammeItem], types: CreditTypes) -> list[str]:
    designated = {code for item in items for code in item.credit}
    identified = {code for item in items for code in item.identifiers}
    columns = []
    for each in types:
        columns += [f"{CREDIT}{each.code}"] if each.code in designated else []
        columns += [f"{IDENTIFIER}{each.code}"] if each.code in identified else []
    return columns


def _cells(item: ProgrammeItem, types: CreditTypes, zone: ZoneInfo | None) -> dict[str, str]:
    return {
        "code": item.code,
        "title": item.title,
        "kind": item.kind,
        "track": item.track,
        "room": item.room,
        "start": _format_time(item.starts_at, zone),
        "end": _format_time(item.ends_at, zone),
        "speakers": "; ".join(item.speakers),
        "delivery": item.delivery or Delivery.LIVE,
        **{
            f"{CREDIT}{each.code}": format_units(each, item.credit[each.code])
            if each.code in item.credit
            else ""
            for each in types
        },
        **{f"{IDENTIFIER}{each.code}": item.identifiers.get(each.code, "") for each in types},
        "eligible": YesNo.YES if item.eligible else YesNo.NO,
        "faculty_badges": ";".join(item.faculty_badges),
        "on_demand_from": _format_time(item.on_demand_from, zone) if item.on_demand_from else "",
    }


def _format_time(moment: datetime, zone: ZoneInfo | None) -> str:
    written = to_local(moment, zone) if zone else moment
    return written.isoformat(timespec="auto" if moment.second or moment.microsecond else "minutes")
