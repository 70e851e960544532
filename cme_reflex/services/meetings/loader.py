"""Loading of a meeting's folder into the database; nothing else changes a programme."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple, TypeAlias, cast

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from cme_reflex.domain.credit.credit_type import CreditTypes
from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.domain.people.names import name_key
from cme_reflex.formats.input_problems import InputProblem, InvalidInput
from cme_reflex.formats.meeting_folder.document import meeting_document
from cme_reflex.formats.meeting_folder.records import (
    AttendeeRecord,
    MeetingFolder,
    MemberRecord,
    SessionRecord,
)
from cme_reflex.formats.people.password_hashes import fingerprint
from cme_reflex.services.meetings import address_changes
from cme_reflex.services.meetings.affected_claims import (
    AffectedLine,
    ClearedTotal,
    update_affected_claims,
)
from cme_reflex.services.programme import programme_cache
from cme_reflex.store.database import read, write
from cme_reflex.store.meetings.tables import MeetingRow
from cme_reflex.store.people.tables import AttendeeRow, MemberRow
from cme_reflex.store.programme.tables import SessionCreditRow, SessionRow

TIMEOUT = 600.0  # seconds per statement; a folder may have ten thousand rows

Values: TypeAlias = Mapping[str, Any]
"""A row's values by column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowCounts:
    """Counts of rows added, changed, unchanged and withdrawn for one file."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    withdrawn: int = 0

    @property
    def touched(self) -> bool:
        """Whether any row changed."""
        return bool(self.added or self.changed or self.withdrawn)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadReport:
    """Result of a load: row counts by file, and the lines of claims that it changed.

    `notified` is the number of former e-mail addresses that are told of their change.
    """

    meeting: str
    version: int
    changed: bool
    sessions: RowCounts
    attendees: RowCounts
    members: RowCounts
    notified: int = 0
    touched: tuple[AffectedLine, ...] = ()
    cleared: tuple[ClearedTotal, ...] = ()


async def load_meeting(
    folder: MeetingFolder, *, now: datetime, dry_run: bool = False
) -> LoadReport:
    """Load the folder in one transaction; loading it again changes nothing.

    `dry_run` does the same and rolls it back, so that its report equals that of the load.

    Nothing is deleted: a session that is no longer in the folder is withdrawn.
    A submitted claim does not change; a draft's line gives the session's new
    credit, and if that is less, the attendee is told. Raises InvalidInput if a
    confirmation number in the folder belongs to an attendee who is no longer in it.
    """
    while True:
        # Comparing ten thousand rows takes a second, too long for a write transaction.
        comparison = await read(lambda db: _compare(db, folder), timeout=TIMEOUT)
        if not comparison.changed:
            return _report(comparison)
        with suppress(_Outdated):  # another load was faster, so compare again
            save = partial(_save, comparison=comparison, now=now)
            saved = await write(save, dry_run=dry_run, timeout=TIMEOUT)
            return _report(comparison, saved)


class _Outdated(Exception):
    """The meeting's version changed since the folder was compared with it."""


@dataclass(slots=True)
class _Changes:
    """Differences between a file's records and the rows of its table: values by column.

    The values of existing rows include `id`.
    """

    added: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    withdrawn: list[dict[str, Any]] = field(default_factory=list)
    unchanged: int = 0

    @property
    def counts(self) -> RowCounts:
        return RowCounts(
            added=len(self.added),
            changed=len(self.changed),
            unchanged=self.unchanged,
            withdrawn=len(self.withdrawn),
        )


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Differences between a folder and the database. A new meeting has version 0.

    Attendees' values have `member`, a username, instead of `member_id`, and sessions' values have
    `credit`, the values of their rows of credit. `freed` are the ids of attendees whose
    confirmation numbers go to others.
    """

    code: str
    accounts: str
    version: int
    document: dict[str, Any] | None  # None if it does not change
    sessions: _Changes
    members: _Changes
    attendees: _Changes
    freed: list[int]

    @property
    def changed(self) -> bool:
        files = (self.sessions, self.members, self.attendees)
        return self.document is not None or any(each.counts.touched for each in files)


class _Saved(NamedTuple):
    """What a load did besides saving rows: see LoadReport."""

    notified: int = 0
    touched: tuple[AffectedLine, ...] = ()
    cleared: tuple[ClearedTotal, ...] = ()


_NOTHING = _Saved()


def _report(comparison: _Comparison, saved: _Saved = _NOTHING) -> LoadReport:
    return LoadReport(
        meeting=comparison.code,
        version=comparison.version + comparison.changed,
        changed=comparison.changed,
        sessions=comparison.sessions.counts,
        attendees=comparison.attendees.counts,
        members=comparison.members.counts,
        notified=saved.notified,
        touched=saved.touched,
        cleared=saved.cleared,
    )


def _compare(db: Session, folder: MeetingFolder) -> _Comparison:
    """Compare the folder with the database. Raises InvalidInput."""
    code, document = folder.meeting.code, meeting_document(folder.meeting)
    row = db.exec(select(MeetingRow).where(MeetingRow.code == code)).one_or_none()
    meeting_id = row.id if row else None
    attendees, freed = _compare_attendees(db, meeting_id, folder.attendees)
    return _Comparison(
        code=code,
        accounts=folder.meeting.accounts,
        version=row.version if row else 0,
        document=None if row and row.document == document else document,
        sessions=_compare_sessions(db, meeting_id, folder),
        members=_compare_members(db, folder.meeting, folder.members),
        attendees=attendees,
        freed=freed,
    )


def _compare_sessions(db: Session, meeting_id: int | None, folder: MeetingFolder) -> _Changes:
    rows = db.exec(select(SessionRow).where(SessionRow.meeting_id == meeting_id)).all()
    credit = _existing_credit(db, [cast(int, row.id) for row in rows])
    existing = {row.code: {**row.model_dump(), "credit": credit[cast(int, row.id)]} for row in rows}
    types = folder.meeting.credit
    desired = {record.code: _session(record, types) for record in folder.sessions}
    changes = _changes(existing, desired)
    changes.withdrawn = [
        {"id": row.id, "withdrawn": True}
        for row in rows
        if not row.withdrawn and row.code not in desired
    ]
    return changes


def _existing_credit(db: Session, session_ids: list[int]) -> Mapping[int, list[dict[str, Any]]]:
    """The values of the rows of credit by session, without the session, sorted by type."""
    query = (
        select(SessionCreditRow)
        .where(col(SessionCreditRow.session_id).in_(session_ids))
        .order_by(SessionCreditRow.credit_type)
    )
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in db.exec(query):
        found[row.session_id].append(row.model_dump(exclude={"session_id"}))
    return found


def _session(record: SessionRecord, types: CreditTypes) -> dict[str, Any]:
    values = asdict(record) | {
        "speakers": list(record.speakers),
        "delivery": record.delivery.value,
        "faculty_badges": sorted(record.faculty_badges),
        "withdrawn": False,
        "credit": [
            {
                "credit_type": code,
                "amount": record.credit[code],
                "identifier": record.identifiers.get(code, ""),
                "part_of": types[code].part_of,
                "part_of_amount": part_of and record.credit[part_of],
            }
            for code in sorted(record.credit)
            for part_of in [types[code].part_of]
        ],
    }
    del values["identifiers"]
    return values


def _compare_members(db: Session, meeting: Meeting, records: Iterable[MemberRecord]) -> _Changes:
    rows = _members(db, meeting.code, meeting.accounts)
    existing = {username: row.model_dump() for username, row in rows.items()}
    desired = {each.username: _member(each, existing.get(each.username)) for each in records}
    return _changes(existing, desired)


def _members(db: Session, code: str, accounts: str) -> dict[str, MemberRow]:
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
    if existing is not None and existing["loaded_hash"] == values["loaded_hash"]:
        # The folder's password did not change; a sign-in may have rehashed it.
        del values["password_hash"]
    elif existing is not None:
        values["password_trusted_from"] = None
    return values


def _compare_attendees(
    db: Session, meeting_id: int | None, records: Iterable[AttendeeRecord]
) -> tuple[_Changes, list[int]]:
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
    return _changes(existing, desired), _freed(existing, desired)


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


def _changes(existing: Mapping[str, Values], desired: Mapping[str, Values]) -> _Changes:
    """The inserts and updates that change the existing rows into the desired ones."""
    changes = _Changes()
    for key, values in desired.items():
        row = existing.get(key)
        if row is None:
            changes.added.append(dict(values))
        elif different := {name: value for name, value in values.items() if row[name] != value}:
            changes.changed.append({"id": row["id"], **different})
        else:
            changes.unchanged += 1
    return changes


def _save(db: Session, comparison: _Comparison, now: datetime) -> _Saved:
    """Save the changes. Raises _Outdated."""
    before = programme_cache.by_code(db, comparison.code)
    meeting_id = _save_meeting(db, comparison, now)
    _save_sessions(db, comparison.sessions, meeting_id)
    known = _known_addresses(db, comparison)  # before they change
    members = replace(
        comparison.members,
        changed=address_changes.mark_changes(db, MemberRow, comparison.members.changed, now),
    )
    _save_rows(db, MemberRow, members, accounts=comparison.accounts)
    # Confirmation numbers are unique in every statement, even while they are exchanged.
    freed = [{"id": row_id, "confirmation": f"~{row_id}"} for row_id in comparison.freed]
    _save_rows(db, AttendeeRow, _Changes(changed=freed))  # no number_key holds a tilde
    attendees = _with_member_ids(db, comparison)
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
    _save_rows(db, AttendeeRow, attendees, meeting_id=meeting_id)
    rows = [*members.changed, *linked, *attendees.added, *attendees.changed]
    notified = address_changes.enqueue_notices(db, meeting_id, rows, now)
    if before is None:
        return _Saved(notified)
    after = programme_cache.load_uncached(db, meeting_id)
    return _Saved(notified, *update_affected_claims(db, before, after))


def _known_addresses(db: Session, comparison: _Comparison) -> address_changes.Known:
    """The addresses, before the load, of members who get another registration."""
    rows = _members(db, comparison.code, comparison.accounts)
    attendees = [*comparison.attendees.added, *comparison.attendees.changed]
    usernames = {values.get("member") for values in attendees}
    ids = [cast(int, row.id) for username, row in rows.items() if username in usernames]
    return address_changes.known_addresses(db, ids)


def _save_meeting(db: Session, comparison: _Comparison, now: datetime) -> int:
    """Save and lock the meeting. Returns its id. Raises _Outdated."""
    desired = select(MeetingRow).where(MeetingRow.code == comparison.code).with_for_update()
    row = db.exec(desired).one_or_none()
    if comparison.version != (row.version if row else 0):
        raise _Outdated
    if row is None:
        row = MeetingRow(code=comparison.code, version=0, document={}, loaded_at=now)
        db.add(row)
    if comparison.document is not None:
        row.document = comparison.document
    row.version += 1
    row.loaded_at = now
    db.flush()
    return cast(int, row.id)


def _with_member_ids(db: Session, comparison: _Comparison) -> _Changes:
    attendees = comparison.attendees
    rows = _members(db, comparison.code, comparison.accounts)
    ids = {username: row.id for username, row in rows.items()}

    def with_id(values: dict[str, Any]) -> dict[str, Any]:
        if "member" not in values:
            return values
        rest = {name: value for name, value in values.items() if name != "member"}
        username = values["member"]
        return rest | {"member_id": None if username is None else ids[username]}

    return _Changes(
        added=[with_id(values) for values in attendees.added],
        changed=[with_id(values) for values in attendees.changed],
    )


def _save_sessions(db: Session, changes: _Changes, meeting_id: int) -> None:
    """Save the sessions' rows, and replace the rows of credit that differ."""
    credit = {values["code"]: values["credit"] for values in changes.added}
    credit_by_id = {
        values["id"]: values["credit"] for values in changes.changed if "credit" in values
    }
    _save_rows(db, SessionRow, _without_credit(changes), meeting_id=meeting_id)
    ids = select(SessionRow.code, SessionRow.id).where(SessionRow.meeting_id == meeting_id)
    credit_by_id |= {
        cast(int, row_id): credit[code] for code, row_id in db.exec(ids).all() if code in credit
    }
    replaced = col(SessionCreditRow.session_id).in_(credit_by_id)
    db.exec(sa.delete(SessionCreditRow).where(replaced))
    rows = [
        values | {"session_id": session_id}
        for session_id, of_session in credit_by_id.items()
        for values in of_session
    ]
    # The database checks that the amount of a subset is within that of its primary type.
    rows.sort(key=lambda values: values["part_of"] is not None)
    if rows:
        db.exec(sa.insert(SessionCreditRow), params=rows)


def _without_credit(sessions: _Changes) -> _Changes:
    def without(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{key: row[key] for key in row if key != "credit"} for row in rows]

    return _Changes(without(sessions.added), without(sessions.changed), sessions.withdrawn)


def _save_rows(
    db: Session, table: type[SQLModel], changes: _Changes, **of_new_rows: object
) -> None:
    """Save the changes, by one statement for all rows with the same columns.

    New rows have `of_new_rows` as well.
    """
    added: dict[frozenset[str], list[dict[str, Any]]] = defaultdict(list)
    for values in changes.added:
        added[frozenset(values)].append(values | of_new_rows)
    for rows in added.values():
        db.exec(sa.insert(table), params=rows)
    alike: dict[frozenset[str], list[dict[str, Any]]] = defaultdict(list)
    for values in (*changes.changed, *changes.withdrawn):
        if values.keys() != {"id"}:
            alike[frozenset(values)].append(values)
    for rows in alike.values():
        db.exec(sa.update(table), params=rows)
