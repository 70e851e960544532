"""The certificate of one submitted version, as a PDF: the same bytes for the same value.

It is tagged (PDF/UA-1), has title and language, and holds its fonts. templates/certificate.typ
has the words and the looks; what is filled in reaches it as data, which is never read as markup.
"""

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import segno
import typst

from cme_reflex import words
from cme_reflex.domain.credit import Quarters, hours
from cme_reflex.domain.meeting import Paper
from cme_reflex.exchange.certificate_fonts import FONTS, printable

ON_DEMAND = "Watched on demand"

_TEMPLATE = Path(__file__).parent / "templates" / "certificate.typ"
PAPERS = {Paper.LETTER: "us-letter", Paper.A4: "a4"}
"""What typst calls each paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertifiedSession:
    """A session of the claim. Credit in quarter hours, instants aware."""

    title: str
    starts_at: datetime
    ends_at: datetime
    on_demand: bool
    category1: Quarters
    safety: Quarters


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What a certificate says: what was claimed, never what could have been.

    `safety_label` is None where the meeting has no Patient Safety. `address` is where the number
    can be checked, and None where it is not known under which address people reach this site.
    """

    number: str
    issued_at: datetime
    name: str
    is_physician: bool
    provider: str
    meeting: str
    format: str
    location: str
    starts_on: date
    ends_on: date
    zone: ZoneInfo
    statements: tuple[str, ...]
    category1: Quarters
    safety: Quarters
    safety_label: str | None
    sessions: tuple[CertifiedSession, ...]
    paper: Paper
    accent: str
    language: str
    address: str | None = None


def certificate_pdf(certificate: Certificate) -> bytes:
    """The PDF. It takes a tenth of a second of one core: call it in a thread."""
    return typst.compile(
        _TEMPLATE,
        font_paths=fonts(),
        ignore_system_fonts=True,
        sys_inputs={"certificate": json.dumps(_data(certificate))},
        pdf_standards=["ua-1"],
        timestamp=int(certificate.issued_at.timestamp()),  # a PDF's date has whole seconds
    )


@lru_cache
def fonts() -> typst.Fonts:
    """The font of all that is printed."""
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)]
    )


def _data(of: Certificate) -> dict[str, Any]:
    """What the template fills in: ready words and figures."""
    has_safety = of.safety_label is not None
    return {
        "accent": of.accent,
        "language": of.language,
        "paper": PAPERS[of.paper],
        "physician": of.is_physician,
        "number": printable(of.number),
        "name": printable(of.name),
        "provider": printable(of.provider),
        "activity": printable(of.meeting),
        "format": printable(of.format),
        "location": printable(of.location),
        "dates": words.dates.days(of.starts_on, of.ends_on),
        "issued": words.dates.full_day(of.issued_at.astimezone(of.zone).date()),
        "category1": hours(of.category1),
        "safety": hours(of.safety) if has_safety else None,
        "safety_label": printable(of.safety_label) if of.safety_label is not None else None,
        "statements": [printable(statement) for statement in of.statements],
        "address": of.address,
        "qr": _qr_code(of.address) if of.address else None,
        "days": list(_days(of.sessions, of.zone)),
        "less": of.category1 < sum(session.category1 for session in of.sessions)
        or (has_safety and of.safety < sum(session.safety for session in of.sessions)),
    }


def _days(sessions: Sequence[CertifiedSession], zone: ZoneInfo) -> Iterator[dict[str, Any]]:
    """The sessions under the day on which they were, and last what was watched on demand."""

    def heading(session: CertifiedSession) -> str:
        day = session.starts_at.astimezone(zone).date()
        return ON_DEMAND if session.on_demand else f"{words.dates.day(day)}, {day.year}"

    def order(session: CertifiedSession) -> tuple[bool, datetime, datetime, str]:
        return session.on_demand, session.starts_at, session.ends_at, session.title

    for day, of_day in groupby(sorted(sessions, key=order), key=heading):
        yield {
            "day": day,
            "sessions": [
                {
                    # When a recording was watched is not known.
                    "when": "On demand"
                    if session.on_demand
                    else words.dates.span(session.starts_at, session.ends_at, zone),
                    "title": printable(session.title),
                    "category1": hours(session.category1),
                    "safety": hours(session.safety),
                }
                for session in of_day
            ],
        }


def _qr_code(address: str) -> str:
    """The address as a QR code, drawn as SVG without a margin: the page is white around it."""
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", border=0, xmldecl=False, dark="#13201f"
    )
    return drawn.getvalue().decode()
