"""Reading and writing the outbox: what shall be sent, and what became of it."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from cme_reflex.domain.mail import REPEATED_WHEN_UNCERTAIN, Kind, State
from cme_reflex.store.insert import insert_into
from cme_reflex.store.tables import OutboxRow

KEPT = timedelta(days=30)  # how long it is known to whom a sign-in link went
SWEPT = 100  # rows at once

_ENDED_WHILE_SENDING = "The process ended while it was sending; it may have arrived."


def put(db: Session, row: OutboxRow) -> bool:
    """Put a message into the outbox; False where one with its key is already there."""
    values = row.model_dump(exclude={"id"})
    added = db.exec(insert_into(db, OutboxRow).values(values).on_conflict_do_nothing())
    return bool(added.rowcount)


def take(db: Session, *, now: datetime, until: datetime) -> OutboxRow | None:
    """The next message that is due, this worker's until `until`; None where there is none.

    The attempt is counted before anything is sent. Two workers never get the
    same one: PostgreSQL passes over what another has locked, SQLite lets one
    write at a time. Links for people who are waiting for them come first.
    """
    due = (
        select(OutboxRow)
        .where(OutboxRow.state == State.WAITING, OutboxRow.not_before <= now)
        .order_by(
            (col(OutboxRow.kind) == Kind.SIGN_IN_LINK).desc(),
            col(OutboxRow.not_before),
            col(OutboxRow.id),
        )
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = db.exec(due).one_or_none()
    if row is not None:
        row.state, row.leased_until = State.SENDING, until
        row.attempts += 1
        db.flush()
    return row


def settle(db: Session, taken: OutboxRow, **values: object) -> bool:
    """Write what became of a message; False where this worker no longer has it."""
    mine = sa.update(OutboxRow).where(
        col(OutboxRow.id) == taken.id,
        col(OutboxRow.state) == State.SENDING,
        col(OutboxRow.leased_until) == taken.leased_until,
    )
    written = db.exec(mine.values(leased_until=None, **values))
    return bool(written.rowcount)


def forget(db: Session, taken: OutboxRow) -> None:
    """Delete a message that was taken and is nobody's."""
    db.exec(sa.delete(OutboxRow).where(col(OutboxRow.id) == taken.id))


def take_back(db: Session, *, now: datetime) -> None:
    """End the leases of workers that died: their messages are repeated, or called uncertain."""
    lapsed = (col(OutboxRow.state) == State.SENDING, col(OutboxRow.leased_until) <= now)
    repeated = col(OutboxRow.kind).in_(REPEATED_WHEN_UNCERTAIN)
    for kinds, state in ((repeated, State.WAITING), (sa.not_(repeated), State.UNCERTAIN)):
        db.exec(
            sa.update(OutboxRow)
            .where(*lapsed, kinds)
            .values(state=state, leased_until=None, last_error=_ENDED_WHILE_SENDING)
        )


def sweep(db: Session, *, now: datetime) -> None:
    """Delete some of the old sign-in links' messages: who asked for them is nobody's business."""
    old = (
        select(OutboxRow.id)
        .where(
            OutboxRow.kind == Kind.SIGN_IN_LINK,
            OutboxRow.created_at < now - KEPT,
            col(OutboxRow.state).not_in([State.WAITING, State.SENDING]),
        )
        .limit(SWEPT)
        .with_for_update(skip_locked=True)
    )
    db.exec(sa.delete(OutboxRow).where(col(OutboxRow.id).in_(old)))


def counts(db: Session, meeting_id: int) -> dict[tuple[str, str], int]:
    """How many messages there are of each kind in each state."""
    counted = (
        select(OutboxRow.kind, OutboxRow.state, sa.func.count())
        .where(OutboxRow.meeting_id == meeting_id)
        .group_by(col(OutboxRow.kind), col(OutboxRow.state))
    )
    return {(kind, state): count for kind, state, count in db.exec(counted).all()}


def in_states(db: Session, meeting_id: int, *states: State) -> list[OutboxRow]:
    """The messages in these states, the oldest first."""
    found = (
        select(OutboxRow)
        .where(OutboxRow.meeting_id == meeting_id, col(OutboxRow.state).in_(states))
        .order_by(col(OutboxRow.id))
    )
    return list(db.exec(found).all())


def posted(db: Session, meeting_id: int, kind: Kind) -> list[OutboxRow]:
    """Every message of a kind, whatever became of it."""
    found = select(OutboxRow).where(OutboxRow.meeting_id == meeting_id, OutboxRow.kind == kind)
    return list(db.exec(found).all())
