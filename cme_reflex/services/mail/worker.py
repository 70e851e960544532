"""Mail worker: sends the mail queue, in the server's process and in `cme mail send`.

No message is lost: it is committed with the change that it reports, and stays until it is sent.
The worker sends no message twice: it records an attempt, with a lease, before sending, and the
success right after the mail server has accepted the message. If a process dies in between, the
outcome is uncertain; see docs/mail.md.
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

from cme_reflex.domain.mail.delivery import (
    ONLY_TO_SIGN_IN,
    DeliveryState,
    InvalidAddress,
    retry_delay,
)
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
from cme_reflex.routes import SIGN_IN_FORM, in_meeting
from cme_reflex.services.mail import queue
from cme_reflex.services.mail.rendering import (
    MailJob,
    MailRenderers,
    MessageWithdrawn,
    RenderedMail,
)
from cme_reflex.services.programme import programme_cache
from cme_reflex.store.database import write
from cme_reflex.store.mail import queue as rows
from cme_reflex.store.mail.tables import MailQueueRow
from cme_reflex.store.meetings.tables import MeetingRow
from cme_reflex.text.mail.frame import sender_name

LEASE = timedelta(minutes=3)  # longer than any transport needs for a message
POLL_INTERVAL = 15.0  # seconds; for messages of other processes and for further attempts
SHUTDOWN_TIMEOUT = 10.0  # seconds for the message that is being sent at shutdown
ERROR_LIMIT = 300  # characters of a server's error message

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Mailer:
    """Mail transport, sender address, public URL for links, and renderers by kind of message."""

    transport: MailTransport
    sender: str
    public_url: str
    renderers: MailRenderers


@dataclass(frozen=True, slots=True)
class DeliveryStats:
    """Counts of a delivery run. `unavailable`: reason for stopping before all due messages."""

    sent: int = 0
    deferred: int = 0
    dead: int = 0
    withdrawn: int = 0
    unavailable: str = ""


async def send_due(
    mailer: Mailer, *, clock: Clock, stopping: asyncio.Event | None = None
) -> DeliveryStats:
    """Send all due messages one by one, until none is due or the transport is unavailable.

    `stopping` ends the run before the next message.
    """
    done = DeliveryStats()
    await write(lambda db: _clean_up(db, clock()))
    while not (stopping and stopping.is_set()):
        now = clock()
        leased = await write(partial(rows.lease_next, now=now, until=now + LEASE))
        if leased is None:
            return done
        try:
            outcome = await _deliver(mailer, leased, clock)
        except TransportUnavailable as error:
            await _release(leased, str(error), clock)
            return replace(done, unavailable=str(error))
        done = replace(done, **{outcome: getattr(done, outcome) + 1})
    return done


def _clean_up(db: Session, now: datetime) -> None:
    rows.release_expired_leases(db, now=now)
    rows.delete_expired(db, now=now)


@asynccontextmanager
async def mail_worker(mailer: Mailer, *, clock: Clock) -> AsyncIterator[None]:
    """Run a mail worker during the block; at its end, finish the message that is being sent."""
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
            # The database was unreachable, or there is a defect. No message is lost, so go on.
            logger.exception("mail worker failed")
        try:
            await asyncio.wait_for(new_mail.wait(), POLL_INTERVAL)
        except TimeoutError:
            continue


async def _deliver(mailer: Mailer, leased: MailQueueRow, clock: Clock) -> str:
    """Render and send a message, and record its outcome. Returns the outcome's DeliveryStats field.

    Raises TransportUnavailable.
    """
    if clock() >= leased.expires_at:
        return await _mark_dead(leased, leased.last_error or "It expired before it could be sent.")
    try:
        message = await _render(mailer, leased, clock())
        await mailer.transport.send(message)
    except MessageWithdrawn as withdrawn:
        return await _mark_withdrawn(leased, withdrawn)
    except InvalidAddress:
        return await _mark_dead(leased, "Mail cannot be sent to this address.")
    except PermanentFailure as failure:
        return await _mark_dead(leased, str(failure))
    except TemporaryFailure as deferred:
        return await _defer(leased, str(deferred), clock)
    except TransportUnavailable:
        raise
    except Exception as defect:
        # A message that cannot be rendered must not block the others.
        logger.exception("message could not be sent")
        return await _defer(leased, f"internal error: {type(defect).__name__}", clock)
    await _record_outcome(leased, state=DeliveryState.SENT, sent_at=clock(), last_error="")
    return "sent"


async def _render(mailer: Mailer, leased: MailQueueRow, now: datetime) -> EmailMessage:
    def render(db: Session) -> tuple[Meeting, RenderedMail]:
        row = db.get_one(MeetingRow, leased.meeting_id)
        if row.archived_at is not None and leased.kind in ONLY_TO_SIGN_IN:
            raise MessageWithdrawn("The meeting is archived.")
        meeting = programme_cache.get_in(db, leased.meeting_id, row.version).meeting
        url = mailer.public_url + in_meeting(meeting.code, SIGN_IN_FORM)
        job = MailJob(leased, meeting, mailer.public_url, url, now)
        return meeting, mailer.renderers[leased.kind](db, job)

    meeting, rendered = await write(render)
    # After the transaction, because PDFs are rendered in turn and would block all writers.
    attachments = [await create() for create in rendered.attachments]
    provider = meeting.provider
    headers = MailHeaders(
        sender=Mailbox(sender_name(meeting), mailer.sender),
        recipient=Mailbox(rendered.name, rendered.address),
        reply_to=Mailbox(provider.help_contact, provider.help_email),
        message_id=message_id(leased, mailer.sender),
        at=leased.created_at,
    )
    return mime.build_message(rendered.content, headers, attachments)


def message_id(row: MailQueueRow, sender: str) -> str:
    """The Message-ID of a message: the same at each attempt, and unique.

    Mail systems use it to recognize duplicates. Ids begin at 1 in each database, so the digest
    includes the key and the time.
    """
    identity = f"{row.id} {row.dedupe_key} {row.created_at.isoformat()}"
    digest = hashlib.sha256(identity.encode()).hexdigest()[:20]
    kind = row.kind.replace(" ", "-")
    return f"<{kind}.{row.id}.{digest}@{to_ascii_domain(sender).rpartition('@')[2]}>"


async def _release(leased: MailQueueRow, reason: str, clock: Clock) -> None:
    # The transport failed, not this message: the attempt is not counted.
    await _record_outcome(
        leased,
        state=DeliveryState.WAITING,
        attempts=leased.attempts - 1,
        not_before=clock() + retry_delay(1),
        last_error=_shorten(reason),
    )


async def _defer(leased: MailQueueRow, reason: str, clock: Clock) -> str:
    next_attempt = clock() + retry_delay(leased.attempts)
    if next_attempt >= leased.expires_at:
        return await _mark_dead(leased, reason)
    await _record_outcome(
        leased,
        state=DeliveryState.WAITING,
        not_before=next_attempt,
        last_error=_shorten(reason),
    )
    return "deferred"


async def _mark_dead(leased: MailQueueRow, reason: str) -> str:
    await _record_outcome(leased, state=DeliveryState.DEAD, last_error=_shorten(reason))
    return "dead"


async def _mark_withdrawn(leased: MailQueueRow, withdrawn: MessageWithdrawn) -> str:
    if withdrawn.unknown_recipient:
        await write(partial(rows.delete, leased=leased))
    else:
        await _record_outcome(leased, state=DeliveryState.WITHDRAWN, last_error=str(withdrawn))
    return "withdrawn"


async def _record_outcome(leased: MailQueueRow, **values: object) -> None:
    await write(lambda db: rows.record_outcome(db, leased, **values))


def _shorten(reason: str) -> str:
    return " ".join(reason.split())[:ERROR_LIMIT]
