"""Reopening a submitted claim: by staff with a reason and a deadline, or by the attendee."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlmodel.ext.asyncio.session import AsyncSession

from cme_reflex.domain.receipt import canonical_number
from cme_reflex.domain.submission import (
    DeadlinePassed,
    NotSubmitted,
    Status,
    require_reopenable,
)
from cme_reflex.services.claim import Standing, locked
from cme_reflex.services.submission import Receipt, receipt_of
from cme_reflex.services.visit import Visit
from cme_reflex.store import claims
from cme_reflex.store.claims import KeptClaim
from cme_reflex.store.database import reading, transaction, within
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
    async with reading() as db:
        return await _record(db, await _of_receipt(db, receipt))


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
    async with transaction() as db:
        row = await _of_receipt(db, receipt)
        if row.status != Status.SUBMITTED:
            raise NotSubmitted
        last = (await claims.receipts(db, cast(int, row.id)))[0]
        _reopen(db, row, actor=actor, reason=reason.strip(), receipt=last.number, now=now)
        row.reopened_until = until
        await db.flush()
        return await _record(db, row)


async def reopen_own(visit: Visit, *, now: datetime) -> Standing:
    """Reopen one's own claim, where the meeting allows it and its claim period is open.

    Doing it twice changes nothing. Raises ReopeningNotAllowed, NotSubmitted,
    ClaimPeriodNotOpen or ClaimPeriodClosed.
    """
    async with locked(visit) as (db, draft):
        if draft.row.status != Status.REOPENED:
            require_reopenable(draft.standing.claim, draft.visit.meeting, now)
            last = (await claims.receipts(db, draft.row.id))[0]
            _reopen(
                db,
                draft.row,
                actor=f"attendee {visit.attendee.id}",
                reason="by the attendee",
                receipt=last.number,
                now=now,
            )
            await within(db, lambda _: draft.keep())
        return draft.standing


def _reopen(
    db: AsyncSession,
    row: ClaimRow | KeptClaim,
    *,
    actor: str,
    reason: str,
    receipt: str,
    now: datetime,
) -> None:
    db.add(
        AuditRow(
            claim_id=cast(int, row.id),
            at=now,
            actor=actor,
            from_status=row.status,
            to_status=Status.REOPENED,
            reason=reason,
            receipt=receipt,
        )
    )
    row.status = Status.REOPENED
    row.revision += 1


async def _of_receipt(db: AsyncSession, number: str) -> ClaimRow:
    known = canonical_number(number)
    row = await claims.of_receipt(db, known) if known is not None else None
    if row is None:
        raise UnknownReceipt(number)
    return row


async def _record(db: AsyncSession, row: ClaimRow) -> Record:
    claim_id = cast(int, row.id)
    attendee = await db.get_one(AttendeeRow, row.attendee_id)
    kept = await claims.receipts(db, claim_id)
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
            for entry in await claims.audit(db, claim_id)
        ),
    )
