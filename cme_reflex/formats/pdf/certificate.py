"""Certificate of one submitted version, as a PDF that is reproducible byte for byte.

The PDF is tagged (PDF/UA-1), has title and language, and embeds its fonts. Fixed texts and layout
are in templates/certificate.typ; values are passed as data and are never interpreted as markup.
"""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import segno

from cme_reflex import text
from cme_reflex.domain.claims.account import Credit
from cme_reflex.domain.claims.proof import ProofState
from cme_reflex.domain.credit.credit_type import NO_CREDIT, Amounts
from cme_reflex.domain.meetings.meeting import PaperSize
from cme_reflex.formats.pdf.typesetting import TEMPLATES, printed_name, typeset

ON_DEMAND = "Watched on demand"

_TEMPLATE = TEMPLATES / "certificate.typ"
TYPST_PAPERS = {PaperSize.LETTER: "us-letter", PaperSize.A4: "a4"}
"""Typst's names of the paper sizes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateSession:
    """A session of the claim, with what it gives of each credit type. Instants are aware.

    `identifier` is its number for the certificate's type, such as a UAN; empty without one.
    """

    title: str
    starts_at: datetime
    ends_at: datetime
    on_demand: bool
    amounts: Amounts
    identifier: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedSignature:
    """A signature of the society's on the face: its image as SVG, the name and the title."""

    svg: str
    name: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """Data of a certificate: one primary credit type as claimed, never the maximum.

    `subsets` are the subsets of the type. `awarded` is whether the person's profession is awarded
    the credit; others get a certificate of participation. `sessions` are those that give credit of
    the type. `is_first` is whether the type is the first of the claim. `is_specimen` is for staff,
    who check its wording. `state` is stated on the certificate's face unless it is valid;
    `withdrawn_at` is aware. `address` is the URL for verifying the receipt number; None if the
    public URL of this site is not known.
    """

    number: str
    issued_at: datetime
    name: str
    awarded: bool
    provider: str
    meeting: str
    format: str
    location: str
    starts_on: date
    ends_on: date
    zone: ZoneInfo
    statements: tuple[str, ...]
    credit: Credit
    subsets: tuple[Credit, ...]
    sessions: tuple[CertificateSession, ...]
    paper: PaperSize
    accent: str
    language: str
    signatures: tuple[PrintedSignature, ...] = ()
    is_first: bool = True
    is_specimen: bool = False
    state: ProofState = ProofState.VALID
    withdrawn_at: datetime | None = None
    address: str | None = None

    @property
    def credits(self) -> tuple[Credit, ...]:
        """The primary credit, then its subsets."""
        return self.credit, *self.subsets


def certificate_pdf(certificate: Certificate) -> bytes:
    """Render the PDF. This takes a tenth of a second of CPU time, so call it in a thread.

    Raises FontsNotInstalled.
    """
    return typeset(
        _TEMPLATE,
        _template_data(certificate),
        drawings=[each.svg for each in certificate.signatures],
        pdf_standards=["ua-1"],
        timestamp=int(certificate.issued_at.timestamp()),  # dates in PDF have whole seconds
    )


def _template_data(certificate: Certificate) -> dict[str, Any]:
    """The template's values, as formatted text."""
    return {
        "accent": certificate.accent,
        "language": certificate.language,
        "paper": TYPST_PAPERS[certificate.paper],
        "awarded": certificate.awarded,
        "number": certificate.number,
        "name": printed_name(certificate.name),
        "provider": certificate.provider,
        "activity": certificate.meeting,
        "format": certificate.format,
        "location": certificate.location,
        "dates": text.dates.days(certificate.starts_on, certificate.ends_on),
        "issued": text.dates.full_day(certificate.issued_at.astimezone(certificate.zone).date()),
        "lead": _lead(certificate),
        "credits": [_credit(credit) for credit in certificate.credits],
        "provider_number": certificate.credit.type.provider_number,
        "statements": list(certificate.statements),
        "signatures": [{"name": each.name, "title": each.title} for each in certificate.signatures],
        "address": certificate.address,
        "qr": _qr_code(certificate.address) if certificate.address else None,
        "days": list(_days(certificate)),
        "less": [*less_claimed(certificate.credits)],
        "state": _state(certificate),
    }


def _lead(certificate: Certificate) -> str:
    """The words before the credit on the face, as the type has them or else the usual ones."""
    of_type = certificate.credit.type
    if certificate.awarded:
        return of_type.statements.award or text.certificate.AWARDED
    return of_type.statements.participation or text.certificate.PARTICIPATED.format(
        credits=of_type.name_many
    )


def _credit(credit: Credit) -> dict[str, Any]:
    """A credit's formatted figure, its name, and the words for it in a sentence and a table."""
    return {
        "amount": credit.type.format(credit.claimed),
        "one": credit.type.is_one(credit.claimed),
        "name": credit.type.name(credit.claimed),
        "label": credit.type.label,
    }


def _state(certificate: Certificate) -> dict[str, str] | None:
    """What the face says of a certificate that is not simply valid: a title and a sentence."""
    if certificate.is_specimen:
        return {"title": text.certificate.SPECIMEN, "sentence": text.certificate.NO_PROOF}
    if certificate.state is ProofState.VALID:
        return None
    at = certificate.withdrawn_at
    on = text.dates.full_day(at.astimezone(certificate.zone).date()) if at else ""
    return {
        "title": text.certificate.STATE_TITLES[certificate.state],
        "sentence": text.certificate.STATES[certificate.state].format(on=on),
    }


def _days(certificate: Certificate) -> Iterator[dict[str, Any]]:
    """The sessions grouped by day; those watched on demand are last."""
    zone = certificate.zone

    def heading(session: CertificateSession) -> str:
        day = session.starts_at.astimezone(zone).date()
        return ON_DEMAND if session.on_demand else f"{text.dates.day(day)}, {day.year}"

    def order(session: CertificateSession) -> tuple[bool, datetime, datetime, str]:
        return session.on_demand, session.starts_at, session.ends_at, session.title

    for day, day_sessions in groupby(sorted(certificate.sessions, key=order), key=heading):
        yield {
            "day": day,
            "sessions": [
                {
                    # The time at which a recording was watched is not known.
                    "when": "On demand"
                    if session.on_demand
                    else text.dates.span(session.starts_at, session.ends_at, zone),
                    "title": session.title,
                    "identifier": _identifier(certificate, session),
                    "amounts": [
                        each.type.format(session.amounts.get(each.type.code, NO_CREDIT))
                        for each in certificate.credits
                    ],
                }
                for session in day_sessions
            ],
        }


def _identifier(certificate: Certificate, session: CertificateSession) -> str:
    label = certificate.credit.type.identifier_label
    return f"{label} {session.identifier}".strip() if session.identifier else ""


def _qr_code(address: str) -> str:
    """The URL as a QR code in SVG, without a border because the page around it is white."""
    svg = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        svg, kind="svg", border=0, xmldecl=False, dark="#13201f"
    )
    return svg.getvalue().decode()


def less_claimed(credits_: Iterable[Credit]) -> tuple[str, ...]:
    """A sentence for each credit type of which less is claimed than the sessions add up to.

    With several primary types, each is named.
    """
    credits_ = tuple(credits_)
    only_primary = sum(credit.type.is_primary for credit in credits_) == 1
    return tuple(
        _less_template(credit, only_primary).format(
            label=credit.type.label,
            attended=credit.type.format(credit.attended),
            claimed=credit.type.format(credit.claimed),
        )
        for credit in credits_
        if credit.claimed < credit.attended
    )


def _less_template(credit: Credit, only_primary: bool) -> str:
    if not credit.type.is_primary:
        return text.certificate.LESS_OF
    return text.certificate.LESS if only_primary else text.certificate.LESS_OF_TYPE
