"""Reading and writing the outbox: what shall be sent, and what became of it."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from cme_reflex.domain.mail.delivery import RESENT_WHEN_UNCERTAIN, DeliveryState, MailKind
from cme_reflex.store.mail.tables import MailQueueRow
from cme_reflex.store.upsert import insert_into

SIGN_IN_LINK_RETENTION = timedelta(days=30)  # how long it is known to whom a sign-in link went
DELETE_BATCH = 100  # rows at once

_ENDED_WHILE_SENDING = "The process ended while it was sending; it may have arrived."


def insert(db: Session, row: MailQueueRow) -> bool:
    """Put a message into the outbox; False where one with its key is already there."""
    values = row.model_dump(exclude={"id"})
    added = db.exec(insert_into(db, MailQueueRow).values(values).on_conflict_do_nothing())
    return bool(added.rowcount)


def lease_next(db: Session, *, now: datetime, until: datetime) -> MailQueueRow | None:
    """The next message that is due, this worker's until `until`; None where there is none.

    The attempt is counted before anything is sent. Two workers never get the
    same one: PostgreSQL passes over what another has locked, SQLite lets one
    write at a time. Links for people who are waiting for them come first.
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


def record_outcome(db: Session, taken: MailQueueRow, **values: object) -> bool:
    """Write what became of a message; False where this worker no longer has it."""
    mine = sa.update(MailQueueRow).where(
        col(MailQueueRow.id) == taken.id,
        col(MailQueueRow.state) == DeliveryState.SENDING,
        col(MailQueueRow.leased_until) == taken.leased_until,
    )
    written = db.exec(mine.values(leased_until=None, **values))
    return bool(written.rowcount)


def delete(db: Session, taken: MailQueueRow) -> None:
    """Delete a message that was taken and is nobody's."""
    db.exec(sa.delete(MailQueueRow).where(col(MailQueueRow.id) == taken.id))


def release_expired_leases(db: Session, *, now: datetime) -> None:
    """End the leases of workers that died: their messages are repeated, or called uncertain."""
    lapsed = (
        col(MailQueueRow.state) == DeliveryState.SENDING,
        col(MailQueueRow.leased_until) <= now,
    )
    repeated = col(MailQueueRow.kind).in_(RESENT_WHEN_UNCERTAIN)
    for kinds, state in (
        (repeated, DeliveryState.WAITING),
        (sa.not_(repeated), DeliveryState.UNCERTAIN),
    ):
        db.exec(
            sa.update(MailQueueRow)
            .where(*lapsed, kinds)
            .values(state=state, leased_until=None, last_error=_ENDED_WHILE_SENDING)
        )


def delete_expired(db: Session, *, now: datetime) -> None:
    """Delete some of the old sign-in links' messages: who asked for them is nobody's business."""
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
    """How many messages there are of each kind in each state."""
    counted = (
        select(MailQueueRow.kind, MailQueueRow.state, sa.func.count())
        .where(MailQueueRow.meeting_id == meeting_id)
        .group_by(col(MailQueueRow.kind), col(MailQueueRow.state))
    )
    return {(kind, state): count for kind, state, count in db.exec(counted).all()}


def in_states(db: Session, meeting_id: int, *states: DeliveryState) -> list[MailQueueRow]:
    """The messages in these states, the oldest first."""
    found = (
        select(MailQueueRow)
        .where(MailQueueRow.meeting_id == meeting_id, col(MailQueueRow.state).in_(states))
        .order_by(col(MailQueueRow.id))
    )
    return list(db.exec(found).all())


def messages_of_kind(db: Session, meeting_id: int, kind: MailKind) -> list[MailQueueRow]:
    """Every message of a kind, whatever became of it."""
    found = select(MailQueueRow).where(
        MailQueueRow.meeting_id == meeting_id, MailQueueRow.kind == kind
    )
    return list(db.exec(found).all())
