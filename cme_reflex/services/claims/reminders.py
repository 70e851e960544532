"""Reminders before the deadline, to those who have begun and not submitted."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlmodel import Session, col, select

from cme_reflex.domain.claims.claim import ClaimStatus, DeadlinePassed
from cme_reflex.domain.mail.delivery import MailKind
from cme_reflex.formats.meeting_folder.document import meeting_from_document
from cme_reflex.routes import HOME
from cme_reflex.services.claims.claim import summarize
from cme_reflex.services.mail import queue
from cme_reflex.services.mail.rendering import MailJob, MessageWithdrawn, RenderedMail
from cme_reflex.services.programme import programme_cache
from cme_reflex.services.sign_in import authentication
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.store import database
from cme_reflex.store.claims import claims
from cme_reflex.store.claims.tables import ClaimRow
from cme_reflex.store.mail import queue as rows
from cme_reflex.store.people.tables import AttendeeRow
from cme_reflex.text.mail import messages

TIMEOUT = 60.0  # seconds for a statement about all attendees: no page waits for it


@dataclass(frozen=True, slots=True)
class ReminderResult:
    """Who is reminded, by badge: the new ones, and whoever was before of the same deadline.

    `without_address` have no e-mail address, `too_late` a reopened claim whose own
    deadline is over. `deadline` is the meeting's, aware UTC.
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
    """Put a reminder into the outbox for everybody who has begun and not submitted.

    Nobody is reminded of the same deadline twice, however often this is called; a claim that
    was reopened until a deadline of its own is a new reason. With `dry_run` the same is done and
    taken back. Raises MeetingNotFound, and DeadlinePassed where nobody can submit any more.
    """

    def enqueue(db: Session) -> ReminderResult:
        row = programme_cache.meeting_by_code(db, meeting)
        terms = meeting_from_document(row.document)
        found = db.exec(_unsubmitted(cast(int, row.id))).all()
        if now >= terms.claim.closes_at and not any(claim.reopened_until for _, claim in found):
            raise DeadlinePassed(terms.claim.closes_at)
        posted = {
            message.dedupe_key
            for message in rows.messages_of_kind(db, cast(int, row.id), MailKind.REMINDER)
        }
        groups: dict[str, list[str]] = {"new": [], "before": [], "nowhere": [], "late": []}
        for attendee, claim in found:
            deadline = claim.reopened_until or terms.claim.closes_at
            group = _group(attendee, deadline, posted, now)
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
            without_address=tuple(groups["nowhere"]),
            too_late=tuple(groups["late"]),
        )

    return await database.write(enqueue, dry_run=dry_run, timeout=TIMEOUT)


def render_reminder(db: Session, job: MailJob) -> RenderedMail:
    """Write a reminder, unless the claim was submitted or got another deadline meanwhile."""
    attendee = db.get_one(AttendeeRow, job.row.payload["attendee"])
    claim, lines = claims.find_with_lines(db, cast(int, attendee.id))
    if claim is None or claim.status == ClaimStatus.SUBMITTED:
        raise MessageWithdrawn("The claim was submitted meanwhile.")
    deadline = claim.reopened_until or job.meeting.claim.closes_at
    if deadline.isoformat() != job.row.payload["deadline"]:
        raise MessageWithdrawn("The deadline was moved meanwhile.")
    who = authentication.attendee_from_row(attendee)
    newest = programme_cache.get_locked(db, attendee.meeting_id)
    summary = summarize(RequestContext(who, newest.meeting, newest), claim, lines)
    content = messages.reminder(
        job.meeting,
        name=who.name,
        sessions=len(summary.claim.lines),
        claimable=summary.claimable.category1,
        deadline=deadline,
        reopened=claim.status == ClaimStatus.REOPENED,
        url=f"{job.public_url}{HOME}",
    )
    return RenderedMail(content, who.name, job.row.recipient)


def _group(attendee: AttendeeRow, deadline: datetime, posted: Container[str], now: datetime) -> str:
    if deadline <= now:
        return "late"
    if not attendee.email:
        return "nowhere"
    return "before" if f"{MailKind.REMINDER}:{_key(attendee, deadline)}" in posted else "new"


def _key(attendee: AttendeeRow, deadline: datetime) -> str:
    return f"{attendee.id}:{deadline.isoformat()}"


def _unsubmitted(meeting_id: int) -> Any:
    return (
        select(AttendeeRow, ClaimRow)
        .join(ClaimRow, col(ClaimRow.attendee_id) == AttendeeRow.id)
        .where(AttendeeRow.meeting_id == meeting_id, ClaimRow.status != ClaimStatus.SUBMITTED)
        .order_by(AttendeeRow.badge)
    )
