"""Items as sessions.csv: what is written here, loading a meeting reads back equal."""

from collections.abc import Iterable
from datetime import datetime

from cme_reflex.domain.credit import Quarters, hours
from cme_reflex.domain.programme import Delivery
from cme_reflex.exchange.csv_table import csv_text
from cme_reflex.exchange.programmes.converted import Item
from cme_reflex.exchange.sessions_csv import COLUMNS, OPTIONAL_COLUMNS, YesNo


def sessions_csv(items: Iterable[Item]) -> str:
    """The file's text. Times have their offset, so that they need no clock to be read."""
    items = list(items)
    released = any(item.on_demand_from for item in items)
    columns = COLUMNS + (OPTIONAL_COLUMNS if released else ())
    return csv_text(columns, map(_cells, items))


def _cells(item: Item) -> dict[str, str]:
    return {
        "code": item.code,
        "title": item.title,
        "kind": item.kind,
        "track": item.track,
        "room": item.room,
        "start": _moment(item.starts_at),
        "end": _moment(item.ends_at),
        "speakers": "; ".join(item.speakers),
        "delivery": item.delivery or Delivery.LIVE,
        "category1_hours": _hours(item.quarters),
        "patient_safety_hours": _hours(item.safety),
        "eligible": YesNo.YES if item.eligible else YesNo.NO,
        "faculty_badges": ";".join(item.faculty_badges),
        "on_demand_from": _moment(item.on_demand_from) if item.on_demand_from else "",
    }


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds" if moment.second else "minutes")


def _hours(quarters: Quarters | None) -> str:
    return "" if quarters is None else hours(quarters)
