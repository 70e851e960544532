"""Certificates: each submitted version's, for its owner, and the check of a number by anybody."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from cme_reflex.domain.credit import Quarters
from cme_reflex.domain.letter import Attachment
from cme_reflex.domain.meeting import Meeting, Paper
from cme_reflex.domain.names import initials
from cme_reflex.domain.receipt import canonical_number
from cme_reflex.exchange.certificate import Certificate, CertifiedSession, certificate_pdf
from cme_reflex.exchange.meeting_document import meeting_from_document
from cme_reflex.routes import verify
from cme_reflex.services import drawing, submission, throttle
from cme_reflex.services.correspondence import Draw, Task
from cme_reflex.services.printed import facts_of
from cme_reflex.services.submission import Receipt
from cme_reflex.services.visit import Visit
from cme_reflex.store import accounts, claims
from cme_reflex.store.claims import Issued
from cme_reflex.store.database import read
from cme_reflex.store.tables import ReceiptRow

CHECKS = throttle.Quota(scope="verify", most=60, window=timedelta(minutes=10))
"""How many numbers one address may check: a board's clerk with a pile, not a walk through all."""


class NoSuchCertificate(LookupError):
    """There is no certificate of this number, or none of this attendee."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What anybody who has a certificate's number may know. Credit in quarter hours.

    `safety` is None where the meeting has no Patient Safety. `replaced` says that a newer version
    was submitted. `accent` is the colour of the meeting.
    """

    number: str
    initials: str
    provider: str
    meeting: str
    issued_on: date
    category1: Quarters
    safety: Quarters | None
    safety_label: str
    replaced: bool
    accent: str


async def certificate(visit: Visit, number: str) -> Certificate:
    """The certificate with this number, if it is one of the person's versions, old ones too.

    A member's are those of all meetings. Raises NoSuchCertificate.
    """

    def load(db: Session) -> Issued:
        issued = _issued(db, number)
        if not _is_own(db, visit, issued.receipt):
            raise NoSuchCertificate(number)
        return issued

    issued = await read(load)
    meeting = meeting_from_document(issued.meeting)
    return certificate_of(submission.receipt_of(issued.receipt), meeting)


def _issued(db: Session, number: str) -> Issued:
    """The receipt of this number, however it is written. Raises NoSuchCertificate."""
    canonical = canonical_number(number)
    issued = claims.issued(db, canonical) if canonical is not None else None
    if issued is None:
        raise NoSuchCertificate(number)
    return issued


def _is_own(db: Session, visit: Visit, receipt: ReceiptRow) -> bool:
    member = accounts.member_of(db, visit.attendee.id)
    member_id = member.id if member else None
    return accounts.is_own(db, visit.attendee.id, member_id, receipt.claim_id)


async def drawn(certificate: Certificate) -> bytes:
    """The PDF. Nothing of it is kept: it is drawn again in a tenth of a second."""
    return await drawing.drawn(certificate_pdf, certificate)


def attached(task: Task, row: ReceiptRow) -> tuple[Draw, ...]:
    """The certificate of a submitted version as it goes with a message."""
    of = certificate_of(submission.receipt_of(row), task.meeting)
    of = replace(of, address=f"{task.public_url}{verify(of.number)}")
    return (partial(_attachment, of),)


async def _attachment(of: Certificate) -> Attachment:
    content = await drawn(of)
    return Attachment(name=file_name(of.number), media_type="application/pdf", content=content)


def file_name(number: str) -> str:
    """What the file of a certificate is called."""
    return f"certificate-{number}.pdf"


async def verified(number: str, *, now: datetime, address: str) -> Verified:
    """What a certificate's number proves. `address` is where the question comes from.

    Raises NoSuchCertificate and TooManyAttempts.
    """
    await throttle.attempt((CHECKS, address), now=now)
    issued = await read(lambda db: _issued(db, number))
    receipt = submission.receipt_of(issued.receipt)
    facts = facts_of(receipt.document, meeting_from_document(issued.meeting))
    return Verified(
        number=receipt.number,
        initials=initials(receipt.document["name_on_certificate"]),
        provider=facts["provider"],
        meeting=facts["meeting"],
        issued_on=receipt.submitted_at.astimezone(ZoneInfo(facts["time_zone"])).date(),
        category1=receipt.category1,
        safety=receipt.safety if facts["safety_label"] is not None else None,
        safety_label=facts["safety_label"] or "",
        replaced=issued.newest > receipt.version,
        accent=facts["accent"],
    )


def certificate_of(receipt: Receipt, meeting: Meeting) -> Certificate:
    """What the certificate of a submitted version says. `meeting` is the one that it is of.

    All of it is what was stored with the submission.
    """
    document, facts = receipt.document, facts_of(receipt.document, meeting)
    return Certificate(
        number=receipt.number,
        issued_at=receipt.submitted_at,
        name=document["name_on_certificate"],
        is_physician=document["is_physician"],
        provider=facts["provider"],
        meeting=facts["meeting"],
        format=facts["format"],
        location=facts["location"],
        starts_on=date.fromisoformat(facts["starts_on"]),
        ends_on=date.fromisoformat(facts["ends_on"]),
        zone=ZoneInfo(facts["time_zone"]),
        statements=tuple(facts["statements"]),
        category1=receipt.category1,
        safety=receipt.safety,
        safety_label=facts["safety_label"],
        sessions=tuple(map(_session, document["lines"])),
        paper=Paper(facts["paper"]),
        accent=facts["accent"],
        language=facts["language"],
    )


def _session(line: Mapping[str, Any]) -> CertifiedSession:
    return CertifiedSession(
        title=line["title"],
        starts_at=datetime.fromisoformat(line["starts_at"]),
        ends_at=datetime.fromisoformat(line["ends_at"]),
        on_demand=line["on_demand"],
        category1=Quarters(line["quarters"]),
        safety=Quarters(line["safety"]),
    )
