"""Certificates of submitted versions for their owners, and public verification by number."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from cme_reflex.domain.claims.claim import ClaimStatus
from cme_reflex.domain.claims.proof import ProofState, proof_state
from cme_reflex.domain.claims.receipt_number import canonical_receipt_number
from cme_reflex.domain.credit.claimable import CreditTotals
from cme_reflex.domain.credit.quarters import Quarters
from cme_reflex.domain.mail.message import Attachment
from cme_reflex.domain.meetings.meeting import Meeting, PaperSize
from cme_reflex.domain.people.attendee import Attendee
from cme_reflex.domain.people.names import initials
from cme_reflex.formats.meeting_folder.document import meeting_from_document
from cme_reflex.formats.pdf.certificate import Certificate, CertificateSession, certificate_pdf
from cme_reflex.formats.pdf.typesetting import name_svg
from cme_reflex.routes import verify
from cme_reflex.services.certificates import pdf_pool
from cme_reflex.services.certificates.ownership import signed_in_member
from cme_reflex.services.claims import submission
from cme_reflex.services.claims.certificate_snapshot import certificate_facts
from cme_reflex.services.claims.submission import Receipt
from cme_reflex.services.mail.rendering import AttachmentFactory, MailJob
from cme_reflex.services.sign_in import rate_limits
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.store.certificates import accounts
from cme_reflex.store.claims import claims
from cme_reflex.store.claims.claims import IssuedReceipt
from cme_reflex.store.claims.tables import ReceiptRow
from cme_reflex.store.database import read

VERIFY_LIMIT = rate_limits.Quota(scope="verify", limit=60, window=timedelta(minutes=10))
"""Verifications from one IP address: enough for a board's clerk, too few to enumerate numbers."""


class CertificateNotFound(LookupError):
    """There is no certificate with this number, or it belongs to somebody else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedCertificate:
    """Public facts of a certificate, for verification by its number. Credit in quarter hours.

    `safety_label` is None if the meeting has no Patient Safety credit. `attended` is the credit of
    its sessions, of which less may be claimed. `withdrawn_on` is the date of a withdrawal in the
    meeting's time zone. `accent` is the meeting's accent color.
    """

    number: str
    initials: str
    provider: str
    meeting: str
    issued_on: date
    claimed: CreditTotals
    attended: CreditTotals
    safety_label: str | None
    state: ProofState
    withdrawn_on: date | None
    accent: str


async def load_certificate(context: RequestContext, number: str) -> Certificate:
    """The certificate with this number, if it belongs to the person; old versions included.

    A member's certificates are those of all meetings, after a sign-in that proves who the person
    is. Raises CertificateNotFound.
    """

    def load(db: Session) -> IssuedReceipt:
        issued = _issued(db, number)
        if not _is_own(db, context, issued.receipt):
            raise CertificateNotFound(number)
        return issued

    issued = await read(load)
    meeting = meeting_from_document(issued.meeting)
    return build_certificate(
        submission.receipt_from_row(issued.receipt), meeting, _proof_state(issued)
    )


def _issued(db: Session, number: str) -> IssuedReceipt:
    """The receipt with this number, in any notation. Raises CertificateNotFound."""
    canonical = canonical_receipt_number(number)
    issued = claims.find_issued(db, canonical) if canonical is not None else None
    if issued is None:
        raise CertificateNotFound(number)
    return issued


def _proof_state(issued: IssuedReceipt) -> ProofState:
    receipt = issued.receipt
    return proof_state(
        ClaimStatus(issued.status),
        newest=issued.newest == receipt.version,
        withdrawn=receipt.withdrawn_at is not None,
    )


def _is_own(db: Session, context: RequestContext, receipt: ReceiptRow) -> bool:
    member = signed_in_member(db, context)
    member_id = member.id if member else None
    return accounts.owns_claim(db, context.attendee.id, member_id, receipt.claim_id)


async def render_pdf(certificate: Certificate) -> bytes:
    """The certificate as a PDF. Not cached: rendering takes a tenth of a second."""
    return await pdf_pool.render(certificate_pdf, certificate)


async def draw_name(attendee: Attendee) -> bytes:
    """The attendee's name as the certificate would print it now, as an SVG image.

    Raises CertificateNotFound if it cannot bear the name.
    """
    if await submission.check_name(attendee):
        raise CertificateNotFound(attendee.name_on_certificate)
    return await pdf_pool.render(name_svg, attendee.name_on_certificate)


def attachments(job: MailJob, row: ReceiptRow) -> tuple[AttachmentFactory, ...]:
    """The mail attachments of a submitted version: its certificate."""
    certificate = build_certificate(submission.receipt_from_row(row), job.meeting, ProofState.VALID)
    url = f"{job.public_url}{verify(certificate.number)}"
    return (partial(_attachment, replace(certificate, address=url)),)


async def _attachment(certificate: Certificate) -> Attachment:
    content = await render_pdf(certificate)
    name = pdf_filename(certificate.number)
    return Attachment(name=name, media_type="application/pdf", content=content)


def pdf_filename(number: str) -> str:
    """The file name of a certificate's PDF."""
    return f"certificate-{number}.pdf"


async def verify_certificate(number: str, *, now: datetime, address: str) -> VerifiedCertificate:
    """Verify a certificate by its number. `address` is the client's IP address.

    Raises CertificateNotFound and TooManyAttempts.
    """
    await rate_limits.check((VERIFY_LIMIT, address), now=now)
    issued = await read(lambda db: _issued(db, number))
    receipt = submission.receipt_from_row(issued.receipt)
    facts = certificate_facts(receipt.document, meeting_from_document(issued.meeting))
    zone = ZoneInfo(facts["time_zone"])
    withdrawn_at = receipt.withdrawn_at
    return VerifiedCertificate(
        number=receipt.number,
        initials=initials(receipt.document["name_on_certificate"]),
        provider=facts["provider"],
        meeting=facts["meeting"],
        issued_on=receipt.submitted_at.astimezone(zone).date(),
        claimed=CreditTotals(receipt.category1, receipt.safety),
        attended=receipt.attended,
        safety_label=facts["safety_label"],
        state=_proof_state(issued),
        withdrawn_on=withdrawn_at.astimezone(zone).date() if withdrawn_at else None,
        accent=facts["accent"],
    )


def build_certificate(receipt: Receipt, meeting: Meeting, state: ProofState) -> Certificate:
    """The certificate of a submitted version, from the data stored with the submission.

    `meeting` is the version's meeting; it is used only for versions without stored facts.
    `state` is what its face says of it, unless it is simply valid.
    """
    document, facts = receipt.document, certificate_facts(receipt.document, meeting)
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
        paper=PaperSize(facts["paper"]),
        accent=facts["accent"],
        language=facts["language"],
        state=state,
        withdrawn_at=receipt.withdrawn_at,
    )


def _session(line: Mapping[str, Any]) -> CertificateSession:
    return CertificateSession(
        title=line["title"],
        starts_at=datetime.fromisoformat(line["starts_at"]),
        ends_at=datetime.fromisoformat(line["ends_at"]),
        on_demand=line["on_demand"],
        category1=Quarters(line["quarters"]),
        safety=Quarters(line["safety"]),
    )
