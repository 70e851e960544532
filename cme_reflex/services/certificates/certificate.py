"""Certificates of submitted versions for their owners, and public verification by number."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from cme_reflex.domain.claims.account import Credit
from cme_reflex.domain.claims.claim import ClaimStatus
from cme_reflex.domain.claims.proof import ProofState, proof_state
from cme_reflex.domain.claims.receipt_number import canonical_receipt_number
from cme_reflex.domain.credit.credit_type import NO_CREDIT
from cme_reflex.domain.mail.message import Attachment
from cme_reflex.domain.meetings.meeting import Meeting, PaperSize, Signature
from cme_reflex.domain.people.attendee import Attendee
from cme_reflex.domain.people.names import initials
from cme_reflex.formats.meeting_folder.document import meeting_from_document
from cme_reflex.formats.pdf.certificate import (
    Certificate,
    CertificateSession,
    PrintedSignature,
    certificate_pdf,
)
from cme_reflex.formats.pdf.typesetting import name_svg
from cme_reflex.routes import verify
from cme_reflex.services.certificates import pdf_pool
from cme_reflex.services.certificates.ownership import signed_in_member
from cme_reflex.services.claims import submission
from cme_reflex.services.claims.certificate_snapshot import (
    certificate_facts,
    line_credit,
    line_identifiers,
    profession,
    signatures,
)
from cme_reflex.services.claims.submission import Receipt
from cme_reflex.services.mail.rendering import AttachmentFactory, MailJob
from cme_reflex.services.sign_in import rate_limits
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.store.certificates import accounts
from cme_reflex.store.claims import claims
from cme_reflex.store.claims.claims import IssuedReceipt
from cme_reflex.store.claims.tables import ReceiptRow
from cme_reflex.store.database import read
from cme_reflex.store.meetings import images

VERIFY_LIMIT = rate_limits.Quota(scope="verify", limit=60, window=timedelta(minutes=10))
"""Verifications from one IP address: enough for a board's clerk, too few to enumerate numbers."""


class CertificateNotFound(LookupError):
    """There is no certificate with this number, or it belongs to somebody else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedCertificate:
    """Public facts of the certificates with one number, for verification.

    `credits` are all that were claimed, each primary type before its subsets. `withdrawn_on` is
    the date of a withdrawal in the meeting's time zone. `accent` is the meeting's accent color.
    """

    number: str
    initials: str
    provider: str
    meeting: str
    issued_on: date
    credits: tuple[Credit, ...]
    state: ProofState
    withdrawn_on: date | None
    accent: str


async def load_certificate(
    context: RequestContext, number: str, credit_type: str | None = None
) -> Certificate:
    """The certificate with this number, if it belongs to the person; old versions included.

    `credit_type` is the code of its primary credit type; None for the first. A member's
    certificates are those of all meetings, after a sign-in that proves who the person is. Raises
    CertificateNotFound.
    """

    def load(db: Session) -> tuple[Certificate, ...]:
        issued = _issued(db, number)
        if not _is_own(db, context, issued.receipt):
            raise CertificateNotFound(number)
        meeting = meeting_from_document(issued.meeting)
        receipt = submission.receipt_from_row(issued.receipt, meeting)
        return build_certificates(db, receipt, meeting, _proof_state(issued))

    for certificate in await read(load):
        if credit_type in (None, certificate.credit.type.code):
            return certificate
    raise CertificateNotFound(number)


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


def attachments(db: Session, job: MailJob, row: ReceiptRow) -> tuple[AttachmentFactory, ...]:
    """The mail attachments of a submitted version: its certificate of each primary type."""
    receipt = submission.receipt_from_row(row, job.meeting)
    address = f"{job.public_url}{verify(receipt.number)}"
    return tuple(
        partial(_attachment, replace(certificate, address=address))
        for certificate in build_certificates(db, receipt, job.meeting, ProofState.VALID)
    )


async def _attachment(certificate: Certificate) -> Attachment:
    content = await render_pdf(certificate)
    name = pdf_filename(certificate)
    return Attachment(name=name, media_type="application/pdf", content=content)


def pdf_filename(certificate: Certificate) -> str:
    """The file name of a certificate's PDF; all but the first of a number name their type."""
    of_type = "" if certificate.is_first else f"-{certificate.credit.type.code}"
    return f"certificate-{certificate.number}{of_type}.pdf"


async def verify_certificate(number: str, *, now: datetime, address: str) -> VerifiedCertificate:
    """Verify a certificate by its number. `address` is the client's IP address.

    Raises CertificateNotFound and TooManyAttempts.
    """
    issued = await _look_up(number, now=now, address=address)
    meeting = meeting_from_document(issued.meeting)
    receipt = submission.receipt_from_row(issued.receipt, meeting)
    facts = certificate_facts(receipt.document, meeting)
    zone = ZoneInfo(facts["time_zone"])
    withdrawn_at = receipt.withdrawn_at
    return VerifiedCertificate(
        number=receipt.number,
        initials=initials(receipt.document["name_on_certificate"]),
        provider=facts["provider"],
        meeting=facts["meeting"],
        issued_on=receipt.submitted_at.astimezone(zone).date(),
        credits=receipt.credits,
        state=_proof_state(issued),
        withdrawn_on=withdrawn_at.astimezone(zone).date() if withdrawn_at else None,
        accent=facts["accent"],
    )


async def meeting_of_certificate(number: str, *, now: datetime, address: str) -> str:
    """The code of the meeting whose certificate has this number; it counts as a verification.

    Raises CertificateNotFound and TooManyAttempts.
    """
    issued = await _look_up(number, now=now, address=address)
    return meeting_from_document(issued.meeting).code


async def _look_up(number: str, *, now: datetime, address: str) -> IssuedReceipt:
    await rate_limits.check((VERIFY_LIMIT, address), now=now)
    return await read(lambda db: _issued(db, number))


def build_certificates(
    db: Session, receipt: Receipt, meeting: Meeting, state: ProofState
) -> tuple[Certificate, ...]:
    """The certificates of a submitted version, from the data stored with the submission.

    There is one for each primary credit type that was claimed, with its subsets. `meeting` is the
    version's meeting; it is used only for versions without stored facts. `state` is what their
    faces say of them, unless they are simply valid. From `db` come the images of the signatures.
    """
    signed = printed_signatures(db, signatures(receipt.document, meeting))
    primaries = [credit for credit in receipt.credits if credit.type.is_primary]
    return tuple(
        replace(
            _certificate(receipt, meeting, state, credit),
            is_first=credit is primaries[0],
            signatures=signed,
        )
        for credit in primaries
    )


def printed_signatures(db: Session, stored: Iterable[Signature]) -> tuple[PrintedSignature, ...]:
    """The signatures with their images."""
    stored = tuple(stored)
    if not stored:
        return ()
    svg = images.load(db, (each.image for each in stored))
    return tuple(
        PrintedSignature(svg=svg[each.image].decode(), name=each.name, title=each.title)
        for each in stored
    )


def _certificate(
    receipt: Receipt, meeting: Meeting, state: ProofState, credit: Credit
) -> Certificate:
    document, of_type = receipt.document, credit.type
    facts = certificate_facts(document, meeting)
    return Certificate(
        number=receipt.number,
        issued_at=receipt.submitted_at,
        name=document["name_on_certificate"],
        awarded=profession(document) in of_type.awarded_to,
        provider=facts["provider"],
        meeting=facts["meeting"],
        format=facts["format"],
        location=facts["location"],
        starts_on=date.fromisoformat(facts["starts_on"]),
        ends_on=date.fromisoformat(facts["ends_on"]),
        zone=ZoneInfo(facts["time_zone"]),
        statements=of_type.statements.of_accreditor,
        credit=credit,
        subsets=tuple(each for each in receipt.credits if each.type.part_of == of_type.code),
        sessions=tuple(
            _session(line, of_type.code)
            for line in document["lines"]
            if line_credit(line).get(of_type.code, NO_CREDIT)
        ),
        paper=PaperSize(facts["paper"]),
        accent=facts["accent"],
        language=facts["language"],
        state=state,
        withdrawn_at=receipt.withdrawn_at,
    )


def _session(line: Mapping[str, Any], code: str) -> CertificateSession:
    return CertificateSession(
        title=line["title"],
        starts_at=datetime.fromisoformat(line["starts_at"]),
        ends_at=datetime.fromisoformat(line["ends_at"]),
        on_demand=line["on_demand"],
        amounts=line_credit(line),
        identifier=line_identifiers(line).get(code, ""),
    )
