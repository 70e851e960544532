"""Reminders before the deadline, to those who have begun and not submitted."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlmodel import Session, col, select

from cme_reflex import letters
from cme_reflex.domain.mail import Kind
from cme_reflex.domain.submission import DeadlinePassed, Status
from cme_reflex.exchange.meeting_document import meeting_from_document
from cme_reflex.routes import HOME
from cme_reflex.services import outbox, programme, signin
from cme_reflex.services.claim import summarize
from cme_reflex.services.correspondence import Task, Withdrawn, Written
from cme_reflex.services.visit import Visit
from cme_reflex.store import claims, database
from cme_reflex.store import outbox as rows
from cme_reflex.store.tables import AttendeeRow, ClaimRow

TIMEOUT = 60.0  # seconds for a statement about all attendees: no page waits for it


@dataclass(frozen=True, slots=True)
class Reminded:
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


async def remind(meeting: str, *, now: datetime, dry_run: bool = False) -> Reminded:
    """Put a reminder into the outbox for everybody who has begun and not submitted.

    Nobody is reminded of the same deadline twice, however often this is called; a claim that
    was reopened until a deadline of its own is a new reason. With `dry_run` the same is done and
    taken back. Raises UnknownMeeting, and DeadlinePassed where nobody can submit any more.
    """

    def enqueue(db: Session) -> Reminded:
        row = programme.meeting_by_code(db, meeting)
        terms = meeting_from_document(row.document)
        found = db.exec(_unsubmitted(cast(int, row.id))).all()
        if now >= terms.claim.closes_at and not any(claim.reopened_until for _, claim in found):
            raise DeadlinePassed(terms.claim.closes_at)
        posted = {
            message.dedupe_key for message in rows.posted(db, cast(int, row.id), Kind.REMINDER)
        }
        groups: dict[str, list[str]] = {"new": [], "before": [], "nowhere": [], "late": []}
        for attendee, claim in found:
            deadline = claim.reopened_until or terms.claim.closes_at
            group = _group(attendee, deadline, posted, now)
            groups[group].append(attendee.badge)
            if group == "new":
                outbox.post(
                    db,
                    meeting_id=attendee.meeting_id,
                    kind=Kind.REMINDER,
                    recipient=attendee.email,
                    key=_key(attendee, deadline),
                    now=now,
                    until=deadline,
                    attendee=attendee.id,
                    deadline=deadline.isoformat(),
                )
        return Reminded(
            meeting=meeting,
            deadline=terms.claim.closes_at,
            dry_run=dry_run,
            reminded=tuple(groups["new"]),
            before=tuple(groups["before"]),
            without_address=tuple(groups["nowhere"]),
            too_late=tuple(groups["late"]),
        )

    return await database.write(enqueue, dry_run=dry_run, timeout=TIMEOUT)


def write(db: Session, task: Task) -> Written:
    """Write a reminder, unless the claim was submitted or got another deadline meanwhile."""
    attendee = db.get_one(AttendeeRow, task.row.payload["attendee"])
    claim, lines = claims.find_with_lines(db, cast(int, attendee.id))
    if claim is None or claim.status == Status.SUBMITTED:
        raise Withdrawn("The claim was submitted meanwhile.")
    deadline = claim.reopened_until or task.meeting.claim.closes_at
    if deadline.isoformat() != task.row.payload["deadline"]:
        raise Withdrawn("The deadline was moved meanwhile.")
    who = signin.attendee_of(attendee)
    newest = programme.newest(db, attendee.meeting_id)
    standing = summarize(Visit(who, newest), claim, lines)
    letter = letters.reminder(
        task.meeting,
        name=who.name,
        sessions=len(standing.claim.lines),
        claimable=standing.claimable.category1,
        deadline=deadline,
        reopened=claim.status == Status.REOPENED,
        url=f"{task.public_url}{HOME}",
    )
    return Written(letter, who.name, task.row.recipient)


def _group(attendee: AttendeeRow, deadline: datetime, posted: Container[str], now: datetime) -> str:
    if deadline <= now:
        return "late"
    if not attendee.email:
        return "nowhere"
    return "before" if f"{Kind.REMINDER}:{_key(attendee, deadline)}" in posted else "new"


def _key(attendee: AttendeeRow, deadline: datetime) -> str:
    return f"{attendee.id}:{deadline.isoformat()}"


def _unsubmitted(meeting_id: int) -> Any:
    return (
        select(AttendeeRow, ClaimRow)
        .join(ClaimRow, col(ClaimRow.attendee_id) == AttendeeRow.id)
        .where(AttendeeRow.meeting_id == meeting_id, ClaimRow.status != Status.SUBMITTED)
        .order_by(AttendeeRow.badge)
    )
