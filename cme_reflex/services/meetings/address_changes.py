"""Changes of e-mail addresses by a load: their time and the former address, which gets a notice.

Whoever can change an address at the society could otherwise read a stranger's data: a link to an
address that was changed recently proves little (`domain.sign_in.strength`).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias, cast

import sqlalchemy as sa
from sqlmodel import Session, col, select

from cme_reflex.domain.mail.delivery import MailKind, same_address
from cme_reflex.store.mail import queue
from cme_reflex.store.people.tables import AttendeeRow, MemberRow

Rows: TypeAlias = list[dict[str, Any]]
"""Values of rows by column; those of existing rows include `id`."""

Known: TypeAlias = Mapping[int, Sequence[str]]
"""Addresses by member."""


def mark_changes(
    db: Session, table: type[AttendeeRow | MemberRow], rows: Rows, now: datetime
) -> Rows:
    """Rows to update, with the time of an address's change and the address before it."""
    former = _addresses(db, table, [values["id"] for values in rows if "email" in values])

    def marked(values: dict[str, Any]) -> dict[str, Any]:
        if "email" not in values or same_address(values["email"], former[values["id"]]):
            return values
        return values | {"former_email": former[values["id"]], "email_changed_at": now}

    return [marked(values) for values in rows]


def known_addresses(db: Session, member_ids: Iterable[int]) -> Known:
    """The addresses of these members and of all their registrations; the member's own first."""
    ids = list(member_ids)
    own = select(MemberRow.id, MemberRow.email).where(col(MemberRow.id).in_(ids))
    registered = select(AttendeeRow.member_id, AttendeeRow.email).where(
        col(AttendeeRow.member_id).in_(ids)
    )
    known: dict[int, list[str]] = defaultdict(list)
    for member_id, email in [*db.exec(own), *db.exec(registered)]:
        if member_id is not None and email:
            known[member_id].append(email)
    return known


def mark_new_registrations(db: Session, rows: Rows, known: Known, now: datetime) -> Rows:
    """Registrations that a member gets: an address that is none of theirs counts as changed.

    A link to it would otherwise open the account of the member to whom staff link it.
    """
    registered = [values["id"] for values in rows if "id" in values and values.get("member_id")]
    emails = _addresses(db, AttendeeRow, registered)

    def marked(values: dict[str, Any]) -> dict[str, Any]:
        addresses = known.get(values.get("member_id") or 0, ())
        email = values.get("email", emails.get(values.get("id", 0), ""))
        if not email or not addresses or any(same_address(email, each) for each in addresses):
            return values
        return {"former_email": addresses[0]} | values | {"email_changed_at": now}

    return [marked(values) for values in rows]


def mark_new_members(db: Session, attendees: Rows, now: datetime) -> Rows:
    """Members to whom staff link an existing registration: the same, for invitations to them.

    Saves the time and the registration's address as the member's former one; returns the changes.
    """
    linked = {values["id"]: values["member_id"] for values in attendees if values.get("member_id")}
    registered = _addresses(db, AttendeeRow, linked)
    own = _addresses(db, MemberRow, linked.values())
    marked = {
        member_id: {"id": member_id, "former_email": email, "email_changed_at": now}
        for attendee_id, member_id in linked.items()
        if (email := registered[attendee_id])
        and own[member_id]
        and not same_address(email, own[member_id])
    }
    if marked:
        db.exec(sa.update(MemberRow), params=[*marked.values()])
    return [*marked.values()]


def _addresses(
    db: Session, table: type[AttendeeRow | MemberRow], ids: Iterable[int]
) -> dict[int, str]:
    query = select(table.id, table.email).where(col(table.id).in_(list(ids)))
    return {cast(int, row_id): email for row_id, email in db.exec(query)}


def enqueue_notices(db: Session, meeting_id: int, rows: Rows, now: datetime) -> int:
    """Tell each former address of these rows, once. Returns how many are told."""
    former = {values["former_email"] for values in rows if values.get("former_email")}
    for address in sorted(former):
        queue.enqueue(
            db,
            meeting_id=meeting_id,
            kind=MailKind.ADDRESS_CHANGED,
            recipient=address,
            key=f"{meeting_id}:{address}:{now.isoformat()}",
            now=now,
            payload={"changed_at": now.isoformat()},
        )
    return len(former)
