"""Reminders by e-mail before the deadline, for attendees with an unsubmitted claim."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlmodel import Session, col, select

from cme_reflex.domain.claims.claim import LOCKED_STATUSES, ClaimStatus, DeadlinePassed
from cme_reflex.domain.mail.delivery import MailKind
from cme_reflex.formats.meeting_folder.document import meeting_from_document
from cme_reflex.routes import HOME
from cme_reflex.services.claims.claim import summary_in
from cme_reflex.services.mail import queue
from cme_reflex.services.mail.rendering import MailJob, MessageWithdrawn, RenderedMail
from cme_reflex.services.programme import programme_cache
from cme_reflex.services.sign_in import authentication
from cme_reflex.services.sign_in.registrations import MeetingArchived
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.store import database
from cme_reflex.store.claims import claims
from cme_reflex.store.claims.tables import ClaimRow
from cme_reflex.store.mail import queue as rows
from cme_reflex.store.people.tables import IS_LISTED, AttendeeRow
from cme_reflex.text.mail import messages

TIMEOUT = 60.0  # seconds per statement about all attendees; no page waits for it


@dataclass(frozen=True, slots=True)
class ReminderResult:
    """Badges of attendees reminded now, and reminded of the same deadline before.

    `without_address`: without an e-mail address; `too_late`: whose deadline is over, the meeting's
    or that of a reopened claim. `deadline` is the meeting's, aware UTC.
    """

    meeting: str
    deadline: datetime
    dry_run: bool
    reminded: tuple[str, ...]
    before: tuple[str, ...]
    without_address: tuple[str, ...]
    too_late: tuple[str, ...]


async def enqueue_reminders(
    meeting: str, *, now: datetime, dry_run: bool = False
) -> ReminderResult:
    """Enqueue a reminder for every attendee with an unsubmitted claim.

    Nobody is reminded of the same deadline twice, however often this is called; a reopened
    claim with its own deadline is reminded again. `dry_run` does the same and rolls it back.
    Raises MeetingNotFound, MeetingArchived, and DeadlinePassed if nobody can submit any more.
    """

    def enqueue(db: Session) -> ReminderResult:
        row = programme_cache.meeting_by_code(db, meeting)
        if row.archived_at is not None:
            raise MeetingArchived
        terms = meeting_from_document(row.document)
        found = db.exec(_unsubmitted(cast(int, row.id))).all()
        if now >= terms.claim.closes_at and not any(claim.reopened_until for _, claim in found):
            raise DeadlinePassed(terms.claim.closes_at)
        queued = {
            message.dedupe_key
            for message in rows.messages_of_kind(db, cast(int, row.id), MailKind.REMINDER)
        }
        groups: dict[str, list[str]] = {
            "new": [],
            "before": [],
            "without_address": [],
            "too_late": [],
        }
        for attendee, claim in found:
            deadline = claim.reopened_until or terms.claim.closes_at
            group = _group(attendee, deadline, queued, now)
            groups[group].append(attendee.badge)
            if group == "new":
                queue.enqueue(
                    db,
                    meeting_id=attendee.meeting_id,
                    kind=MailKind.REMINDER,
                    recipient=attendee.email,
                    key=_key(attendee, deadline),
                    now=now,
                    until=deadline,
                    attendee=attendee.id,
                    deadline=deadline.isoformat(),
                )
        return ReminderResult(
            meeting=meeting,
            deadline=terms.claim.closes_at,
            dry_run=dry_run,
            reminded=tuple(groups["new"]),
            before=tuple(groups["before"]),
            without_address=tuple(groups["without_address"]),
            too_late=tuple(groups["too_late"]),
        )

    return await database.write(enqueue, dry_run=dry_run, timeout=TIMEOUT)


def render_reminder(db: Session, job: MailJob) -> RenderedMail:
    """Render a reminder. Raises MessageWithdrawn for a locked claim or another deadline."""
    attendee = db.get_one(AttendeeRow, job.row.payload["attendee"])
    claim = claims.find(db, cast(int, attendee.id))
    if attendee.blocked_at is not None:
        raise MessageWithdrawn("The attendee is not registered any more.")
    if claim is None or ClaimStatus(claim.status).is_locked:
        raise MessageWithdrawn("The claim was submitted or withdrawn meanwhile.")
    deadline = claim.reopened_until or job.meeting.claim.closes_at
    if deadline.isoformat() != job.row.payload["deadline"]:
        raise MessageWithdrawn("The deadline was moved meanwhile.")
    recipient = authentication.attendee_from_row(attendee)
    newest = programme_cache.get_locked(db, attendee.meeting_id)
    summary = summary_in(db, RequestContext(recipient, newest.meeting, newest), now=job.now)

    content = messages.reminder(
        job.meeting,
        name=recipient.name,
        sessions=len(summary.claim.lines),
        claimable={each: summary.claimable[each.code] for each in summary.offered.primaries},
        deadline=deadline,
        reopened=claim.status == ClaimStatus.REOPENED,
        receipt_valid=_has_valid_receipt(db, cast(int, claim.id)),
        url=f"{job.meeting_url}{HOME}",
    )
    return RenderedMail(content, recipient.name, job.row.recipient)


def _has_valid_receipt(db: Session, claim_id: int) -> bool:
    newest = claims.newest_receipt(db, claim_id)
    return newest is not None and newest.withdrawn_at is None


def _group(attendee: AttendeeRow, deadline: datetime, queued: Container[str], now: datetime) -> str:
    if deadline <= now:
        return "too_late"
    if not attendee.email:
        return "without_address"
    return "before" if f"{MailKind.REMINDER}:{_key(attendee, deadline)}" in queued else "new"


def _key(attendee: AttendeeRow, deadline: datetime) -> str:
    return f"{attendee.id}:{deadline.isoformat()}"


def _unsubmitted(meeting_id: int) -> Any:
    return (
        select(AttendeeRow, ClaimRow)
        .join(ClaimRow, col(ClaimRow.attendee_id) == AttendeeRow.id)
        .where(
            AttendeeRow.meeting_id == meeting_id,
            IS_LISTED,
            col(ClaimRow.status).not_in(LOCKED_STATUSES),
        )
        .order_by(AttendeeRow.badge)
    )
