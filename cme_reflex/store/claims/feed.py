"""Submitted versions in the order of their commits: numbered, and read from any place on.

A number is given by an update of the one row of `feed`, in the transaction that submits. Who
else submits waits for that row until the commit, so numbers are committed in their order: whoever
sees one sees every smaller one that there will ever be. An id or an instant does not have that,
because it is taken before the commit, and a later one may be committed first.
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

EPOCH_BYTES = 4  # enough to tell two restores of one database apart


class PublishedVersion(NamedTuple):
    """A submitted version with whose it is, and the versions before and after it."""

    receipt: ReceiptRow
    attendee: AttendeeRow
    username: str | None
    meeting: dict[str, Any]
    replaces: str | None
    replaced_by: str | None


def next_position(db: Session) -> int:
    """The number of the version that is being submitted; everybody else's waits for the commit.

    Ask for it as the last thing of a transaction, so that nobody waits for long.
    """
    counted = (
        insert_into(db, FeedRow)
        .values(id=1, epoch=new_epoch(), last=1)
        .on_conflict_do_update(index_elements=["id"], set_={"last": FeedRow.last + 1})
        .returning(col(FeedRow.last))
    )
    return int(db.exec(counted).scalar_one())


def state(db: Session) -> FeedRow | None:
    """Which epoch it is and how many versions were submitted; None before the first."""
    return db.exec(select(FeedRow)).one_or_none()


def begin_epoch(db: Session) -> None:
    """What was read before does not continue: the numbers may be given anew to other versions."""
    db.exec(sa.update(FeedRow).values(epoch=new_epoch()))


def new_epoch() -> str:
    """A name for an epoch, in hexadecimal digits."""
    return secrets.token_hex(EPOCH_BYTES)


def versions_after(
    db: Session, position: int, *, limit: int, since: datetime | None = None
) -> list[PublishedVersion]:
    """At most so many versions behind this number, in their order; submitted at `since` or later.

    `since` only leaves out; it says nothing of the order.
    """
    wanted = _select_published().where(col(ReceiptRow.position) > position)
    if since is not None:
        wanted = wanted.where(col(ReceiptRow.submitted_at) >= since)
    rows = db.exec(wanted.order_by(col(ReceiptRow.position)).limit(limit))
    return [PublishedVersion(*row) for row in rows.all()]


def find_by_receipt(db: Session, number: str) -> PublishedVersion | None:
    """The version with this receipt number, whoever's it is."""
    row = db.exec(_select_published().where(ReceiptRow.number == number)).one_or_none()
    return None if row is None else PublishedVersion(*row)


def _select_published() -> Any:
    older: Any = aliased(ReceiptRow)
    newer: Any = aliased(ReceiptRow)
    return (
        sa.select(
            ReceiptRow,
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
        .outerjoin(older, _is_neighbour(older, -1))
        .outerjoin(newer, _is_neighbour(newer, 1))
    )


def _is_neighbour(other: Any, distance: int) -> sa.ColumnElement[bool]:
    return sa.and_(
        other.claim_id == ReceiptRow.claim_id, other.version == ReceiptRow.version + distance
    )
