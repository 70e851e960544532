"""Transcript of a person's submitted claims, as a tagged PDF and as CSV.

Each meeting's credit is listed by type, because meetings and professions differ in their types.
Both have the valid version of each claim and no creation date: the same claims give the same
bytes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast
from zoneinfo import ZoneInfo

from cme_reflex import text
from cme_reflex.domain.claims.account import Account, AccountEntry, Credit, SubmittedVersion
from cme_reflex.domain.claims.proof import ProofState
from cme_reflex.domain.meetings.meeting import PaperSize
from cme_reflex.formats.pdf.certificate import TYPST_PAPERS, less_claimed
from cme_reflex.formats.pdf.typesetting import TEMPLATES, printed_name, typeset
from cme_reflex.formats.tables.sheets import Column, ColumnType, Sheet, csv_bytes

_TEMPLATE = TEMPLATES / "transcript.typ"

TRANSCRIPT = Sheet(
    "transcript",
    (
        Column("year", ColumnType.NUMBER),
        Column("meeting"),
        Column("provider"),
        Column("location"),
        Column("starts_on"),
        Column("ends_on"),
        Column("badge"),
        Column("receipt"),
        Column("submitted_at", ColumnType.INSTANT),
        Column("credit_type"),
        Column("credit_name"),
        Column("claimed", ColumnType.DECIMAL),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """An account with at least one submitted claim, and the style of its transcript.

    `zone` is the time zone for the dates of submissions.
    """

    account: Account
    zone: ZoneInfo
    paper: PaperSize
    accent: str
    language: str


def transcript_pdf(transcript: Transcript) -> bytes:
    """Render the PDF (PDF/UA-1). This takes 0.1 s of CPU time, so call it in a thread."""
    return typeset(
        _TEMPLATE,
        _template_data(transcript),
        pdf_standards=["ua-1"],
        timestamp=int(cast(Any, transcript.account.last_submitted_at).timestamp()),
    )


def transcript_csv(transcript: Transcript) -> bytes:
    """The CSV file, with one row per claim and credit type, newest meeting first."""
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
            credit.type.code,
            credit.type.name(credit.claimed),
            credit.type.number(credit.claimed),
        )
        for year in transcript.account.years
        for entry in year.entries
        for valid in [cast(SubmittedVersion, entry.valid_version)]
        for credit in valid.credits
    ]
    return csv_bytes(TRANSCRIPT, rows)


def _template_data(transcript: Transcript) -> dict[str, Any]:
    """The template's values, as formatted text."""
    account = transcript.account
    newest = cast(Any, account.last_submitted_at).astimezone(transcript.zone).date()
    return {
        "accent": transcript.accent,
        "language": transcript.language,
        "paper": TYPST_PAPERS[transcript.paper],
        "name": printed_name(account.name),
        "newest": text.dates.full_day(newest),
        "total": _figures(account.credits),
        "years": [
            {
                "year": str(year.year),
                "total": _figures(year.credits),
                "claims": [_claim(entry, transcript.zone) for entry in year.entries],
            }
            for year in account.years
        ],
    }


def _claim(entry: AccountEntry, zone: ZoneInfo) -> dict[str, Any]:
    valid = cast(SubmittedVersion, entry.valid_version)
    return {
        "meeting": entry.meeting,
        "provider": entry.provider,
        "where": entry.location,
        "dates": text.dates.days(entry.starts_on, entry.ends_on),
        "number": valid.number,
        "submitted": text.dates.full_day(valid.submitted_at.astimezone(zone).date()),
        "credit": _figures(valid.credits),
        "less": [*less_claimed(valid.credits)],
        "state": text.certificate.STATES[valid.state]
        if valid.state is not ProofState.VALID
        else None,
    }


def _figures(credits_: Iterable[Credit]) -> list[dict[str, Any]]:
    return [
        {
            "label": credit.type.label,
            "amount": credit.type.format(credit.claimed),
            "subset": not credit.type.is_primary,
        }
        for credit in credits_
    ]
