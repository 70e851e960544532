"""Reopening a claim: by staff with a reason and a deadline, or by the attendee."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlmodel import Session, col, select

from cme_reflex.domain.claims.claim import (
    ClaimStatus,
    DeadlinePassed,
    NotSubmitted,
    require_reopenable,
)
from cme_reflex.domain.claims.proof import ProofState, proof_state
from cme_reflex.domain.claims.receipt_number import canonical_receipt_number
from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.services.claims.claim import ClaimSummary, claim_for_update
from cme_reflex.services.claims.submission import Receipt, receipt_from_row
from cme_reflex.services.programme import programme_cache
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.store.claims import claims
from cme_reflex.store.claims.tables import ClaimRow, ReceiptRow
from cme_reflex.store.database import read, write
from cme_reflex.store.people.tables import AttendeeRow, RegistrationAuditRow


class ReceiptNotFound(LookupError):
    """No claim has a receipt with this number."""


class ReasonMissing(ValueError):
    """A reason is required to reopen or withdraw a claim, for the audit log."""


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A change of a claim's status from the audit log. `at` is aware UTC."""

    at: datetime
    actor: str
    from_status: str | None
    to_status: str
    reason: str
    receipt: str | None


@dataclass(frozen=True, slots=True)
class RegistrationChange:
    """An entry of a registration's audit log. `at` is aware UTC."""

    at: datetime
    actor: str
    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class ClaimRecord:
    """A claim as shown to staff: the attendee, its versions (newest first) and its history.

    `states` are those of the versions as proofs of credit. `registration_history` has what happened
    to the registration rather than to its claim.
    """

    name: str
    badge: str
    status: ClaimStatus
    reopened_until: datetime | None
    receipts: tuple[Receipt, ...]
    states: tuple[ProofState, ...]
    history: tuple[StatusChange, ...]
    registration_history: tuple[RegistrationChange, ...]


async def load_claim_record(receipt: str) -> ClaimRecord:
    """The record of the claim with this receipt, of any version. Raises ReceiptNotFound."""
    return await read(lambda db: claim_record(db, find_claim(db, receipt, claims.find_by_receipt)))


async def meeting_of_receipt(receipt: str) -> Meeting:
    """The meeting that this receipt is for. Raises ReceiptNotFound."""

    def load(db: Session) -> Meeting:
        row = find_claim(db, receipt, claims.find_by_receipt)
        attendee = db.get_one(AttendeeRow, row.attendee_id)
        return programme_cache.get_current(db, attendee.meeting_id).meeting

    return await read(load)


async def reopen_claim(
    receipt: str, *, reason: str, until: datetime, actor: str, now: datetime
) -> ClaimRecord:
    """Reopen a submitted or withdrawn claim for the attendee, until its own deadline (aware).

    The last receipt stays valid until the claim is submitted again; one that was withdrawn does
    not become valid again. Raises ReceiptNotFound, NotSubmitted, DeadlinePassed and ReasonMissing.
    """
    if not reason.strip():
        raise ReasonMissing
    if until <= now:
        raise DeadlinePassed(until)

    def reopen(db: Session) -> ClaimRecord:
        row = find_claim(db, receipt, claims.of_receipt_for_update)
        if not ClaimStatus(row.status).is_locked:
            raise NotSubmitted
        _reopen(db, row, actor=actor, reason=reason.strip(), now=now)
        row.reopened_until = until
        return claim_record(db, row)

    return await write(reopen)


async def reopen_own_claim(context: RequestContext, *, now: datetime) -> ClaimSummary:
    """Reopen the attendee's own claim, if the meeting permits it and its claim period is open.

    Reopening it twice changes nothing. Raises ReopeningNotAllowed, ClaimWithdrawn, NotSubmitted,
    ClaimPeriodNotOpen, ClaimPeriodClosed or ReopeningLimitReached.
    """

    def reopen(db: Session) -> ClaimSummary:
        draft = claim_for_update(db, context, now=now)
        if draft.row.status != ClaimStatus.REOPENED:
            last = claims.newest_receipt(db, draft.id)
            versions = last.version if last else 0
            require_reopenable(draft.summary.claim, draft.context.meeting, now, versions=versions)
            actor = f"attendee {context.attendee.id}"
            _reopen(db, draft.row, actor=actor, reason="by the attendee", now=now)
        return draft.summary

    return await write(reopen)


def _reopen(db: Session, row: ClaimRow, *, actor: str, reason: str, now: datetime) -> None:
    newest = newest_of(db, row).number
    claims.change_status(
        db, row, ClaimStatus.REOPENED, actor=actor, receipt=newest, now=now, reason=reason
    )
    row.revision += 1


def find_claim(
    db: Session, receipt: str, query: Callable[[Session, str], ClaimRow | None]
) -> ClaimRow:
    """The claim that `query` finds by a receipt number in any notation. Raises ReceiptNotFound."""
    number = canonical_receipt_number(receipt)
    row = query(db, number) if number is not None else None
    if row is None:
        raise ReceiptNotFound(receipt)
    return row


def newest_of(db: Session, row: ClaimRow) -> ReceiptRow:
    """The last version of a claim that was submitted once."""
    newest = claims.newest_receipt(db, cast(int, row.id))
    if newest is None:
        raise NotSubmitted
    return newest


def claim_record(db: Session, row: ClaimRow) -> ClaimRecord:
    """The record of a claim that was submitted once."""
    claim_id = cast(int, row.id)
    attendee = db.get_one(AttendeeRow, row.attendee_id)
    receipts = claims.receipts(db, claim_id)
    return ClaimRecord(
        name=receipts[0].document["name_on_certificate"],
        badge=attendee.badge,
        status=ClaimStatus(row.status),
        reopened_until=row.reopened_until,
        receipts=tuple(receipt_from_row(receipt) for receipt in receipts),
        states=tuple(
            proof_state(
                ClaimStatus(row.status),
                newest=receipt is receipts[0],
                withdrawn=receipt.withdrawn_at is not None,
            )
            for receipt in receipts
        ),
        history=tuple(
            StatusChange(
                entry.at,
                entry.actor,
                entry.from_status,
                entry.to_status,
                entry.reason,
                entry.receipt,
            )
            for entry in claims.audit_entries(db, claim_id)
        ),
        registration_history=tuple(
            RegistrationChange(entry.at, entry.actor, entry.what, entry.reason)
            for entry in db.exec(
                select(RegistrationAuditRow)
                .where(RegistrationAuditRow.attendee_id == row.attendee_id)
                .order_by(col(RegistrationAuditRow.id))
            )
        ),
    )
