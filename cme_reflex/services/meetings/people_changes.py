"""Changes of a meeting's members and attendees: comparison with the folder, and saving."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlmodel import Session, col, select

from cme_reflex.domain.folding import fold
from cme_reflex.domain.people.names import full_name, name_key
from cme_reflex.domain.people.registrations import (
    Mark,
    PassedOn,
    Registration,
    match_registrations,
)
from cme_reflex.formats.meeting_folder.records import AttendeeRecord, MeetingFolder, MemberRecord
from cme_reflex.formats.people.password_hashes import fingerprint
from cme_reflex.services.meetings import address_changes
from cme_reflex.services.meetings.row_changes import RowChanges, Values, row_changes, save_rows
from cme_reflex.store.claims.tables import ClaimRow
from cme_reflex.store.meetings.tables import MeetingRow
from cme_reflex.store.people.tables import AttendeeRow, MemberRow
from cme_reflex.store.sign_in.tables import SignInRow


@dataclass(frozen=True, slots=True)
class PassedOnNumber:
    """A badge, confirmation number or name of one person that the file gives to another.

    One of the two has a claim. `what` is a `Mark`; `former` and `to` are full names.
    """

    what: str
    value: str
    former: str
    to: str


@dataclass(frozen=True, slots=True)
class _AttendeeChanges:
    """Differences of attendees. `freed` are values for the time of an exchange of numbers."""

    rows: RowChanges
    freed: list[dict[str, Any]]
    removed: tuple[str, ...]
    passed_on: tuple[PassedOnNumber, ...]


@dataclass(frozen=True, slots=True)
class PeopleChanges:
    """Differences of members and attendees, and what is needed to save them.

    Attendees' values have `member`, a username, instead of `member_id`. `withdrawn` ones have left
    the list, and `removed` are their badges.
    """

    code: str
    accounts: str
    members: RowChanges
    attendees: RowChanges
    freed: list[dict[str, Any]]
    removed: tuple[str, ...]
    passed_on: tuple[PassedOnNumber, ...]


def compare_people(db: Session, meeting_id: int | None, folder: MeetingFolder) -> PeopleChanges:
    """Compare the folder's members and attendees with the rows."""
    found = _compare_attendees(db, meeting_id, folder.attendees)
    code, accounts = folder.meeting.code, folder.meeting.accounts
    return PeopleChanges(
        code,
        accounts,
        members=_compare_members(db, code, accounts, folder.members),
        attendees=found.rows,
        freed=found.freed,
        removed=found.removed,
        passed_on=found.passed_on,
    )


def save_people(db: Session, people: PeopleChanges, meeting_id: int, now: datetime) -> int:
    """Save the changes, and tell former addresses of theirs. Returns how many are told."""
    known = _known_addresses(db, people)  # before they change
    members = replace(
        people.members,
        changed=address_changes.mark_changes(db, MemberRow, people.members.changed, now),
    )
    save_rows(db, MemberRow, members, accounts=people.accounts)
    save_rows(db, AttendeeRow, RowChanges(changed=people.freed))
    _block(db, [each["id"] for each in people.attendees.withdrawn], now)
    attendees = _with_member_ids(db, people)
    attendees = replace(
        attendees,
        added=address_changes.mark_new_registrations(db, attendees.added, known, now),
        changed=address_changes.mark_new_registrations(
            db,
            address_changes.mark_changes(db, AttendeeRow, attendees.changed, now),
            known,
            now,
        ),
    )
    linked = address_changes.mark_new_members(db, attendees.changed, now)
    save_rows(db, AttendeeRow, attendees, meeting_id=meeting_id)
    rows = [*members.changed, *linked, *attendees.added, *attendees.changed]
    return address_changes.enqueue_notices(db, meeting_id, rows, now)


def _block(db: Session, ids: Sequence[int], now: datetime) -> None:
    """End all sign-ins of these registrations, begun and pending ones, and allow no other."""
    ended = {"blocked_at": now, "browsers_forgotten_at": now, "weak_ended_at": now}
    save_rows(db, AttendeeRow, RowChanges(withdrawn=[{"id": each, **ended} for each in ids]))
    db.exec(sa.delete(SignInRow).where(col(SignInRow.attendee_id).in_(ids)))


def _compare_members(
    db: Session, code: str, accounts: str, records: Iterable[MemberRecord]
) -> RowChanges:
    rows = members_of(db, code, accounts)
    existing = {username: row.model_dump() for username, row in rows.items()}
    desired = {each.username: _member(each, existing.get(each.username)) for each in records}
    return row_changes(existing, desired)


def members_of(db: Session, code: str, accounts: str) -> dict[str, MemberRow]:
    """The members of an account system by username, and those registered for the meeting.

    Whoever is registered stays linked, also to a member of an earlier account system.
    """
    linked = (
        select(MemberRow)
        .join(AttendeeRow, col(AttendeeRow.member_id) == MemberRow.id)
        .join(MeetingRow, col(MeetingRow.id) == AttendeeRow.meeting_id)
        .where(MeetingRow.code == code)
    )
    rows = [*db.exec(select(MemberRow).where(MemberRow.accounts == accounts)), *db.exec(linked)]
    return {row.username: row for row in rows}


def _member(record: MemberRecord, existing: Values | None) -> dict[str, Any]:
    values = asdict(record) | {"loaded_hash": fingerprint(record.password_hash)}
    del values["hash_as_exported"]
    if existing is not None and record.hash_as_exported:
        # The folder does not set a password; the member may have changed it since the export.
        del values["password_hash"], values["loaded_hash"]
    elif existing is not None and existing["loaded_hash"] == values["loaded_hash"]:
        # The folder's password did not change; a sign-in may have rehashed it.
        del values["password_hash"]
    elif existing is not None:
        values["password_trusted_from"] = None
    return values


def _compare_attendees(
    db: Session, meeting_id: int | None, records: Sequence[AttendeeRecord]
) -> _AttendeeChanges:
    query = (
        select(AttendeeRow, MemberRow.username)
        .outerjoin(MemberRow, col(MemberRow.id) == AttendeeRow.member_id)
        .where(AttendeeRow.meeting_id == meeting_id)
        .order_by(col(AttendeeRow.id))
    )
    found = db.exec(query).all()
    rows = [row for row, _ in found]
    matching = match_registrations([*map(_registration, rows)], [*map(_registration, records)])
    existing: dict[str, Values] = {
        record.badge: {**rows[former].model_dump(), "member": found[former][1]}
        for record, former in zip(records, matching.former, strict=True)
        if former is not None
    }
    changes = row_changes(existing, {record.badge: _attendee(record) for record in records})
    gone = [rows[position] for position in matching.gone(len(rows))]
    left = [row for row in gone if row.blocked_at is None]
    changes.withdrawn = [{"id": row.id} for row in left]
    return _AttendeeChanges(
        changes,
        freed=[
            _freed(rows[each.former], each.mark)
            for each in matching.passed_on
            if each.mark is not Mark.NAME
        ],
        removed=tuple(row.badge for row in left),
        passed_on=_passed_on(db, matching.passed_on, rows, records),
    )


def _registration(known: AttendeeRow | AttendeeRecord) -> Registration:
    name = (name_key(known.last_name), fold(known.first_name))
    return Registration(badge=known.badge, confirmation=known.confirmation, name=name)


def _freed(row: AttendeeRow, mark: Mark) -> dict[str, Any]:
    """A value that nobody signs in with, for a number that goes to somebody else.

    Both numbers are unique in every statement, even while they are exchanged; of whoever left the
    list it stays, so that records still say which number it was.
    """
    return {"id": row.id, mark.value: f"{getattr(row, mark.value)}~{row.id}"}


def _passed_on(
    db: Session,
    passed_on: Iterable[PassedOn],
    rows: Sequence[AttendeeRow],
    records: Sequence[AttendeeRecord],
) -> tuple[PassedOnNumber, ...]:
    """Those of whom one has a claim: what the former one's is, would be taken for the other's."""
    concerned = {
        each: {cast(int, rows[at].id) for at in (each.former, each.own) if at is not None}
        for each in passed_on
    }
    ids = set[int]().union(*concerned.values())
    claims = select(ClaimRow.attendee_id).where(col(ClaimRow.attendee_id).in_(ids))
    claiming = set(db.exec(claims)) if ids else set()
    return tuple(
        PassedOnNumber(
            what=each.mark.value,
            value=_full_name(rows[each.former])
            if each.mark is Mark.NAME
            else getattr(records[each.listed], each.mark.value),
            former=_full_name(rows[each.former]),
            to=_full_name(records[each.listed]),
        )
        for each, own in concerned.items()
        if own & claiming
    )


def _full_name(known: AttendeeRow | AttendeeRecord) -> str:
    return full_name(known.first_name, known.last_name, known.suffix)


def _attendee(record: AttendeeRecord) -> dict[str, Any]:
    return {
        "member": record.member,
        "last_name": record.last_name,
        "first_name": record.first_name,
        "suffix": record.suffix,
        "name_key": name_key(record.last_name),
        "badge": record.badge,
        "confirmation": record.confirmation,
        "email": record.email,
        "profession": record.profession,
        "registration_type": record.registration_type,
        "blocked_at": None,
    }


def _known_addresses(db: Session, people: PeopleChanges) -> address_changes.Known:
    """The addresses, before the load, of members who get another registration."""
    rows = members_of(db, people.code, people.accounts)
    attendees = [*people.attendees.added, *people.attendees.changed]
    usernames = {values.get("member") for values in attendees}
    ids = [cast(int, row.id) for username, row in rows.items() if username in usernames]
    return address_changes.known_addresses(db, ids)


def _with_member_ids(db: Session, people: PeopleChanges) -> RowChanges:
    attendees = people.attendees
    rows = members_of(db, people.code, people.accounts)
    ids = {username: row.id for username, row in rows.items()}

    def with_id(values: dict[str, Any]) -> dict[str, Any]:
        if "member" not in values:
            return values
        rest = {name: value for name, value in values.items() if name != "member"}
        username = values["member"]
        return rest | {"member_id": None if username is None else ids[username]}

    return RowChanges(
        added=[with_id(values) for values in attendees.added],
        changed=[with_id(values) for values in attendees.changed],
    )
