"""Certificate of one submitted version, as a PDF that is reproducible byte for byte.

The PDF is tagged (PDF/UA-1), has title and language, and embeds its fonts. Fixed texts and layout
are in templates/certificate.typ; values are passed as data and are never interpreted as markup.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import segno

from cme_reflex import text
from cme_reflex.domain.claims.proof import ProofState
from cme_reflex.domain.credit.claimable import CreditTotals
from cme_reflex.domain.credit.quarters import Quarters, format_hours
from cme_reflex.domain.meetings.meeting import PaperSize
from cme_reflex.formats.pdf.typesetting import TEMPLATES, printed_name, typeset

ON_DEMAND = "Watched on demand"

_TEMPLATE = TEMPLATES / "certificate.typ"
TYPST_PAPERS = {PaperSize.LETTER: "us-letter", PaperSize.A4: "a4"}
"""Typst's names of the paper sizes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateSession:
    """A session of the claim. Credit is in quarter hours; instants are aware."""

    title: str
    starts_at: datetime
    ends_at: datetime
    on_demand: bool
    category1: Quarters
    safety: Quarters


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """Data of a certificate, with the credit claimed, never the maximum.

    `safety_label` is None if the meeting has no Patient Safety credit. `state` is stated on its
    face unless it is valid; `withdrawn_at` is aware. `address` is the URL for verifying the receipt
    number; None if the public URL of this site is not known.
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
    state: ProofState = ProofState.VALID
    withdrawn_at: datetime | None = None
    address: str | None = None


def certificate_pdf(certificate: Certificate) -> bytes:
    """Render the PDF. This takes a tenth of a second of CPU time, so call it in a thread.

    Raises FontsNotInstalled.
    """
    return typeset(
        _TEMPLATE,
        _template_data(certificate),
        pdf_standards=["ua-1"],
        timestamp=int(certificate.issued_at.timestamp()),  # dates in PDF have whole seconds
    )


def _template_data(certificate: Certificate) -> dict[str, Any]:
    """The template's values, as formatted text."""
    has_safety = certificate.safety_label is not None
    return {
        "accent": certificate.accent,
        "language": certificate.language,
        "paper": TYPST_PAPERS[certificate.paper],
        "physician": certificate.is_physician,
        "number": certificate.number,
        "name": printed_name(certificate.name),
        "provider": certificate.provider,
        "activity": certificate.meeting,
        "format": certificate.format,
        "location": certificate.location,
        "dates": text.dates.days(certificate.starts_on, certificate.ends_on),
        "issued": text.dates.full_day(certificate.issued_at.astimezone(certificate.zone).date()),
        "category1": format_hours(certificate.category1),
        "safety": format_hours(certificate.safety) if has_safety else None,
        "safety_label": certificate.safety_label,
        "statements": list(certificate.statements),
        "address": certificate.address,
        "qr": _qr_code(certificate.address) if certificate.address else None,
        "days": list(_days(certificate.sessions, certificate.zone)),
        "less": _less(certificate),
        "state": _state(certificate),
    }


def _less(certificate: Certificate) -> list[str]:
    attended = CreditTotals(
        Quarters(sum(session.category1 for session in certificate.sessions)),
        Quarters(sum(session.safety for session in certificate.sessions)),
    )
    claimed = CreditTotals(certificate.category1, certificate.safety)
    return [*less_claimed(claimed, attended, certificate.safety_label)]


def _state(certificate: Certificate) -> dict[str, str] | None:
    """What the face says of a certificate that is not simply valid: a title and a sentence."""
    if certificate.state is ProofState.VALID:
        return None
    at = certificate.withdrawn_at
    on = text.dates.full_day(at.astimezone(certificate.zone).date()) if at else ""
    return {
        "title": text.certificate.STATE_TITLES[certificate.state],
        "sentence": text.certificate.STATES[certificate.state].format(on=on),
    }


def _days(sessions: Sequence[CertificateSession], zone: ZoneInfo) -> Iterator[dict[str, Any]]:
    """The sessions grouped by day; those watched on demand are last."""

    def heading(session: CertificateSession) -> str:
        day = session.starts_at.astimezone(zone).date()
        return ON_DEMAND if session.on_demand else f"{text.dates.day(day)}, {day.year}"

    def order(session: CertificateSession) -> tuple[bool, datetime, datetime, str]:
        return session.on_demand, session.starts_at, session.ends_at, session.title

    for day, day_sessions in groupby(sorted(sessions, key=order), key=heading):
        yield {
            "day": day,
            "sessions": [
                {
                    # The time at which a recording was watched is not known.
                    "when": "On demand"
                    if session.on_demand
                    else text.dates.span(session.starts_at, session.ends_at, zone),
                    "title": session.title,
                    "category1": format_hours(session.category1),
                    "safety": format_hours(session.safety),
                }
                for session in day_sessions
            ],
        }


def _qr_code(address: str) -> str:
    """The URL as a QR code in SVG, without a border because the page around it is white."""
    svg = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        svg, kind="svg", border=0, xmldecl=False, dark="#13201f"
    )
    return svg.getvalue().decode()


def less_claimed(
    claimed: CreditTotals, attended: CreditTotals, safety_label: str | None
) -> tuple[str, ...]:
    """A sentence for each credit type of which less is claimed than the sessions add up to.

    `safety_label` is None if the meeting has no Patient Safety credit.
    """
    sentences = []
    if claimed.category1 < attended.category1:
        sentences.append(
            text.certificate.LESS.format(
                attended=format_hours(attended.category1), claimed=format_hours(claimed.category1)
            )
        )
    if safety_label is not None and claimed.safety < attended.safety:
        sentences.append(
            text.certificate.LESS_OF.format(
                label=safety_label,
                attended=format_hours(attended.safety),
                claimed=format_hours(claimed.safety),
            )
        )
    return tuple(sentences)
