"""Choosing the totals, submitting once and for good, and the receipt."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlmodel import Session, col

from cme_reflex.domain.attendee import OTHER, PHYSICIAN, UnprintableName, printable_name
from cme_reflex.domain.claim import Totals, check_totals
from cme_reflex.domain.credit import Quarters
from cme_reflex.domain.evaluation import Answers
from cme_reflex.domain.receipt import new_number
from cme_reflex.domain.submission import (
    ClaimLocked,
    Incomplete,
    StaleRevision,
    Status,
    missing,
    require_changeable,
)
from cme_reflex.exchange.certificate_fonts import missing_characters
from cme_reflex.services import confirmation
from cme_reflex.services.claim import Draft, Standing, claim_for_update, update_claim
from cme_reflex.services.printed import printed_facts
from cme_reflex.services.visit import Visit
from cme_reflex.store import claims, feed
from cme_reflex.store.database import read, write
from cme_reflex.store.tables import AttendeeRow, AuditRow, ReceiptRow

DOCUMENT_FORM = 2  # form 1 had no "form", and no "certificate"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The proof of one submitted version. Credit in quarter hours, `submitted_at` aware UTC."""

    number: str
    version: int
    submitted_at: datetime
    category1: Quarters
    safety: Quarters
    document: dict[str, Any]


async def choose_category1(visit: Visit, quarters: Quarters | None, *, now: datetime) -> Standing:
    """Choose the Category 1 credit to claim, or take the choice back with None.

    Patient Safety above it is cleared. Raises CreditLimitExceeded, and what `update_claim` raises.
    """

    def choose(draft: Draft) -> None:
        if quarters is not None:
            check_totals(Totals(quarters, None), draft.standing.claimable)
        draft.row.category1 = quarters
        if draft.row.safety is not None and (quarters is None or draft.row.safety > quarters):
            draft.row.safety = None

    return await update_claim(visit, choose, now=now)


async def choose_safety(visit: Visit, quarters: Quarters | None, *, now: datetime) -> Standing:
    """Choose the Patient Safety credit to claim, or take the choice back with None.

    Raises CreditLimitExceeded, and what `update_claim` raises.
    """

    def choose(draft: Draft) -> None:
        before = draft.standing
        if quarters is not None:
            check_totals(Totals(before.claim.totals.category1, quarters), before.claimable)
        draft.row.safety = quarters

    return await update_claim(visit, choose, now=now)


async def choose_all(visit: Visit, *, now: datetime) -> Standing:
    """Choose all credit that the sessions support, Patient Safety where there is any of it.

    Raises CreditLimitExceeded where they support none, and what `update_claim` raises.
    """

    def choose(draft: Draft) -> None:
        most = draft.standing.claimable
        check_totals(Totals(most.category1, most.safety), most)
        draft.row.category1, draft.row.safety = most.category1, most.safety or None

    return await update_claim(visit, choose, now=now)


async def correct_name(visit: Visit, name: str, *, now: datetime) -> Standing:
    """Keep the name for the certificate as the attendee writes it; as registered is no correction.

    Raises InvalidName, for characters that cannot be printed UnprintableName, and what
    `update_claim` raises.
    """
    printed = printable_name(name)
    if printed != visit.attendee.name and (missing := missing_characters(printed)):
        raise UnprintableName(missing)

    def correct(draft: Draft) -> None:
        corrected = None if printed == visit.attendee.name else printed
        draft.db.exec(_attendee(visit).values(name_on_certificate=corrected))

    return await update_claim(visit, correct, now=now)


async def correct_profession(visit: Visit, *, is_physician: bool, now: datetime) -> Standing:
    """Keep whether the attendee is a physician (MD or DO); it decides how the certificate reads.

    Raises what `update_claim` raises.
    """

    def correct(draft: Draft) -> None:
        right = PHYSICIAN if is_physician else OTHER
        corrected = sa.func.nullif(right, col(AttendeeRow.profession))
        draft.db.exec(_attendee(visit).values(corrected_profession=corrected))

    return await update_claim(visit, correct, now=now)


async def submit_claim(visit: Visit, revision: object, *, attested: bool, now: datetime) -> Receipt:
    """Check everything again, lock the claim and give its receipt: all of it or nothing.

    A second Submit of the same revision gets the receipt of the first one.
    Raises Incomplete, StaleRevision, ClaimLocked, ClaimPeriodNotOpen or ClaimPeriodClosed.
    """

    def submit(db: Session) -> Receipt:
        draft = claim_for_update(db, visit)
        claim = draft.standing.claim
        if claim.status is Status.SUBMITTED:
            return _receipt_of_revision(draft, revision)
        require_changeable(claim, draft.visit.meeting, now)
        if revision != claim.revision:
            raise StaleRevision
        answers = claims.answers(db, visit.attendee.id)
        if lacking := missing(claim, answers, draft.visit.programme, attested=attested):
            raise Incomplete(lacking)
        number = new_number(draft.visit.meeting.short_name, secrets.choice)
        _lock(draft, number, now)
        confirmation.post(db, visit.attendee.id, number, now=now)
        return receipt_of(_add_version(draft, answers, number, now))

    return await write(submit)


async def last_receipt(visit: Visit) -> Receipt | None:
    """The receipt of the newest submitted version, if there is one."""
    return next(iter(await receipts(visit)), None)


async def receipts(visit: Visit) -> list[Receipt]:
    """The receipts of all submitted versions, the newest, which is the valid one, first."""

    def found(db: Session) -> list[Receipt]:
        claim = claims.find(db, visit.attendee.id)
        rows = claims.receipts(db, cast(int, claim.id)) if claim else []
        return [receipt_of(row) for row in rows]

    return await read(found)


def _receipt_of_revision(draft: Draft, revision: object) -> Receipt:
    last = next(iter(claims.receipts(draft.db, draft.id)), None)
    if last is None or last.document["revision"] != revision:
        raise ClaimLocked
    return receipt_of(last)


def _attendee(visit: Visit) -> sa.Update:
    return sa.update(AttendeeRow).where(col(AttendeeRow.id) == visit.attendee.id)


def _lock(draft: Draft, number: str, now: datetime) -> None:
    totals = draft.standing.claim.totals
    draft.db.add(
        AuditRow(
            claim_id=draft.id,
            at=now,
            actor=f"attendee {draft.visit.attendee.id}",
            from_status=draft.row.status,
            to_status=Status.SUBMITTED,
            receipt=number,
        )
    )
    draft.row.status = Status.SUBMITTED
    draft.row.category1, draft.row.safety = totals.category1, totals.safety
    draft.row.reopened_until = None


def _add_version(draft: Draft, answers: Answers, number: str, now: datetime) -> ReceiptRow:
    """The new version; the last thing of the transaction, for its position is waited for."""
    row = ReceiptRow(
        claim_id=draft.id,
        version=1 + len(claims.receipts(draft.db, draft.id)),
        number=number,
        submitted_at=now,
        category1=cast(int, draft.row.category1),
        safety=draft.row.safety or 0,
        document=_document(draft, answers),
        position=feed.next_position(draft.db),
    )
    draft.db.add(row)
    return row


def _document(draft: Draft, answers: Answers) -> dict[str, Any]:
    """The claim as it is submitted, whole: nothing loaded later changes what this says."""
    visit, claim = draft.visit, draft.standing.claim
    return {
        "form": DOCUMENT_FORM,
        "revision": claim.revision,
        "meeting": visit.meeting.code,
        "certificate": printed_facts(visit.meeting),
        "programme_version": visit.programme.version,
        "name_on_certificate": visit.attendee.name_on_certificate,
        "is_physician": visit.attendee.is_physician,
        "registration_type": visit.attendee.registration_type,
        "lines": [
            {
                "code": session.code,
                "title": session.title,
                "starts_at": session.starts_at.isoformat(),
                "ends_at": session.ends_at.isoformat(),
                "quarters": line.quarters,
                "safety": line.safety,
                "on_demand": line.on_demand,
                "answers": dict(answers.of_session(line.session_id)),
            }
            for line in claim.lines
            for session in [visit.programme.sessions[line.session_id]]
        ],
        "overall_answers": dict(answers.overall),
    }


def receipt_of(row: ReceiptRow) -> Receipt:
    """The receipt that a row keeps."""
    return Receipt(
        number=row.number,
        version=row.version,
        submitted_at=row.submitted_at,
        category1=Quarters(row.category1),
        safety=Quarters(row.safety),
        document=row.document,
    )
