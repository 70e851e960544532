"""Feed of submitted versions, numbered in the order of their commits and readable from any number.

A version gets a new number when it is withdrawn, so that whoever has read it reads it again. The
transaction that submits or withdraws increments the counter in the single row of `feed`. Others
wait for that row until the commit, so numbers are committed in ascending order: a reader who sees
a number sees every smaller one that will ever exist. An id or a time does not guarantee this: it
is assigned before the commit, and a later one may be committed first.
"""

import secrets
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from cme_reflex.store.claims.tables import ClaimRow, FeedRow, ReceiptRow
from cme_reflex.store.meetings.tables import MeetingRow
from cme_reflex.store.people.tables import AttendeeRow, MemberRow
from cme_reflex.store.upsert import insert_into

EPOCH_BYTES = 4  # enough to distinguish two restores of one database


class PublishedVersion(NamedTuple):
    """A submitted version, its claim's status, and the receipt numbers of adjacent versions."""

    receipt: ReceiptRow
    status: str
    attendee: AttendeeRow
    username: str | None
    meeting: dict[str, Any]
    replaces: str | None
    replaced_by: str | None


def next_position(db: Session) -> int:
    """Increment the feed's counter and return it; other submissions wait until the commit.

    Call this as the last step of a transaction, to hold the row lock only briefly.
    """
    statement = (
        insert_into(db, FeedRow)
        .values(id=1, epoch=new_epoch(), last=1)
        .on_conflict_do_update(index_elements=["id"], set_={"last": FeedRow.last + 1})
        .returning(col(FeedRow.last))
    )
    return int(db.exec(statement).scalar_one())


def state(db: Session) -> FeedRow | None:
    """The feed's epoch and its last number; None before the first submission."""
    return db.exec(select(FeedRow)).one_or_none()


def begin_epoch(db: Session) -> None:
    """Start a new epoch, so that old cursors are invalid: numbers may be assigned a second time."""
    db.exec(sa.update(FeedRow).values(epoch=new_epoch()))


def new_epoch() -> str:
    """A random name of an epoch, in hexadecimal digits."""
    return secrets.token_hex(EPOCH_BYTES)


def versions_after(
    db: Session,
    position: int,
    *,
    limit: int,
    since: datetime | None = None,
    meeting_id: int | None = None,
) -> list[PublishedVersion]:
    """At most `limit` versions after this number, in order; submitted or withdrawn since then.

    `since` and `meeting_id` only filter; they do not change the order.
    """
    query = _select_published().where(col(ReceiptRow.position) > position)
    if meeting_id is not None:
        query = query.where(col(AttendeeRow.meeting_id) == meeting_id)
    if since is not None:
        changed_at = sa.func.coalesce(col(ReceiptRow.withdrawn_at), col(ReceiptRow.submitted_at))
        query = query.where(changed_at >= since)
    rows = db.exec(query.order_by(col(ReceiptRow.position)).limit(limit))
    return [PublishedVersion(*row) for row in rows.all()]


def find_by_receipt(db: Session, number: str) -> PublishedVersion | None:
    """The version with this receipt number, of any attendee, or None."""
    row = db.exec(_select_published().where(ReceiptRow.number == number)).one_or_none()
    return None if row is None else PublishedVersion(*row)


def _select_published() -> Any:
    older: Any = aliased(ReceiptRow)
    newer: Any = aliased(ReceiptRow)
    return (
        sa.select(
            ReceiptRow,
            col(ClaimRow.status),
            AttendeeRow,
            col(MemberRow.username),
            col(MeetingRow.document),
            older.number,
            newer.number,
        )
        .join(ClaimRow, col(ClaimRow.id) == ReceiptRow.claim_id)
        .join(AttendeeRow, col(AttendeeRow.id) == ClaimRow.attendee_id)
        .join(MeetingRow, col(MeetingRow.id) == AttendeeRow.meeting_id)
        .outerjoin(MemberRow, col(MemberRow.id) == AttendeeRow.member_id)
        .outerjoin(older, _is_adjacent_version(older, -1))
        .outerjoin(newer, _is_adjacent_version(newer, 1))
    )


def _is_adjacent_version(other: Any, distance: int) -> sa.ColumnElement[bool]:
    return sa.and_(
        other.claim_id == ReceiptRow.claim_id, other.version == ReceiptRow.version + distance
    )
