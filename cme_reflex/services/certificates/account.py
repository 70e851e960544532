"""A person's account: own claims at all meetings, and the transcript of what was submitted.

A sign-in is that of one meeting's attendee. From the attendee the member is known, and from the
member all attendees that the society has linked to it; who has no member record sees this one.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import cast
from zoneinfo import ZoneInfo

from sqlmodel import Session

from cme_reflex.domain.claims.account import (
    Account,
    AccountEntry,
    ReportingState,
    ReportingSummary,
    SubmittedVersion,
    build_account,
)
from cme_reflex.domain.claims.claim import ClaimStatus
from cme_reflex.domain.credit.quarters import Quarters
from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.domain.reporting.pars import RecordAction, current_records
from cme_reflex.formats.meeting_folder.document import meeting_from_document
from cme_reflex.formats.pdf.transcript import Transcript, transcript_csv, transcript_pdf
from cme_reflex.services.certificates import pdf_pool
from cme_reflex.services.claims.certificate_snapshot import LANGUAGE, certificate_facts
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.store.certificates import accounts
from cme_reflex.store.certificates.accounts import AccountRegistration, BatchedRow
from cme_reflex.store.claims.tables import ReceiptRow
from cme_reflex.store.database import read
from cme_reflex.store.reporting.reporting import pars_row
from cme_reflex.store.reporting.tables import OptInRow


class NoSubmittedClaim(Exception):
    """There is no submitted claim that a transcript could have."""


async def load_account(context: RequestContext, *, now: datetime) -> Account:
    """Everything that the signed-in person has claimed or begun, as of one moment."""

    def load(db: Session) -> Account:
        member = accounts.find_member(db, context.attendee.id)
        registrations = accounts.registrations(
            db, context.attendee.id, member.id if member else None
        )
        ids = [cast(int, each.attendee.id) for each in registrations]
        receipts, reported = accounts.receipts(db, ids), accounts.reported(db, ids)
        entries = [
            _account_entry(each, receipts.get(key, []), reported.get(key, []), context, now)
            for key, each in zip(ids, registrations, strict=True)
        ]
        return build_account(context.attendee.name, member.username if member else None, entries)

    return await read(load)


async def render_transcript_pdf(context: RequestContext, *, now: datetime) -> bytes:
    """The transcript as a PDF: the same bytes for the same claims. Raises NoSubmittedClaim."""
    return await pdf_pool.render(transcript_pdf, await build_transcript(context, now=now))


async def render_transcript_csv(context: RequestContext, *, now: datetime) -> bytes:
    """The same as CSV, a row for each claim. Raises NoSubmittedClaim."""
    return transcript_csv(await build_transcript(context, now=now))


async def build_transcript(context: RequestContext, *, now: datetime) -> Transcript:
    """The valid versions of all submitted claims. Raises NoSubmittedClaim."""
    owned, meeting = await load_account(context, now=now), context.meeting
    if not owned.years:
        raise NoSubmittedClaim
    return Transcript(
        account=owned,
        zone=meeting.zone,
        category1_label=meeting.category1.label,
        safety_label=meeting.safety.label,
        paper=meeting.paper,
        accent=meeting.look.accent,
        language=LANGUAGE,
    )


def _account_entry(
    of: AccountRegistration,
    receipts: Sequence[ReceiptRow],
    sent: Sequence[BatchedRow],
    context: RequestContext,
    now: datetime,
) -> AccountEntry:
    meeting, claim = meeting_from_document(of.meeting), of.claim
    reopened_until = claim.reopened_until if claim else None
    # What was submitted keeps the meeting as it was then.
    facts = certificate_facts(receipts[0].document if receipts else {}, meeting)
    return AccountEntry(
        meeting=facts["meeting"],
        short_name=meeting.short_name,
        provider=facts["provider"],
        location=facts["location"],
        starts_on=date.fromisoformat(facts["starts_on"]),
        ends_on=date.fromisoformat(facts["ends_on"]),
        zone=ZoneInfo(facts["time_zone"]),
        badge=of.attendee.badge,
        registration=_registration_label(meeting, of.attendee.registration_type),
        is_current=of.attendee.id == context.attendee.id,
        period=meeting.period(now, reopened_until),
        opens_at=meeting.claim.opens_at,
        closes_at=reopened_until or meeting.claim.closes_at,
        status=ClaimStatus(claim.status) if claim else None,
        sessions=of.lines,
        versions=tuple(
            SubmittedVersion(
                number=row.number,
                submitted_at=row.submitted_at,
                category1=Quarters(row.category1),
                safety=Quarters(row.safety),
            )
            for row in receipts
        ),
        reporting=_reporting_status(of.reporting, sent),
    )


def _registration_label(meeting: Meeting, code: str) -> str:
    labels = {kind.code: kind.label for kind in meeting.registration_types}
    return labels.get(code, code)


def _reporting_status(given: OptInRow | None, sent: Sequence[BatchedRow]) -> ReportingSummary:
    """How far the reporting is; what PARS rejected never took effect."""
    if given is None:
        return ReportingSummary()
    holds = bool(
        current_records(pars_row(each.row) for each in sent if each.row.rejected_at is None)
    )
    if given.withdrawn_at is not None:
        state = ReportingState.WITHDRAWN_LATER if holds else ReportingState.WITHDRAWN
        return ReportingSummary(state, given.withdrawn_at)
    added = [each for each in sent if each.row.action == RecordAction.ADD]
    last = added[-1] if added else None
    if last is not None and last.row.rejected_at is not None:
        if last.row.rejected_at > given.consented_at:
            return ReportingSummary(
                ReportingState.REJECTED, last.row.rejected_at, last.row.rejection
            )
        return ReportingSummary(ReportingState.OPTED_IN, given.consented_at)  # corrected since
    if last is not None and holds:
        return ReportingSummary(ReportingState.EXPORTED, last.batch.at)
    return ReportingSummary(ReportingState.OPTED_IN, given.consented_at)
