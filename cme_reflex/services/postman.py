"""Sending what is in the outbox: by the process that serves, and by `cme mail send`.

Nothing is lost: a message is committed with what it tells about, and stays until it is sent.
Nothing is sent twice by us: an attempt is written down, with a lease, before anything goes out,
and the sending right after the server has taken it. What remains is a process that dies in
between; docs/mail.md says what is done then.
"""

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from functools import partial

from sqlmodel import Session

from cme_reflex import letters
from cme_reflex.domain.mail import InvalidAddress, Kind, State, retry_after
from cme_reflex.domain.meeting import Meeting
from cme_reflex.exchange import mime
from cme_reflex.exchange.carrier import Carrier, Deferred, Refused, Unavailable
from cme_reflex.exchange.mail_address import wire_address
from cme_reflex.exchange.meeting_document import meeting_from_document
from cme_reflex.exchange.mime import Envelope, Person
from cme_reflex.services import (
    certificate,
    confirmation,
    invitations,
    outbox,
    reminders,
    sign_in_link,
)
from cme_reflex.services.correspondence import Task, Withdrawn, Writers, Written
from cme_reflex.store import outbox as rows
from cme_reflex.store.database import write
from cme_reflex.store.tables import MeetingRow, OutboxRow

LEASE = timedelta(minutes=3)  # more than any carrier takes for a message
LOOKS_EVERY = 15.0  # seconds; for what another process wrote, and for what waits to be repeated
STOPS_WITHIN = 10.0  # seconds for the message that is on its way when the process is stopped
ERROR_LIMIT = 300  # characters of what a server said

WRITERS: Writers = {
    Kind.CONFIRMATION: confirmation.writer(certificate.attached),
    Kind.REMINDER: reminders.write,
    Kind.SIGN_IN_LINK: sign_in_link.write,
    Kind.INVITATION: invitations.write,
}

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class PostOffice:
    """Who carries messages away, from which address, and where the site's links lead."""

    carrier: Carrier
    sender: str
    public_url: str
    writers: Writers = field(default_factory=lambda: WRITERS)


@dataclass(frozen=True, slots=True)
class Round:
    """What a round did. `unavailable` says why it ended before everything that was due."""

    sent: int = 0
    deferred: int = 0
    dead: int = 0
    withdrawn: int = 0
    unavailable: str = ""


async def send_due(
    office: PostOffice, *, clock: Clock, stopping: asyncio.Event | None = None
) -> Round:
    """Send everything that is due, one after the other, until nothing is or nothing can be.

    `stopping` ends it before the next message.
    """
    done = Round()
    await write(lambda db: _clean_up(db, clock()))
    while not (stopping and stopping.is_set()):
        now = clock()
        taken = await write(partial(rows.take, now=now, until=now + LEASE))
        if taken is None:
            return done
        try:
            outcome = await _send(office, taken, clock)
        except Unavailable as error:
            await _release(taken, str(error), clock)
            return replace(done, unavailable=str(error))
        done = replace(done, **{outcome: getattr(done, outcome) + 1})
    return done


def _clean_up(db: Session, now: datetime) -> None:
    rows.take_back(db, now=now)
    rows.sweep(db, now=now)


@asynccontextmanager
async def sending(office: PostOffice, *, clock: Clock) -> AsyncIterator[None]:
    """Send what is posted, for as long as the block lasts; then what is on its way is finished."""
    stopping = asyncio.Event()
    with outbox.bell() as bell:
        task = asyncio.create_task(_run_worker(office, clock, bell, stopping))
        try:
            yield
        finally:
            stopping.set()
            bell.set()
            await asyncio.wait([task], timeout=STOPS_WITHIN)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def _run_worker(
    office: PostOffice, clock: Clock, bell: asyncio.Event, stopping: asyncio.Event
) -> None:
    available = True
    while not stopping.is_set():
        bell.clear()
        try:
            done = await send_due(office, clock=clock, stopping=stopping)
            if available and done.unavailable:
                logger.warning("no mail can be sent at the moment; see cme mail status")
            available = not done.unavailable
        except Exception:
            # The database was away, or there is a defect: the outbox has it all, so go on.
            logger.exception("a round of sending mail failed")
        try:
            await asyncio.wait_for(bell.wait(), LOOKS_EVERY)
        except TimeoutError:
            continue


async def _send(office: PostOffice, taken: OutboxRow, clock: Clock) -> str:
    """Write a message, send it and note what became of it; the name of the outcome in Round.

    Raises Unavailable.
    """
    if clock() >= taken.expires_at:
        return await _mark_dead(taken, taken.last_error or "It was not sent while it was worth it.")
    try:
        message = await _render(office, taken, clock())
        await office.carrier.carry(message)
    except Withdrawn as withdrawn:
        return await _withdraw(taken, withdrawn)
    except InvalidAddress:
        return await _mark_dead(taken, "This is no address that mail can be sent to.")
    except Refused as refused:
        return await _mark_dead(taken, str(refused))
    except Deferred as deferred:
        return await _defer(taken, str(deferred), clock)
    except Unavailable:
        raise
    except Exception as defect:
        # One message that cannot be written must not keep all others from being sent.
        logger.exception("a message could not be sent")
        return await _defer(taken, f"a defect: {type(defect).__name__}", clock)
    await _settle(taken, state=State.SENT, sent_at=clock(), last_error="")
    return "sent"


async def _render(office: PostOffice, taken: OutboxRow, now: datetime) -> EmailMessage:
    def render(db: Session) -> tuple[Meeting, Written]:
        meeting = meeting_from_document(db.get_one(MeetingRow, taken.meeting_id).document)
        task = Task(taken, meeting, office.public_url, now)
        return meeting, office.writers[taken.kind](db, task)

    meeting, written = await write(render)
    # A drawing waits for those before it, and within the transaction all who write would with it.
    attachments = [await draw() for draw in written.attachments]
    provider = meeting.provider
    envelope = Envelope(
        sender=Person(letters.sender_name(meeting), office.sender),
        recipient=Person(written.name, written.address),
        reply_to=Person(provider.help_contact, provider.help_email),
        message_id=message_id(taken, office.sender),
        at=taken.created_at,
    )
    return mime.message(written.letter, envelope, attachments)


def message_id(row: OutboxRow, sender: str) -> str:
    """The Message-ID of a message: the same at each attempt, and no other message's.

    A receiver that gets it twice knows it again. Ids begin at 1 in each database,
    so the key and the time are in it too.
    """
    what = f"{row.id} {row.dedupe_key} {row.created_at.isoformat()}"
    digest = hashlib.sha256(what.encode()).hexdigest()[:20]
    kind = row.kind.replace(" ", "-")
    return f"<{kind}.{row.id}.{digest}@{wire_address(sender).rpartition('@')[2]}>"


async def _release(taken: OutboxRow, why: str, clock: Clock) -> None:
    # It was not this message's fault: the attempt does not count, and it waits for the server.
    await _settle(
        taken,
        state=State.WAITING,
        attempts=taken.attempts - 1,
        not_before=clock() + retry_after(1),
        last_error=_shorten(why),
    )


async def _defer(taken: OutboxRow, why: str, clock: Clock) -> str:
    again = clock() + retry_after(taken.attempts)
    if again >= taken.expires_at:
        return await _mark_dead(taken, why)
    await _settle(taken, state=State.WAITING, not_before=again, last_error=_shorten(why))
    return "deferred"


async def _mark_dead(taken: OutboxRow, why: str) -> str:
    await _settle(taken, state=State.DEAD, last_error=_shorten(why))
    return "dead"


async def _withdraw(taken: OutboxRow, withdrawn: Withdrawn) -> str:
    if withdrawn.nobody:
        await write(partial(rows.forget, taken=taken))
    else:
        await _settle(taken, state=State.WITHDRAWN, last_error=str(withdrawn))
    return "withdrawn"


async def _settle(taken: OutboxRow, **values: object) -> None:
    await write(lambda db: rows.settle(db, taken, **values))


def _shorten(why: str) -> str:
    return " ".join(why.split())[:ERROR_LIMIT]
