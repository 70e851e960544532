"""Confirmation by e-mail after Submit: `services.claims.submission` enqueues it."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from sqlmodel import Session, select

from cme_reflex.domain.mail.delivery import MailKind
from cme_reflex.domain.people.attendee import Attendee
from cme_reflex.formats.pdf.certificate import less_claimed
from cme_reflex.routes import RECEIPT
from cme_reflex.services.claims.certificate_snapshot import receipt_credits
from cme_reflex.services.mail import queue
from cme_reflex.services.mail.rendering import (
    AttachmentFactory,
    MailJob,
    MailRenderer,
    MessageWithdrawn,
    RenderedMail,
)
from cme_reflex.services.sign_in import authentication
from cme_reflex.store.claims.tables import ClaimRow, ReceiptRow
from cme_reflex.store.people.tables import AttendeeRow
from cme_reflex.text.mail.confirmation import confirmation

AttachmentBuilder: TypeAlias = Callable[
    [Session, MailJob, ReceiptRow], tuple[AttachmentFactory, ...]
]
"""Creates the attachments of a confirmation when it is sent; they are never stored."""


def enqueue_confirmation(db: Session, attendee_id: int, receipt: str, *, now: datetime) -> None:
    """Enqueue the confirmation of a submission, once, if the attendee has an e-mail address."""
    attendee = db.get_one(AttendeeRow, attendee_id)
    if attendee.email:
        queue.enqueue(
            db,
            meeting_id=attendee.meeting_id,
            kind=MailKind.CONFIRMATION,
            recipient=attendee.email,
            key=receipt,
            now=now,
            receipt=receipt,
        )


def confirmation_renderer(attach: AttachmentBuilder) -> MailRenderer:
    """A renderer of confirmations with the attachments that `attach` creates."""

    def render(db: Session, job: MailJob) -> RenderedMail:
        receipt = _receipt(db, job.row.payload["receipt"])
        document, attendee = receipt.document, _attendee(db, receipt)
        claimed = receipt_credits(receipt, job.meeting)
        attachments = attach(db, job, receipt)
        content = confirmation(
            job.meeting,
            attendee=attendee.name,
            name=document["name_on_certificate"],
            number=receipt.number,
            submitted_at=receipt.submitted_at,
            claimed=claimed,
            sessions=len(document["lines"]),
            less=less_claimed(claimed),
            replaces=receipt.version > 1,
            certificate=bool(attachments),
            url=f"{job.meeting_url}{RECEIPT}",
        )
        return RenderedMail(content, attendee.name, job.row.recipient, attachments)

    return render


def _receipt(db: Session, number: str) -> ReceiptRow:
    found = select(ReceiptRow).where(ReceiptRow.number == number)
    row = db.exec(found).one_or_none()
    if row is None:
        raise MessageWithdrawn("There is no such receipt.")
    if row.withdrawn_at is not None:
        raise MessageWithdrawn("The claim was withdrawn meanwhile.")
    return row


def _attendee(db: Session, receipt: ReceiptRow) -> Attendee:
    claim = db.get_one(ClaimRow, receipt.claim_id)
    return authentication.attendee_from_row(db.get_one(AttendeeRow, claim.attendee_id))
