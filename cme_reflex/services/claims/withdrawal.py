"""Withdrawal of a claim by staff: its versions are no proof of credit from then on."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlmodel import Session

from cme_reflex.domain.claims.claim import AlreadyWithdrawn, ClaimStatus
from cme_reflex.domain.mail.delivery import MailKind
from cme_reflex.routes import RECEIPT
from cme_reflex.services.claims.reopening import (
    ClaimRecord,
    ReasonMissing,
    claim_record,
    find_claim,
    newest_of,
)
from cme_reflex.services.mail import queue
from cme_reflex.services.mail.rendering import MailJob, MessageWithdrawn, RenderedMail
from cme_reflex.services.sign_in import authentication
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.store.claims import claims, feed
from cme_reflex.store.claims.tables import ClaimRow
from cme_reflex.store.database import read, write
from cme_reflex.store.people.tables import AttendeeRow
from cme_reflex.text.mail import messages


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A withdrawal, as the attendee is told of it. `at` is aware UTC."""

    at: datetime
    reason: str


async def withdraw_claim(receipt: str, *, reason: str, actor: str, now: datetime) -> ClaimRecord:
    """Withdraw the claim with this receipt, of any version, and tell the attendee by mail.

    None of its versions is a proof any longer; nothing is deleted. Staff may reopen the claim,
    and then only a new version is a proof. Raises ReceiptNotFound, AlreadyWithdrawn and
    ReasonMissing.
    """
    if not reason.strip():
        raise ReasonMissing

    def withdraw(db: Session) -> ClaimRecord:
        row = find_claim(db, receipt, claims.of_receipt_for_update)
        if row.status == ClaimStatus.WITHDRAWN:
            raise AlreadyWithdrawn
        newest = newest_of(db, row).number
        claims.change_status(
            db,
            row,
            ClaimStatus.WITHDRAWN,
            actor=actor,
            receipt=newest,
            now=now,
            reason=reason.strip(),
        )
        row.reopened_until = None
        row.revision += 1
        _enqueue_notice(db, row, newest, now=now)
        _withdraw_versions(db, cast(int, row.id), now)
        return claim_record(db, row)

    return await write(withdraw)


def _withdraw_versions(db: Session, claim_id: int, now: datetime) -> None:
    """Mark the versions; the last step, because other submissions wait for their positions."""
    for version in reversed(claims.receipts(db, claim_id)):
        if version.withdrawn_at is None:
            version.withdrawn_at = now
            version.position = feed.next_position(db)


def _enqueue_notice(db: Session, row: ClaimRow, receipt: str, *, now: datetime) -> None:
    attendee = db.get_one(AttendeeRow, row.attendee_id)
    if attendee.email:
        queue.enqueue(
            db,
            meeting_id=attendee.meeting_id,
            kind=MailKind.WITHDRAWAL,
            recipient=attendee.email,
            key=f"{receipt}:{row.revision}",
            now=now,
            receipt=receipt,
        )


async def load_withdrawal(context: RequestContext) -> Withdrawal:
    """The last withdrawal of the attendee's claim. Raises LookupError if there was none."""

    def load(db: Session) -> Withdrawal:
        return _withdrawal(db, claims.find(db, context.attendee.id))

    return await read(load)


def render_withdrawal(db: Session, job: MailJob) -> RenderedMail:
    """Render the notice of a withdrawal. Raises MessageWithdrawn if the claim was reopened."""
    row = claims.find_by_receipt(db, job.row.payload["receipt"])
    if row is None or row.status != ClaimStatus.WITHDRAWN:
        raise MessageWithdrawn("The claim was reopened meanwhile.")
    withdrawn = _withdrawal(db, row)
    newest = newest_of(db, row)
    # What was entered for the certificate may be no name, by the rules of now.
    name = authentication.attendee_from_row(db.get_one(AttendeeRow, row.attendee_id)).name
    content = messages.withdrawal(
        job.meeting,
        name=name,
        number=newest.number,
        withdrawn_at=withdrawn.at,
        reason=withdrawn.reason,
        url=f"{job.meeting_url}{RECEIPT}",
    )
    return RenderedMail(content, name, job.row.recipient)


def _withdrawal(db: Session, row: ClaimRow | None) -> Withdrawal:
    entry = claims.last_withdrawal(db, cast(int, row.id)) if row else None
    if entry is None:
        raise LookupError("The claim was never withdrawn.")
    return Withdrawal(entry.at, entry.reason)
