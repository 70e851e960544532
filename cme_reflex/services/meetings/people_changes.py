"""Changes of a meeting's members and attendees: comparison with the folder, and saving."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, cast

from sqlmodel import Session, col, select

from cme_reflex.domain.people.names import name_key
from cme_reflex.formats.input_problems import InputProblem, InvalidInput
from cme_reflex.formats.meeting_folder.records import AttendeeRecord, MeetingFolder, MemberRecord
from cme_reflex.formats.people.password_hashes import fingerprint
from cme_reflex.services.meetings import address_changes
from cme_reflex.services.meetings.row_changes import RowChanges, Values, row_changes, save_rows
from cme_reflex.store.meetings.tables import MeetingRow
from cme_reflex.store.people.tables import AttendeeRow, MemberRow


@dataclass(frozen=True, slots=True)
class PeopleChanges:
    """Differences of members and attendees, and what is needed to save them.

    Attendees' values have `member`, a username, instead of `member_id`. `freed` are the ids of
    attendees whose confirmation numbers go to others.
    """

    code: str
    accounts: str
    members: RowChanges
    attendees: RowChanges
    freed: list[int]


def compare_people(db: Session, meeting_id: int | None, folder: MeetingFolder) -> PeopleChanges:
    """Compare the folder's members and attendees with the rows. Raises InvalidInput."""
    attendees, freed = _compare_attendees(db, meeting_id, folder.attendees)
    code, accounts = folder.meeting.code, folder.meeting.accounts
    members = _compare_members(db, code, accounts, folder.members)
    return PeopleChanges(code, accounts, members, attendees, freed)


def save_people(db: Session, people: PeopleChanges, meeting_id: int, now: datetime) -> int:
    """Save the changes, and tell former addresses of theirs. Returns how many are told."""
    known = _known_addresses(db, people)  # before they change
    members = replace(
        people.members,
        changed=address_changes.mark_changes(db, MemberRow, people.members.changed, now),
    )
    save_rows(db, MemberRow, members, accounts=people.accounts)
    # Confirmation numbers are unique in every statement, even while they are exchanged.
    freed = [{"id": row_id, "confirmation": f"~{row_id}"} for row_id in people.freed]
    save_rows(db, AttendeeRow, RowChanges(changed=freed))  # no number_key holds a tilde
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
    db: Session, meeting_id: int | None, records: Iterable[AttendeeRecord]
) -> tuple[RowChanges, list[int]]:
    """Changes of attendees, and the ids of those whose confirmation numbers go to others."""
    rows = (
        select(AttendeeRow, MemberRow.username)
        .outerjoin(MemberRow, col(MemberRow.id) == AttendeeRow.member_id)
        .where(AttendeeRow.meeting_id == meeting_id)
    )
    existing: dict[str, Values] = {
        row.badge: {**row.model_dump(), "member": username} for row, username in db.exec(rows)
    }
    desired = {record.badge: _attendee(record) for record in records}
    _match_replaced_badges(existing, desired)
    return row_changes(existing, desired), _freed(existing, desired)


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
    }


def _match_replaced_badges(existing: dict[str, Values], desired: Mapping[str, Values]) -> None:
    """Match attendees with a new badge by confirmation number and name, to keep their claims."""
    missing = {row["confirmation"]: row for badge, row in existing.items() if badge not in desired}
    for badge, values in desired.items():
        row = missing.get(values["confirmation"])
        if badge not in existing and row is not None and row["name_key"] == values["name_key"]:
            existing[badge] = existing.pop(row["badge"])


def _freed(existing: Mapping[str, Values], desired: Mapping[str, Values]) -> list[int]:
    """Ids of attendees whose confirmation numbers go to others. Raises InvalidInput."""
    holders = {row["confirmation"]: (badge, row) for badge, row in existing.items()}
    freed, problems = [], []
    for badge, values in desired.items():
        holder, row = holders.get(values["confirmation"], (badge, None))
        if row is None or holder == badge:
            continue
        if holder in desired:
            freed.append(row["id"])
        else:
            fault = (
                f"{values['confirmation']} belongs to badge {holder}, who is no longer in the file."
            )
            remedy = f"Give badge {badge} a number of its own, or put badge {holder} back."
            problems.append(InputProblem("attendees.csv", None, "confirmation", fault, remedy))
    if problems:
        raise InvalidInput(problems)
    return freed


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
