"""Queries for the mail queue: enqueue, lease, record outcomes, delete."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from cme_reflex.domain.mail.delivery import (
    RESENT_WHEN_UNCERTAIN,
    TIME_TO_LIVE,
    DeliveryState,
    MailKind,
)
from cme_reflex.store.mail.tables import MailQueueRow
from cme_reflex.store.upsert import insert_into

SIGN_IN_LINK_RETENTION = timedelta(days=30)  # of sent sign-in links, with their recipients
DELETE_BATCH = 100  # rows

_ENDED_WHILE_SENDING = "The process ended while it was sending; it may have arrived."


def enqueue(
    db: Session,
    *,
    meeting_id: int,
    kind: MailKind,
    recipient: str,
    key: str,
    now: datetime,
    until: datetime | None = None,
    payload: Mapping[str, Any],
) -> bool:
    """Enqueue a message; False if one with the same kind and key exists.

    Services below the mail queue call this directly; `services.mail.queue` wakes the worker, too.
    """
    row = MailQueueRow(
        meeting_id=meeting_id,
        kind=kind,
        recipient=recipient,
        payload=dict(payload),
        dedupe_key=f"{kind}:{key}",
        created_at=now,
        not_before=now,
        expires_at=until or now + TIME_TO_LIVE[kind],
        state=DeliveryState.WAITING,
    )
    values = row.model_dump(exclude={"id"})
    inserted = db.exec(insert_into(db, MailQueueRow).values(values).on_conflict_do_nothing())
    return bool(inserted.rowcount)


def lease_next(db: Session, *, now: datetime, until: datetime) -> MailQueueRow | None:
    """Lease the next due message until `until`; None if no message is due.

    The attempt is counted before the message is sent. Two workers never lease the
    same message: PostgreSQL skips locked rows, SQLite allows one writer at a time.
    Sign-in links come first, because people are waiting for them.
    """
    due = (
        select(MailQueueRow)
        .where(MailQueueRow.state == DeliveryState.WAITING, MailQueueRow.not_before <= now)
        .order_by(
            (col(MailQueueRow.kind) == MailKind.SIGN_IN_LINK).desc(),
            col(MailQueueRow.not_before),
            col(MailQueueRow.id),
        )
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = db.exec(due).one_or_none()
    if row is not None:
        row.state, row.leased_until = DeliveryState.SENDING, until
        row.attempts += 1
        db.flush()
    return row


def record_outcome(db: Session, leased: MailQueueRow, **values: object) -> bool:
    """Save the outcome of a leased message; False if the lease is no longer this worker's."""
    statement = sa.update(MailQueueRow).where(
        col(MailQueueRow.id) == leased.id,
        col(MailQueueRow.state) == DeliveryState.SENDING,
        col(MailQueueRow.leased_until) == leased.leased_until,
    )
    updated = db.exec(statement.values(leased_until=None, **values))
    return bool(updated.rowcount)


def delete(db: Session, leased: MailQueueRow) -> None:
    """Delete a leased message that has no recipient."""
    db.exec(sa.delete(MailQueueRow).where(col(MailQueueRow.id) == leased.id))


def release_expired_leases(db: Session, *, now: datetime) -> None:
    """Release expired leases of dead workers: their messages become waiting again or uncertain."""
    expired = (
        col(MailQueueRow.state) == DeliveryState.SENDING,
        col(MailQueueRow.leased_until) <= now,
    )
    resent = col(MailQueueRow.kind).in_(RESENT_WHEN_UNCERTAIN)
    for kinds, state in (
        (resent, DeliveryState.WAITING),
        (sa.not_(resent), DeliveryState.UNCERTAIN),
    ):
        db.exec(
            sa.update(MailQueueRow)
            .where(*expired, kinds)
            .values(state=state, leased_until=None, last_error=_ENDED_WHILE_SENDING)
        )


def delete_expired(db: Session, *, now: datetime) -> None:
    """Delete some messages of old sign-in links, to protect the recipients' privacy."""
    old = (
        select(MailQueueRow.id)
        .where(
            MailQueueRow.kind == MailKind.SIGN_IN_LINK,
            MailQueueRow.created_at < now - SIGN_IN_LINK_RETENTION,
            col(MailQueueRow.state).not_in([DeliveryState.WAITING, DeliveryState.SENDING]),
        )
        .limit(DELETE_BATCH)
        .with_for_update(skip_locked=True)
    )
    db.exec(sa.delete(MailQueueRow).where(col(MailQueueRow.id).in_(old)))


def count_by_state(db: Session, meeting_id: int) -> dict[tuple[str, str], int]:
    """Number of messages of a meeting by kind and state."""
    query = (
        select(MailQueueRow.kind, MailQueueRow.state, sa.func.count())
        .where(MailQueueRow.meeting_id == meeting_id)
        .group_by(col(MailQueueRow.kind), col(MailQueueRow.state))
    )
    return {(kind, state): count for kind, state, count in db.exec(query).all()}


def in_states(db: Session, meeting_id: int, *states: DeliveryState) -> list[MailQueueRow]:
    """Messages of a meeting in these states, oldest first."""
    query = (
        select(MailQueueRow)
        .where(MailQueueRow.meeting_id == meeting_id, col(MailQueueRow.state).in_(states))
        .order_by(col(MailQueueRow.id))
    )
    return list(db.exec(query).all())


def messages_of_kind(db: Session, meeting_id: int, kind: MailKind) -> list[MailQueueRow]:
    """All messages of a kind, in any state."""
    query = select(MailQueueRow).where(
        MailQueueRow.meeting_id == meeting_id, MailQueueRow.kind == kind
    )
    return list(db.exec(query).all())
