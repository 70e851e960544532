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

from cme_reflex import text
from cme_reflex.domain.credit.quarters import Quarters, format_hours
from cme_reflex.domain.meetings.meeting import PaperSize
from cme_reflex.formats.pdf.fonts import FONTS_FOLDER, replace_unprintable

ON_DEMAND = "Watched on demand"

_TEMPLATE = Path(__file__).parent / "templates" / "certificate.typ"
TYPST_PAPERS = {PaperSize.LETTER: "us-letter", PaperSize.A4: "a4"}
"""What typst calls each paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateSession:
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
    sessions: tuple[CertificateSession, ...]
    paper: PaperSize
    accent: str
    language: str
    address: str | None = None


def certificate_pdf(certificate: Certificate) -> bytes:
    """The PDF. It takes a tenth of a second of one core: call it in a thread."""
    return typst.compile(
        _TEMPLATE,
        font_paths=fonts(),
        ignore_system_fonts=True,
        sys_inputs={"certificate": json.dumps(_template_data(certificate))},
        pdf_standards=["ua-1"],
        timestamp=int(certificate.issued_at.timestamp()),  # a PDF's date has whole seconds
    )


@lru_cache
def fonts() -> typst.Fonts:
    """The font of all that is printed."""
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS_FOLDER)]
    )


def _template_data(of: Certificate) -> dict[str, Any]:
    """What the template fills in: ready words and figures."""
    has_safety = of.safety_label is not None
    return {
        "accent": of.accent,
        "language": of.language,
        "paper": TYPST_PAPERS[of.paper],
        "physician": of.is_physician,
        "number": replace_unprintable(of.number),
        "name": replace_unprintable(of.name),
        "provider": replace_unprintable(of.provider),
        "activity": replace_unprintable(of.meeting),
        "format": replace_unprintable(of.format),
        "location": replace_unprintable(of.location),
        "dates": text.dates.days(of.starts_on, of.ends_on),
        "issued": text.dates.full_day(of.issued_at.astimezone(of.zone).date()),
        "category1": format_hours(of.category1),
        "safety": format_hours(of.safety) if has_safety else None,
        "safety_label": replace_unprintable(of.safety_label)
        if of.safety_label is not None
        else None,
        "statements": [replace_unprintable(statement) for statement in of.statements],
        "address": of.address,
        "qr": _qr_code(of.address) if of.address else None,
        "days": list(_days(of.sessions, of.zone)),
        "less": of.category1 < sum(session.category1 for session in of.sessions)
        or (has_safety and of.safety < sum(session.safety for session in of.sessions)),
    }


def _days(sessions: Sequence[CertificateSession], zone: ZoneInfo) -> Iterator[dict[str, Any]]:
    """The sessions under the day on which they were, and last what was watched on demand."""

    def heading(session: CertificateSession) -> str:
        day = session.starts_at.astimezone(zone).date()
        return ON_DEMAND if session.on_demand else f"{text.dates.day(day)}, {day.year}"

    def order(session: CertificateSession) -> tuple[bool, datetime, datetime, str]:
        return session.on_demand, session.starts_at, session.ends_at, session.title

    for day, of_day in groupby(sorted(sessions, key=order), key=heading):
        yield {
            "day": day,
            "sessions": [
                {
                    # When a recording was watched is not known.
                    "when": "On demand"
                    if session.on_demand
                    else text.dates.span(session.starts_at, session.ends_at, zone),
                    "title": replace_unprintable(session.title),
                    "category1": format_hours(session.category1),
                    "safety": format_hours(session.safety),
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
