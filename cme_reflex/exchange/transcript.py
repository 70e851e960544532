"""The transcript of a person's submitted claims, as a tagged PDF and as CSV.

Both have the valid version of each claim and nothing of the day on which they are made: the same
claims make the same bytes.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import typst

from cme_reflex import words
from cme_reflex.domain.account import Account, Credit, Entry, Submitted
from cme_reflex.domain.credit import hours
from cme_reflex.domain.meeting import Paper
from cme_reflex.exchange.certificate import PAPERS, fonts
from cme_reflex.exchange.certificate_fonts import printable
from cme_reflex.exchange.sheets import Column, Kind, Sheet, csv_bytes

_TEMPLATE = Path(__file__).parent / "templates" / "transcript.typ"

TRANSCRIPT = Sheet(
    "transcript",
    (
        Column("year", Kind.NUMBER),
        Column("meeting"),
        Column("provider"),
        Column("location"),
        Column("starts_on"),
        Column("ends_on"),
        Column("badge"),
        Column("receipt"),
        Column("submitted_at", Kind.INSTANT),
        Column("category1_hours", Kind.HOURS),
        Column("patient_safety_hours", Kind.HOURS),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """An account with at least one submitted claim, and how its transcript looks.

    `zone` is that in which the day of a submission is told.
    """

    account: Account
    zone: ZoneInfo
    category1_label: str
    safety_label: str
    paper: Paper
    accent: str
    language: str


def transcript_pdf(of: Transcript) -> bytes:
    """The PDF (PDF/UA-1). It takes a tenth of a second of one core: call it in a thread."""
    return typst.compile(
        _TEMPLATE,
        font_paths=fonts(),
        ignore_system_fonts=True,
        sys_inputs={"transcript": json.dumps(_data(of))},
        pdf_standards=["ua-1"],
        timestamp=int(cast(Any, of.account.newest).timestamp()),
    )


def transcript_csv(of: Transcript) -> bytes:
    """The table, a row for each claim, the newest meeting first."""
    rows = [
        (
            year.year,
            entry.meeting,
            entry.provider,
            entry.location,
            entry.starts_on.isoformat(),
            entry.ends_on.isoformat(),
            entry.badge,
            valid.number,
            valid.submitted_at,
            valid.category1,
            valid.safety,
        )
        for year in of.account.years
        for entry in year.entries
        for valid in [cast(Submitted, entry.valid)]
    ]
    return csv_bytes(TRANSCRIPT, rows)


def _data(of: Transcript) -> dict[str, Any]:
    """What the template fills in: ready words and figures."""
    owned = of.account
    newest = cast(Any, owned.newest).astimezone(of.zone).date()
    return {
        "accent": of.accent,
        "language": of.language,
        "paper": PAPERS[of.paper],
        "name": printable(owned.name),
        "newest": words.dates.full_day(newest),
        "category1_label": printable(of.category1_label),
        "safety_label": printable(of.safety_label),
        "total": _figures(owned.credit),
        "years": [
            {
                "year": str(year.year),
                "total": _figures(year.credit),
                "claims": [_claim(entry, of.zone) for entry in year.entries],
            }
            for year in owned.years
        ],
    }


def _claim(entry: Entry, zone: ZoneInfo) -> dict[str, Any]:
    valid = cast(Submitted, entry.valid)
    return {
        "meeting": printable(entry.meeting),
        "provider": printable(entry.provider),
        "where": printable(entry.location),
        "dates": words.dates.days(entry.starts_on, entry.ends_on),
        "number": printable(valid.number),
        "submitted": words.dates.full_day(valid.submitted_at.astimezone(zone).date()),
        "credit": _figures(Credit(valid.category1, valid.safety)),
    }


def _figures(credit: Credit) -> dict[str, str]:
    return {"category1": hours(credit.category1), "safety": hours(credit.safety)}
