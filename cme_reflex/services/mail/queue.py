"""The mail queue: messages are enqueued in the transaction of the change that they report.

    queue.enqueue(db, meeting_id=…, kind=MailKind.CONFIRMATION, recipient=…, key=…, now=now)

Committed messages are sent by `services.mail.worker`, in this process or another, or by
`cme mail send`.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlmodel import Session, col, select

from cme_reflex.domain.mail.delivery import TIME_TO_LIVE, DeliveryState, MailKind
from cme_reflex.services.programme.programme_cache import meeting_by_code
from cme_reflex.store.database import after_commit, read, write
from cme_reflex.store.mail import queue
from cme_reflex.store.mail.tables import MailQueueRow

_new_mail_events: set[asyncio.Event] = set()


class MessagesNotRetryable(LookupError):
    """There are no dead or uncertain messages with these ids."""

    def __init__(self, ids: Sequence[int]) -> None:
        super().__init__(ids)
        self.ids = tuple(ids)


@dataclass(frozen=True, slots=True)
class QueuedMessage:
    """A queued message as shown to staff. Datetimes are aware UTC."""

    id: int
    kind: str
    state: str
    recipient: str
    attempts: int
    created_at: datetime
    next_attempt: datetime | None
    last_error: str


@dataclass(frozen=True, slots=True)
class QueueStatus:
    """Status of a meeting's mail queue.

    `counts` by kind and state; `late` messages failed and wait for the next attempt;
    `dead` and `uncertain` ones are not sent again unless staff retry them.
    """

    meeting: str
    counts: dict[str, dict[str, int]]
    late: tuple[QueuedMessage, ...]
    dead: tuple[QueuedMessage, ...]
    uncertain: tuple[QueuedMessage, ...]


def enqueue(
    db: Session,
    *,
    meeting_id: int,
    kind: MailKind,
    recipient: str,
    key: str,
    now: datetime,
    until: datetime | None = None,
    **payload: Any,
) -> bool:
    """Enqueue a message, which is sent after the transaction of `db` is committed.

    `key` identifies it: if a message with the same kind and key exists, nothing is enqueued
    and the result is False. The message is not sent after `until`.
    """
    inserted = queue.enqueue(
        db,
        meeting_id=meeting_id,
        kind=kind,
        recipient=recipient,
        key=key,
        now=now,
        until=until,
        payload=payload,
    )
    if inserted:
        after_commit(db, _notify_workers)
    return inserted


@contextmanager
def new_mail_event() -> Iterator[asyncio.Event]:
    """An event that is set after each commit of a new message in this process."""
    event = asyncio.Event()
    _new_mail_events.add(event)
    try:
        yield event
    finally:
        _new_mail_events.discard(event)


def _notify_workers() -> None:
    for event in _new_mail_events:
        event.set()


async def status(meeting: str) -> QueueStatus:
    """The state of a meeting's mail queue. Raises MeetingNotFound."""

    def load(db: Session) -> QueueStatus:
        meeting_id = cast(int, meeting_by_code(db, meeting).id)
        counts: dict[str, dict[str, int]] = {}
        for (kind, state), count in sorted(queue.count_by_state(db, meeting_id).items()):
            counts.setdefault(kind, {})[state] = count
        waiting = queue.in_states(db, meeting_id, DeliveryState.WAITING)
        return QueueStatus(
            meeting=meeting,
            counts=counts,
            late=tuple(_entry(row) for row in waiting if row.last_error),
            dead=tuple(map(_entry, queue.in_states(db, meeting_id, DeliveryState.DEAD))),
            uncertain=tuple(map(_entry, queue.in_states(db, meeting_id, DeliveryState.UNCERTAIN))),
        )

    return await read(load)


async def retry(meeting: str, ids: Sequence[int], *, now: datetime) -> tuple[QueuedMessage, ...]:
    """Queue dead or uncertain messages again: all of these ids, or none.

    Raises MessagesNotRetryable and MeetingNotFound.
    """

    def requeue(db: Session) -> tuple[QueuedMessage, ...]:
        meeting_id = meeting_by_code(db, meeting).id
        query = (
            select(MailQueueRow)
            .where(
                col(MailQueueRow.id).in_(ids),
                MailQueueRow.meeting_id == meeting_id,
                col(MailQueueRow.state).in_([DeliveryState.DEAD, DeliveryState.UNCERTAIN]),
            )
            .order_by(col(MailQueueRow.id))
            .with_for_update()
        )
        rows = db.exec(query).all()
        if missing := sorted(set(ids) - {cast(int, row.id) for row in rows}):
            raise MessagesNotRetryable(missing)
        for row in rows:
            row.state, row.not_before, row.attempts = DeliveryState.WAITING, now, 0
            row.expires_at = now + TIME_TO_LIVE[MailKind(row.kind)]
        if rows:
            after_commit(db, _notify_workers)
        return tuple(map(_entry, rows))

    return await write(requeue)


def _entry(row: MailQueueRow) -> QueuedMessage:
    return QueuedMessage(
        id=cast(int, row.id),
        kind=row.kind,
        state=row.state,
        recipient=row.recipient,
        attempts=row.attempts,
        created_at=row.created_at,
        next_attempt=row.not_before if row.state == DeliveryState.WAITING else None,
        last_error=row.last_error,
    )
