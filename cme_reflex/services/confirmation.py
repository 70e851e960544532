"""The confirmation after Submit. `services.submission` posts it; here it is written."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from sqlmodel import Session, select

from cme_reflex import letters
from cme_reflex.domain.credit import Quarters
from cme_reflex.domain.mail import Kind
from cme_reflex.routes import RECEIPT
from cme_reflex.services import outbox
from cme_reflex.services.correspondence import Draw, Task, Withdrawn, Writer, Written
from cme_reflex.store.tables import AttendeeRow, ReceiptRow

Attach: TypeAlias = Callable[[Task, ReceiptRow], tuple[Draw, ...]]
"""What goes with the confirmation of a submitted version: made when it is sent, never stored."""


def post(db: Session, attendee_id: int, receipt: str, *, now: datetime) -> None:
    """Confirm a submission, once, where there is an address; in the transaction of Submit."""
    attendee = db.get_one(AttendeeRow, attendee_id)
    if attendee.email:
        outbox.post(
            db,
            meeting_id=attendee.meeting_id,
            kind=Kind.CONFIRMATION,
            recipient=attendee.email,
            key=receipt,
            now=now,
            receipt=receipt,
        )


def writer(attach: Attach) -> Writer:
    """Write confirmations with what `attach` makes of the receipt."""

    def render(db: Session, task: Task) -> Written:
        receipt = _receipt(db, task.row.payload["receipt"])
        document = receipt.document
        attachments = attach(task, receipt)
        letter = letters.confirmation(
            task.meeting,
            name=document["name_on_certificate"],
            number=receipt.number,
            submitted_at=receipt.submitted_at,
            category1=Quarters(receipt.category1),
            safety=Quarters(receipt.safety),
            sessions=len(document["lines"]),
            replaces=receipt.version > 1,
            certificate=bool(attachments),
            url=f"{task.public_url}{RECEIPT}",
        )
        return Written(letter, document["name_on_certificate"], task.row.recipient, attachments)

    return render


def _receipt(db: Session, number: str) -> ReceiptRow:
    found = select(ReceiptRow).where(ReceiptRow.number == number)
    row = db.exec(found).one_or_none()
    if row is None:
        raise Withdrawn("There is no such receipt.")
    return row
