"""Reopening a submitted claim: by staff with a reason and a deadline, or by the attendee."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlmodel import Session

from cme_reflex.domain.receipt import canonical_number
from cme_reflex.domain.submission import (
    DeadlinePassed,
    NotSubmitted,
    Status,
    require_reopenable,
)
from cme_reflex.services.claim import Standing, claim_for_update
from cme_reflex.services.submission import Receipt, receipt_of
from cme_reflex.services.visit import Visit
from cme_reflex.store import claims
from cme_reflex.store.database import read, write
from cme_reflex.store.tables import AttendeeRow, AuditRow, ClaimRow


class UnknownReceipt(LookupError):
    """No claim has a receipt of this number."""


class ReasonMissing(ValueError):
    """A claim is reopened with a reason, which the audit log keeps."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a claim's status, as the audit log has it. `at` is aware UTC."""

    at: datetime
    actor: str
    from_status: str | None
    to_status: str
    reason: str
    receipt: str | None


@dataclass(frozen=True, slots=True)
class Record:
    """What staff look up: whose claim it is, its versions (newest first), and its history."""

    name: str
    badge: str
    status: Status
    reopened_until: datetime | None
    receipts: tuple[Receipt, ...]
    history: tuple[Change, ...]


async def look_up(receipt: str) -> Record:
    """The record of the claim with this receipt, of whatever version. Raises UnknownReceipt."""
    return await read(lambda db: _record(db, _find(db, receipt, claims.of_receipt)))


async def reopen_claim(
    receipt: str, *, reason: str, until: datetime, actor: str, now: datetime
) -> Record:
    """Let the attendee change a submitted claim until a deadline of its own (aware).

    The receipts stay valid until the claim is submitted anew. Raises
    UnknownReceipt, NotSubmitted, DeadlinePassed and ReasonMissing.
    """
    if not reason.strip():
        raise ReasonMissing
    if until <= now:
        raise DeadlinePassed(until)

    def reopen(db: Session) -> Record:
        row = _find(db, receipt, claims.of_receipt_for_update)
        if row.status != Status.SUBMITTED:
            raise NotSubmitted
        _reopen(db, row, actor=actor, reason=reason.strip(), now=now)
        row.reopened_until = until
        return _record(db, row)

    return await write(reopen)


async def reopen_own(visit: Visit, *, now: datetime) -> Standing:
    """Reopen one's own claim, where the meeting allows it and its claim period is open.

    Doing it twice changes nothing. Raises ReopeningNotAllowed, NotSubmitted,
    ClaimPeriodNotOpen or ClaimPeriodClosed.
    """

    def reopen(db: Session) -> Standing:
        draft = claim_for_update(db, visit)
        if draft.row.status != Status.REOPENED:
            require_reopenable(draft.standing.claim, draft.visit.meeting, now)
            actor = f"attendee {visit.attendee.id}"
            _reopen(db, draft.row, actor=actor, reason="by the attendee", now=now)
        return draft.standing

    return await write(reopen)


def _reopen(db: Session, row: ClaimRow, *, actor: str, reason: str, now: datetime) -> None:
    claim_id = cast(int, row.id)
    db.add(
        AuditRow(
            claim_id=claim_id,
            at=now,
            actor=actor,
            from_status=row.status,
            to_status=Status.REOPENED,
            reason=reason,
            receipt=claims.receipts(db, claim_id)[0].number,
        )
    )
    row.status = Status.REOPENED
    row.revision += 1


def _find(db: Session, receipt: str, query: Callable[[Session, str], ClaimRow | None]) -> ClaimRow:
    number = canonical_number(receipt)
    row = query(db, number) if number is not None else None
    if row is None:
        raise UnknownReceipt(receipt)
    return row


def _record(db: Session, row: ClaimRow) -> Record:
    claim_id = cast(int, row.id)
    attendee = db.get_one(AttendeeRow, row.attendee_id)
    kept = claims.receipts(db, claim_id)
    return Record(
        name=kept[0].document["name_on_certificate"],
        badge=attendee.badge,
        status=Status(row.status),
        reopened_until=row.reopened_until,
        receipts=tuple(receipt_of(receipt) for receipt in kept),
        history=tuple(
            Change(
                entry.at,
                entry.actor,
                entry.from_status,
                entry.to_status,
                entry.reason,
                entry.receipt,
            )
            for entry in claims.audit(db, claim_id)
        ),
    )
