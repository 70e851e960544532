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
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from functools import partial

from sqlmodel import Session

from cme_reflex.domain.mail.delivery import DeliveryState, InvalidAddress, retry_delay
from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.formats.mail import mime
from cme_reflex.formats.mail.addresses import to_ascii_domain
from cme_reflex.formats.mail.mime import Mailbox, MailHeaders
from cme_reflex.formats.mail.transport import (
    MailTransport,
    PermanentFailure,
    TemporaryFailure,
    TransportUnavailable,
)
from cme_reflex.formats.meeting_folder.document import meeting_from_document
from cme_reflex.services.mail import queue
from cme_reflex.services.mail.rendering import (
    MailJob,
    MailRenderers,
    MessageWithdrawn,
    RenderedMail,
)
from cme_reflex.store.database import write
from cme_reflex.store.mail import queue as rows
from cme_reflex.store.mail.tables import MailQueueRow
from cme_reflex.store.meetings.tables import MeetingRow
from cme_reflex.text.mail import messages

LEASE = timedelta(minutes=3)  # more than any carrier takes for a message
POLL_INTERVAL = 15.0  # seconds; for what another process wrote, and for what waits to be repeated
SHUTDOWN_TIMEOUT = 10.0  # seconds for the message that is on its way when the process is stopped
ERROR_LIMIT = 300  # characters of what a server said

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Mailer:
    """Who carries messages away, from which address, and where the site's links lead."""

    transport: MailTransport
    sender: str
    public_url: str
    renderers: MailRenderers


@dataclass(frozen=True, slots=True)
class DeliveryStats:
    """What a round did. `unavailable` says why it ended before everything that was due."""

    sent: int = 0
    deferred: int = 0
    dead: int = 0
    withdrawn: int = 0
    unavailable: str = ""


async def send_due(
    mailer: Mailer, *, clock: Clock, stopping: asyncio.Event | None = None
) -> DeliveryStats:
    """Send everything that is due, one after the other, until nothing is or nothing can be.

    `stopping` ends it before the next message.
    """
    done = DeliveryStats()
    await write(lambda db: _clean_up(db, clock()))
    while not (stopping and stopping.is_set()):
        now = clock()
        taken = await write(partial(rows.lease_next, now=now, until=now + LEASE))
        if taken is None:
            return done
        try:
            outcome = await _deliver(mailer, taken, clock)
        except TransportUnavailable as error:
            await _release(taken, str(error), clock)
            return replace(done, unavailable=str(error))
        done = replace(done, **{outcome: getattr(done, outcome) + 1})
    return done


def _clean_up(db: Session, now: datetime) -> None:
    rows.release_expired_leases(db, now=now)
    rows.delete_expired(db, now=now)


@asynccontextmanager
async def mail_worker(mailer: Mailer, *, clock: Clock) -> AsyncIterator[None]:
    """Send what is posted, for as long as the block lasts; then what is on its way is finished."""
    stopping = asyncio.Event()
    with queue.new_mail_event() as new_mail:
        task = asyncio.create_task(_run_worker(mailer, clock, new_mail, stopping))
        try:
            yield
        finally:
            stopping.set()
            new_mail.set()
            await asyncio.wait([task], timeout=SHUTDOWN_TIMEOUT)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def _run_worker(
    mailer: Mailer, clock: Clock, new_mail: asyncio.Event, stopping: asyncio.Event
) -> None:
    available = True
    while not stopping.is_set():
        new_mail.clear()
        try:
            done = await send_due(mailer, clock=clock, stopping=stopping)
            if available and done.unavailable:
                logger.warning("mail transport unavailable; see cme mail status")
            available = not done.unavailable
        except Exception:
            # The database was away, or there is a defect: the outbox has it all, so go on.
            logger.exception("mail worker failed")
        try:
            await asyncio.wait_for(new_mail.wait(), POLL_INTERVAL)
        except TimeoutError:
            continue


async def _deliver(mailer: Mailer, taken: MailQueueRow, clock: Clock) -> str:
    """Write a message, send it and note what became of it; the name of the outcome in Round.

    Raises Unavailable.
    """
    if clock() >= taken.expires_at:
        return await _mark_dead(taken, taken.last_error or "It was not sent while it was worth it.")
    try:
        message = await _render(mailer, taken, clock())
        await mailer.transport.send(message)
    except MessageWithdrawn as withdrawn:
        return await _mark_withdrawn(taken, withdrawn)
    except InvalidAddress:
        return await _mark_dead(taken, "This is no address that mail can be sent to.")
    except PermanentFailure as refused:
        return await _mark_dead(taken, str(refused))
    except TemporaryFailure as deferred:
        return await _defer(taken, str(deferred), clock)
    except TransportUnavailable:
        raise
    except Exception as defect:
        # One message that cannot be written must not keep all others from being sent.
        logger.exception("message could not be sent")
        return await _defer(taken, f"internal error: {type(defect).__name__}", clock)
    await _settle(taken, state=DeliveryState.SENT, sent_at=clock(), last_error="")
    return "sent"


async def _render(mailer: Mailer, taken: MailQueueRow, now: datetime) -> EmailMessage:
    def render(db: Session) -> tuple[Meeting, RenderedMail]:
        meeting = meeting_from_document(db.get_one(MeetingRow, taken.meeting_id).document)
        task = MailJob(taken, meeting, mailer.public_url, now)
        return meeting, mailer.renderers[taken.kind](db, task)

    meeting, written = await write(render)
    # A drawing waits for those before it, and within the transaction all who write would with it.
    attachments = [await draw() for draw in written.attachments]
    provider = meeting.provider
    envelope = MailHeaders(
        sender=Mailbox(messages.sender_name(meeting), mailer.sender),
        recipient=Mailbox(written.name, written.address),
        reply_to=Mailbox(provider.help_contact, provider.help_email),
        message_id=message_id(taken, mailer.sender),
        at=taken.created_at,
    )
    return mime.build_message(written.content, envelope, attachments)


def message_id(row: MailQueueRow, sender: str) -> str:
    """The Message-ID of a message: the same at each attempt, and no other message's.

    A receiver that gets it twice knows it again. Ids begin at 1 in each database,
    so the key and the time are in it too.
    """
    what = f"{row.id} {row.dedupe_key} {row.created_at.isoformat()}"
    digest = hashlib.sha256(what.encode()).hexdigest()[:20]
    kind = row.kind.replace(" ", "-")
    return f"<{kind}.{row.id}.{digest}@{to_ascii_domain(sender).rpartition('@')[2]}>"


async def _release(taken: MailQueueRow, why: str, clock: Clock) -> None:
    # It was not this message's fault: the attempt does not count, and it waits for the server.
    await _settle(
        taken,
        state=DeliveryState.WAITING,
        attempts=taken.attempts - 1,
        not_before=clock() + retry_delay(1),
        last_error=_shorten(why),
    )


async def _defer(taken: MailQueueRow, why: str, clock: Clock) -> str:
    again = clock() + retry_delay(taken.attempts)
    if again >= taken.expires_at:
        return await _mark_dead(taken, why)
    await _settle(taken, state=DeliveryState.WAITING, not_before=again, last_error=_shorten(why))
    return "deferred"


async def _mark_dead(taken: MailQueueRow, why: str) -> str:
    await _settle(taken, state=DeliveryState.DEAD, last_error=_shorten(why))
    return "dead"


async def _mark_withdrawn(taken: MailQueueRow, withdrawn: MessageWithdrawn) -> str:
    if withdrawn.unknown_recipient:
        await write(partial(rows.delete, leased=taken))
    else:
        await _settle(taken, state=DeliveryState.WITHDRAWN, last_error=str(withdrawn))
    return "withdrawn"


async def _settle(taken: MailQueueRow, **values: object) -> None:
    await write(lambda db: rows.record_outcome(db, taken, **values))


def _shorten(why: str) -> str:
    return " ".join(why.split())[:ERROR_LIMIT]
