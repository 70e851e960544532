"""A person's account: own claims at all meetings, and the transcript of what was submitted.

A sign-in is that of one meeting's attendee. From the attendee the member is known, and from the
member all attendees that the society has linked to it; who has no member record sees this one.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import cast
from zoneinfo import ZoneInfo

from sqlmodel import Session

from cme_reflex.domain.account import Account, Entry, Reported, Reporting, Submitted, account
from cme_reflex.domain.credit import Quarters
from cme_reflex.domain.meeting import Meeting
from cme_reflex.domain.pars import Action, held
from cme_reflex.domain.submission import Status
from cme_reflex.exchange.meeting_document import meeting_from_document
from cme_reflex.exchange.transcript import Transcript, transcript_csv, transcript_pdf
from cme_reflex.services import drawing
from cme_reflex.services.pars import row_of
from cme_reflex.services.printed import LANGUAGE, facts_of
from cme_reflex.services.visit import Visit
from cme_reflex.store import accounts
from cme_reflex.store.accounts import Registration, Sent
from cme_reflex.store.database import read
from cme_reflex.store.tables import ReceiptRow, ReportingRow


class NothingSubmitted(Exception):
    """There is no submitted claim that a transcript could have."""


async def own(visit: Visit, *, now: datetime) -> Account:
    """Everything that the signed-in person has claimed or begun, as of one moment."""

    def load(db: Session) -> Account:
        member = accounts.member_of(db, visit.attendee.id)
        registrations = accounts.registrations(db, visit.attendee.id, member.id if member else None)
        ids = [cast(int, each.attendee.id) for each in registrations]
        receipts, reported = accounts.receipts(db, ids), accounts.reported(db, ids)
        entries = [
            _entry(each, receipts.get(key, []), reported.get(key, []), visit, now)
            for key, each in zip(ids, registrations, strict=True)
        ]
        return account(visit.attendee.name, member.username if member else None, entries)

    return await read(load)


async def pdf(visit: Visit, *, now: datetime) -> bytes:
    """The transcript as a PDF: the same bytes for the same claims. Raises NothingSubmitted."""
    return await drawing.drawn(transcript_pdf, await transcript(visit, now=now))


async def csv(visit: Visit, *, now: datetime) -> bytes:
    """The same as CSV, a row for each claim. Raises NothingSubmitted."""
    return transcript_csv(await transcript(visit, now=now))


async def transcript(visit: Visit, *, now: datetime) -> Transcript:
    """The valid versions of all submitted claims. Raises NothingSubmitted."""
    owned, meeting = await own(visit, now=now), visit.meeting
    if not owned.years:
        raise NothingSubmitted
    return Transcript(
        account=owned,
        zone=meeting.zone,
        category1_label=meeting.category1.label,
        safety_label=meeting.safety.label,
        paper=meeting.paper,
        accent=meeting.look.accent,
        language=LANGUAGE,
    )


def _entry(
    of: Registration,
    receipts: Sequence[ReceiptRow],
    sent: Sequence[Sent],
    visit: Visit,
    now: datetime,
) -> Entry:
    meeting, claim = meeting_from_document(of.meeting), of.claim
    reopened_until = claim.reopened_until if claim else None
    # What was submitted keeps the meeting as it was then.
    facts = facts_of(receipts[0].document if receipts else {}, meeting)
    return Entry(
        meeting=facts["meeting"],
        short_name=meeting.short_name,
        provider=facts["provider"],
        location=facts["location"],
        starts_on=date.fromisoformat(facts["starts_on"]),
        ends_on=date.fromisoformat(facts["ends_on"]),
        zone=ZoneInfo(facts["time_zone"]),
        badge=of.attendee.badge,
        registration=_registration(meeting, of.attendee.registration_type),
        current=of.attendee.id == visit.attendee.id,
        period=meeting.period(now, reopened_until),
        opens_at=meeting.claim.opens_at,
        closes_at=reopened_until or meeting.claim.closes_at,
        status=Status(claim.status) if claim else None,
        sessions=of.lines,
        versions=tuple(
            Submitted(
                number=row.number,
                submitted_at=row.submitted_at,
                category1=Quarters(row.category1),
                safety=Quarters(row.safety),
            )
            for row in receipts
        ),
        reporting=_reporting(of.reporting, sent),
    )


def _registration(meeting: Meeting, code: str) -> str:
    labels = {kind.code: kind.label for kind in meeting.registration_types}
    return labels.get(code, code)


def _reporting(given: ReportingRow | None, sent: Sequence[Sent]) -> Reporting:
    """How far the reporting is; what PARS rejected never took effect."""
    if given is None:
        return Reporting()
    holds = bool(held(row_of(each.row) for each in sent if each.row.rejected_at is None))
    if given.withdrawn_at is not None:
        state = Reported.WITHDRAWN_LATER if holds else Reported.WITHDRAWN
        return Reporting(state, given.withdrawn_at)
    added = [each for each in sent if each.row.action == Action.ADD]
    last = added[-1] if added else None
    if last is not None and last.row.rejected_at is not None:
        if last.row.rejected_at > given.consented_at:
            return Reporting(Reported.REJECTED, last.row.rejected_at, last.row.rejection)
        return Reporting(Reported.OPTED_IN, given.consented_at)  # corrected since
    if last is not None and holds:
        return Reporting(Reported.EXPORTED, last.batch.at)
    return Reporting(Reported.OPTED_IN, given.consented_at)
