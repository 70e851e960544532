"""Submission of a claim: totals, corrections of name and profession, Submit, and receipts."""

import asyncio
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from typing import Any, cast

import sqlalchemy as sa
from sqlmodel import Session, col

from cme_reflex.domain.claims.account import Credit
from cme_reflex.domain.claims.claim import (
    VERSION_LIMIT,
    ClaimIncomplete,
    ClaimLocked,
    ClaimStatus,
    StaleRevision,
    missing_requirements,
    require_changeable,
)
from cme_reflex.domain.claims.receipt_number import generate_receipt_number
from cme_reflex.domain.credit.claimable import claimable_of
from cme_reflex.domain.credit.credit_type import NO_CREDIT, Amount, CreditType, UnknownCreditType
from cme_reflex.domain.evaluations.form import Answers
from cme_reflex.domain.meetings.meeting import Meeting, ProfessionBy
from cme_reflex.domain.people.attendee import Attendee
from cme_reflex.domain.people.names import InvalidName, normalize_name
from cme_reflex.formats.pdf.typesetting import missing_characters
from cme_reflex.services.claims import confirmation
from cme_reflex.services.claims.certificate_snapshot import (
    DOCUMENT_FORM,
    credit_type_facts,
    meeting_facts,
    receipt_credit_rows,
    receipt_credits,
)
from cme_reflex.services.claims.claim import ClaimSummary, Draft, claim_for_update, update_claim
from cme_reflex.services.sign_in.authentication import attendee_from_row
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.store.claims import claims, feed
from cme_reflex.store.claims.tables import ReceiptRow
from cme_reflex.store.database import read, write
from cme_reflex.store.people.tables import AttendeeRow

ENTRY_LIMIT = 1_000  # characters stored of a name that was entered
FINGERPRINT_SIZE = 16  # bytes


class UnknownProfession(ValueError):
    """The meeting has no profession with this code."""


class ProfessionNotCorrectable(Exception):
    """Only the society can correct professions, because credit types depend on them."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The receipt of a submitted version. Datetimes are aware UTC.

    `credits` are those of every primary type claimed, each before its subsets. A version
    with `withdrawn_at` is no proof of credit.
    """

    number: str
    version: int
    submitted_at: datetime
    credits: tuple[Credit, ...]
    document: dict[str, Any]
    withdrawn_at: datetime | None = None


async def choose_total(
    context: RequestContext, code: str, amount: Amount | None, *, now: datetime
) -> ClaimSummary:
    """Choose the total of a credit type to claim; None clears the choice.

    Totals of its subsets above it are cleared. Raises UnknownCreditType, CreditTypeClosed,
    CreditLimitExceeded, and what `update_claim` raises.
    """

    def choose(draft: Draft) -> None:
        if amount is None:
            draft.choose(draft.offered[code].code, None)
        else:
            draft.choose_valid(draft.summary, code, amount)

    return await update_claim(context, choose, now=now)


async def choose_all(
    context: RequestContext, code: str | None = None, *, now: datetime
) -> ClaimSummary:
    """Choose all credit that the sessions support, of one primary type (`code`) or of all.

    Subsets are chosen with it if there is any credit of them. Raises UnknownCreditType,
    CreditTypeClosed for a type that cannot be chosen now, CreditLimitExceeded if the sessions
    support nothing, and what `update_claim` raises.
    """

    def choose(draft: Draft) -> None:
        summary = draft.summary
        wholes = summary.offered.primaries if code is None else (summary.offered[code],)
        choosable = [each for each in wholes if summary.can_choose(each, now)]
        for whole in choosable or wholes[:1]:
            _choose_all(draft, summary, whole)

    return await update_claim(context, choose, now=now)


def _choose_all(draft: Draft, summary: ClaimSummary, whole: CreditType) -> None:
    if not whole.is_primary:
        raise UnknownCreditType(whole.code)
    draft.choose_valid(summary, whole.code, summary.claimable[whole.code])
    for subset in summary.offered.subsets_of(whole.code):
        most = claimable_of(subset, summary.claimable, draft.totals)
        draft.choose(subset.code, most if summary.can_choose(subset, draft.now) else None)


def entered_name(attendee: Attendee, text: str) -> str | None:
    """What is stored of a name that was entered, its beginning; None for the registered name.

    An invalid or empty name is stored as well, or Submit would use the former one without a word.
    Only what no database takes is replaced: U+0000 and halves of characters. No more than the
    beginning is normalized, because that takes quadratic time for marks.
    """
    beginning = text[:ENTRY_LIMIT].encode("utf-8", "replace").decode()
    storable = beginning.replace("\0", "\N{REPLACEMENT CHARACTER}")
    name = normalize_name(storable)[:ENTRY_LIMIT]
    return None if name == attendee.name else name


async def check_name(attendee: Attendee) -> InvalidName | None:
    """Why the certificate cannot bear the attendee's name; None if it can.

    Looks up the characters in a thread, because a font's table takes up to 0.1 s to read.
    """
    missing = await asyncio.to_thread(missing_characters, attendee.name_on_certificate)
    return attendee.check_certificate_name(missing)


async def save_certificate_name(
    context: RequestContext, name: str, *, now: datetime
) -> ClaimSummary:
    """Save the name that the attendee entered, valid or not: Submit needs a valid one.

    Raises what `update_claim` raises.
    """
    entered = entered_name(context.attendee, name)

    def correct(draft: Draft) -> None:
        draft.db.exec(_attendee(context).values(name_on_certificate=entered))

    return await update_claim(context, correct, now=now)


async def correct_profession(
    context: RequestContext, profession: str, *, now: datetime
) -> ClaimSummary:
    """Save the code of the attendee's profession, which determines what credit is offered.

    Totals of credit types that are no longer offered are cleared. Raises UnknownProfession,
    ProfessionNotCorrectable where only the society may correct it, and what `update_claim` raises.
    """

    def correct(draft: Draft) -> None:
        meeting, attendee = draft.context.meeting, draft.context.attendee
        if meeting.profession_by is ProfessionBy.REGISTRATION:
            raise ProfessionNotCorrectable
        if meeting.profession(profession) is None:
            raise UnknownProfession(profession)
        corrected = sa.func.nullif(profession, col(AttendeeRow.profession))
        draft.db.exec(_attendee(context).values(corrected_profession=corrected))
        attendee = replace(attendee, profession=profession)
        draft.context = replace(draft.context, attendee=attendee)

    return await update_claim(context, correct, now=now)


def attestation(context: RequestContext, summary: ClaimSummary) -> str:
    """The fingerprint of all that an attestation of the claim covers, as it is shown now.

    It differs whenever the page would show, or the certificate would say, something else: the
    name, the profession, a session or its credit, a total, what the sessions support of any type
    that is offered, or the words of the attestation. Evaluation answers are not attested.
    """
    claim, attendee, meeting = summary.claim, context.attendee, context.meeting
    content = [
        [meeting.name, meeting.claim.attestation],
        [attendee.name_on_certificate, attendee.profession],
        [
            [
                credit_type_facts(each),
                claim.totals.get(each.code),
                summary.claimable[each.code],
            ]
            for each in summary.offered
        ],
        [
            [
                session.code,
                session.title,
                line.starts_at.isoformat(),
                line.ends_at.isoformat(),
                line.minutes,
                [[each.code, line.amount(each.code)] for each in summary.offered],
                line.on_demand,
            ]
            for line in claim.lines
            for session in [context.programme.sessions[line.session_id]]
        ],
    ]
    return blake2b(json.dumps(content).encode(), digest_size=FINGERPRINT_SIZE).hexdigest()


async def with_current_attendee(context: RequestContext) -> RequestContext:
    """The context with the attendee as saved now, such as after a correction of the name."""
    row = await read(lambda db: db.get_one(AttendeeRow, context.attendee.id))
    return replace(context, attendee=attendee_from_row(row))


async def submit_claim(
    context: RequestContext, revision: object, *, attested: str, now: datetime
) -> Receipt:
    """Validate and lock the claim and issue its receipt, in one transaction.

    `revision` is that of the claim that the page showed, and `attested` the `attestation` of what
    it showed, or empty without one: nothing else is submitted. A second Submit of the same
    revision returns the first one's receipt. Raises ClaimIncomplete, StaleRevision, ClaimLocked,
    ClaimWithdrawn, ClaimPeriodNotOpen or ClaimPeriodClosed.
    """
    invalid_name = await check_name(context.attendee)

    def submit(db: Session) -> Receipt:
        draft = claim_for_update(db, context, now=now)
        summary = draft.summary
        claim = summary.claim
        if claim.status is ClaimStatus.SUBMITTED:
            return _receipt_of_revision(draft, revision)
        require_changeable(claim, draft.context.meeting, now)
        if revision != claim.revision:
            raise StaleRevision
        if attested and attested != attestation(draft.context, summary):
            raise StaleRevision
        answers = claims.answers(db, context.attendee.id)
        if missing := missing_requirements(
            claim,
            answers,
            draft.context.programme,
            summary.offered,
            name=invalid_name,
            attested=bool(attested),
        ):
            raise ClaimIncomplete(missing)
        number = generate_receipt_number(draft.context.meeting.short_name, secrets.choice)
        _mark_submitted(draft, summary, number)
        confirmation.enqueue_confirmation(db, context.attendee.id, number, now=now)
        return receipt_from_row(_add_version(draft, summary, answers, number))

    return await write(submit)


async def latest_receipt(context: RequestContext) -> Receipt | None:
    """The receipt of the newest submitted version, or None."""
    return next(iter(await load_receipts(context, limit=1)), None)


async def load_receipts(context: RequestContext, *, limit: int = VERSION_LIMIT) -> list[Receipt]:
    """Receipts of the last submitted versions, newest first.

    The newest is the valid one, unless it was withdrawn.
    """

    def load(db: Session) -> list[Receipt]:
        claim = claims.find(db, context.attendee.id)
        rows = claims.receipts(db, cast(int, claim.id), limit=limit) if claim else []
        return [receipt_from_row(row) for row in rows]

    return await read(load)


def _receipt_of_revision(draft: Draft, revision: object) -> Receipt:
    last = claims.newest_receipt(draft.db, draft.id)
    if last is None or last.document["revision"] != revision:
        raise ClaimLocked
    return receipt_from_row(last)


def _attendee(context: RequestContext) -> sa.Update:
    return sa.update(AttendeeRow).where(col(AttendeeRow.id) == context.attendee.id)


def _mark_submitted(draft: Draft, summary: ClaimSummary, number: str) -> None:
    actor = f"attendee {draft.context.attendee.id}"
    claims.change_status(
        draft.db, draft.row, ClaimStatus.SUBMITTED, actor=actor, receipt=number, now=draft.now
    )
    draft.save_totals(summary.claim.totals)
    draft.row.reopened_until = None


def _add_version(draft: Draft, summary: ClaimSummary, answers: Answers, number: str) -> ReceiptRow:
    """Add the new version; the last step, because other submissions wait for its position."""
    claimed = claimed_credit(summary)
    last = claims.newest_receipt(draft.db, draft.id)
    row = ReceiptRow(
        claim_id=draft.id,
        version=last.version + 1 if last else 1,
        number=number,
        submitted_at=draft.now,
        document=_document(draft.context, summary, claimed, answers),
        position=feed.next_position(draft.db),
        credits=receipt_credit_rows(claimed),
    )
    draft.db.add(row)
    return row


def claimed_credit(summary: ClaimSummary) -> tuple[Credit, ...]:
    """The credit that a claim claims: of each primary type chosen, and of its subsets offered."""
    totals, lines = summary.claim.totals, summary.claim.lines
    return tuple(
        Credit(
            type=each,
            claimed=totals.get(each.code, NO_CREDIT),
            attended=Amount(sum(line.amount(each.code) for line in lines)),
        )
        for each in summary.offered
        if (each.part_of or each.code) in totals
    )


def _document(
    context: RequestContext, summary: ClaimSummary, claimed: Sequence[Credit], answers: Answers
) -> dict[str, Any]:
    """The complete submitted claim as JSON values, independent of later loads."""
    claim, attendee = summary.claim, context.attendee
    codes = [each.type.code for each in claimed]
    return {
        "form": DOCUMENT_FORM,
        "revision": claim.revision,
        "meeting": context.meeting.code,
        "certificate": meeting_facts(context.meeting),
        "programme_version": context.programme.version,
        "name_on_certificate": attendee.name_on_certificate,
        "profession": attendee.profession,
        "registration_type": attendee.registration_type,
        "credit_types": [credit_type_facts(each.type) for each in claimed],
        "lines": [
            {
                "code": session.code,
                "title": session.title,
                "starts_at": session.starts_at.isoformat(),
                "ends_at": session.ends_at.isoformat(),
                "minutes": line.minutes,
                "credit": {code: line.amount(code) for code in codes},
                "identifiers": {
                    code: session.identifiers[code] for code in codes if code in session.identifiers
                },
                "on_demand": line.on_demand,
                "answers": dict(answers.of_session(line.session_id)),
            }
            for line in claim.lines
            for session in [context.programme.sessions[line.session_id]]
        ],
        "overall_answers": dict(answers.overall),
    }


def receipt_from_row(row: ReceiptRow, meeting: Meeting | None = None) -> Receipt:
    """The receipt of a row; see `receipt_credits` for `meeting`."""
    return Receipt(
        number=row.number,
        version=row.version,
        submitted_at=row.submitted_at,
        credits=receipt_credits(row, meeting),
        document=row.document,
        withdrawn_at=row.withdrawn_at,
    )
