"""Account of a person: the claims at all meetings, and the transcript of submitted claims.

A sign-in belongs to one meeting's attendee. If the attendee is linked to a member, the account
has all attendees linked to that member; otherwise only this one. It is only this one, too, after a
sign-in with a badge, which proves nothing about the member.
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
from cme_reflex.domain.claims.claim import ClaimStatus, claim_period
from cme_reflex.domain.claims.proof import proof_state
from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.domain.reporting.pars import RecordAction, current_records, pars_credit_type
from cme_reflex.formats.meeting_folder.document import meeting_from_document
from cme_reflex.formats.pdf.transcript import Transcript, transcript_csv, transcript_pdf
from cme_reflex.services.certificates import pdf_pool
from cme_reflex.services.certificates.ownership import signed_in_member
from cme_reflex.services.claims.certificate_snapshot import (
    LANGUAGE,
    certificate_facts,
    receipt_credits,
)
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.store.certificates import accounts
from cme_reflex.store.certificates.accounts import AccountRegistration, ReportedRow
from cme_reflex.store.claims.tables import ReceiptRow
from cme_reflex.store.database import read
from cme_reflex.store.reporting.reporting import pars_row
from cme_reflex.store.reporting.tables import OptInRow


class NoSubmittedClaim(Exception):
    """The person has no submitted claim for a transcript."""


async def load_account(context: RequestContext, *, now: datetime) -> Account:
    """The account of the signed-in person: all claims, including drafts, in one snapshot."""

    def load(db: Session) -> Account:
        member = signed_in_member(db, context)
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
    """The transcript as a PDF; equal claims give equal bytes. Raises NoSubmittedClaim."""
    return await pdf_pool.render(transcript_pdf, await build_transcript(context, now=now))


async def render_transcript_csv(context: RequestContext, *, now: datetime) -> bytes:
    """The transcript as CSV, one row per claim. Raises NoSubmittedClaim."""
    return transcript_csv(await build_transcript(context, now=now))


async def build_transcript(context: RequestContext, *, now: datetime) -> Transcript:
    """The transcript: the valid versions of all submitted claims. Raises NoSubmittedClaim."""
    account, meeting = await load_account(context, now=now), context.meeting
    if not account.years:
        raise NoSubmittedClaim
    return Transcript(
        account=account,
        zone=meeting.zone,
        paper=meeting.paper,
        accent=meeting.look.accent,
        language=LANGUAGE,
    )


def _account_entry(
    registration: AccountRegistration,
    receipts: Sequence[ReceiptRow],
    reported: Sequence[ReportedRow],
    context: RequestContext,
    now: datetime,
) -> AccountEntry:
    meeting, claim = meeting_from_document(registration.meeting), registration.claim
    reopened_until = claim.reopened_until if claim else None
    # A submitted version has the meeting's facts as of its submission.
    facts = certificate_facts(receipts[0].document if receipts else {}, meeting)
    return AccountEntry(
        attendee_id=cast(int, registration.attendee.id),
        meeting=facts["meeting"],
        short_name=meeting.short_name,
        provider=facts["provider"],
        location=facts["location"],
        starts_on=date.fromisoformat(facts["starts_on"]),
        ends_on=date.fromisoformat(facts["ends_on"]),
        zone=ZoneInfo(facts["time_zone"]),
        badge=registration.attendee.badge,
        registration=_registration_label(meeting, registration.attendee.registration_type),
        is_current=registration.attendee.id == context.attendee.id,
        period=claim_period(meeting.claim, now, reopened_until),
        opens_at=meeting.claim.opens_at,
        closes_at=reopened_until or meeting.claim.closes_at,
        status=ClaimStatus(claim.status) if claim else None,
        sessions=registration.lines,
        versions=tuple(
            SubmittedVersion(
                number=row.number,
                submitted_at=row.submitted_at,
                credits=receipt_credits(row, meeting),
                state=proof_state(
                    ClaimStatus(claim.status) if claim else ClaimStatus.DRAFT,
                    newest=row is receipts[0],
                    withdrawn=row.withdrawn_at is not None,
                ),
            )
            for row in receipts
        ),
        reporting=_reporting_status(
            registration.reporting,
            reported,
            context,
            offered=pars_credit_type(meeting.credit.offered_to(registration.attendee.profession))
            is not None,
            withdrawn=claim is not None and claim.status == ClaimStatus.WITHDRAWN,
        ),
    )


def _registration_label(meeting: Meeting, code: str) -> str:
    labels = {kind.code: kind.label for kind in meeting.registration_types}
    return labels.get(code, code)


def _reporting_status(
    opt_in: OptInRow | None,
    reported: Sequence[ReportedRow],
    context: RequestContext,
    *,
    offered: bool,
    withdrawn: bool,
) -> ReportingSummary:
    """The state of the reporting to PARS; rejected rows had no effect.

    The reason of a rejection may quote the learner's data, so a badge does not show it.
    `offered` means that a type offered to the attendee is reported, and `withdrawn` that the claim
    was withdrawn.
    """
    if opt_in is None:
        return ReportingSummary(ReportingState.NOT_ASKED if offered else ReportingState.NOT_OFFERED)
    is_reported = bool(
        current_records(pars_row(each.row) for each in reported if each.row.rejected_at is None)
    )
    if opt_in.withdrawn_at is not None:
        state = ReportingState.WITHDRAWN_LATER if is_reported else ReportingState.WITHDRAWN
        return ReportingSummary(state, opt_in.withdrawn_at)
    if withdrawn and is_reported:
        return ReportingSummary(ReportingState.DELETION_DUE)
    added = [each for each in reported if each.row.action == RecordAction.ADD]
    last = added[-1] if added else None
    if last is not None and last.row.rejected_at is not None:
        if last.row.rejected_at > opt_in.consented_at:
            return ReportingSummary(
                ReportingState.REJECTED,
                last.row.rejected_at,
                last.row.rejection if context.method.is_strong else "",
            )
        return ReportingSummary(ReportingState.OPTED_IN, opt_in.consented_at)  # corrected since
    if last is not None and is_reported:
        return ReportingSummary(ReportingState.EXPORTED, last.batch.at)
    return ReportingSummary(ReportingState.OPTED_IN, opt_in.consented_at)
