"""Loading a meeting's folder: the only way in which a programme is written."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, TypeAlias, cast

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, and_, col, or_, select

from cme_reflex.domain.credit.quarters import Quarters
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
from cme_reflex.store.claims.tables import ClaimRow, LineRow
from cme_reflex.store.database import read, write
from cme_reflex.store.meetings.tables import MeetingRow
from cme_reflex.store.people.tables import AttendeeRow, MemberRow
from cme_reflex.store.programme.tables import SessionRow

TIMEOUT = 600.0  # seconds for a statement: a folder may have ten thousand rows

Values: TypeAlias = Mapping[str, Any]
"""A row's values by column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowCounts:
    """What a load did to the rows of one file."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    withdrawn: int = 0

    @property
    def touched(self) -> bool:
        """Whether any row is not as it was."""
        return bool(self.added or self.changed or self.withdrawn)


@dataclass(frozen=True, slots=True)
class AffectedLine:
    """A line of an unsubmitted claim that a load touched.

    `badge` and `session` (its code) name it; it was lowered from and to quarter
    hours, or blocks the claim until it is removed, where nothing is left.
    """

    badge: str
    session: str
    was: Quarters
    left: Quarters


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadReport:
    """What a load changed, and whom it touched."""

    meeting: str
    version: int
    changed: bool
    sessions: RowCounts
    attendees: RowCounts
    members: RowCounts
    touched: tuple[AffectedLine, ...] = ()


async def load_meeting(
    folder: MeetingFolder, *, now: datetime, dry_run: bool = False
) -> LoadReport:
    """Bring the database to what the folder says: all of it or nothing; twice changes nothing.

    With `dry_run` the same is done and taken back, so that its report is the one to come.

    Nothing is deleted: a session that is no longer in the folder is withdrawn.
    A submitted claim stays as it is; a draft's line above the session's new
    credit is lowered. Raises InvalidInput where a number in the folder belongs
    to an attendee who is no longer in it.
    """
    while True:
        # Ten thousand rows take a second to compare, for which no claim should wait.
        found = await read(lambda db: _compare(db, folder), timeout=TIMEOUT)
        if not found.changed:
            return _report(found)
        with suppress(_Outdated):  # another load was quicker; this one compares with what it left
            save = partial(_save, found=found, now=now)
            return _report(found, await write(save, dry_run=dry_run, timeout=TIMEOUT))


class _Outdated(Exception):
    """The meeting is not of the version any more that the folder was compared with."""


@dataclass(slots=True)
class _Changes:
    """What a file's records change in the rows of its table: values by column.

    Those of a row that is there have its `id`.
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
    """What a folder changes in the database. A meeting that is not there is of version 0.

    Attendees' values have `member`, a username, in place of `member_id`. `freed` are the ids of
    the attendees whose confirmation numbers others get; `lost_credit` those of the sessions that
    give no credit any more.
    """

    code: str
    version: int
    document: dict[str, Any] | None  # None where it stays
    sessions: _Changes
    members: _Changes
    attendees: _Changes
    freed: list[int]
    lost_credit: set[int]

    @property
    def changed(self) -> bool:
        files = (self.sessions, self.members, self.attendees)
        return self.document is not None or any(each.counts.touched for each in files)


def _report(found: _Comparison, touched: tuple[AffectedLine, ...] = ()) -> LoadReport:
    return LoadReport(
        meeting=found.code,
        version=found.version + found.changed,
        changed=found.changed,
        sessions=found.sessions.counts,
        attendees=found.attendees.counts,
        members=found.members.counts,
        touched=touched,
    )


def _compare(db: Session, folder: MeetingFolder) -> _Comparison:
    """What the folder changes. Raises InvalidInput."""
    code, document = folder.meeting.code, meeting_document(folder.meeting)
    row = db.exec(select(MeetingRow).where(MeetingRow.code == code)).one_or_none()
    meeting_id = row.id if row else None
    sessions, lost_credit = _compare_sessions(db, meeting_id, folder.sessions)
    attendees, freed = _compare_attendees(db, meeting_id, folder.attendees)
    return _Comparison(
        code=code,
        version=row.version if row else 0,
        document=None if row and row.document == document else document,
        sessions=sessions,
        members=_compare_members(db, folder.members),
        attendees=attendees,
        freed=freed,
        lost_credit=lost_credit,
    )


def _compare_sessions(
    db: Session, meeting_id: int | None, records: Iterable[SessionRecord]
) -> tuple[_Changes, set[int]]:
    """What changes, and the ids of the sessions that give no credit any more."""
    rows = db.exec(select(SessionRow).where(SessionRow.meeting_id == meeting_id)).all()
    wanted = {record.code: _session(record) for record in records}
    changes = _changes({row.code: row.model_dump() for row in rows}, wanted)
    offered = [row for row in rows if not row.withdrawn]
    changes.withdrawn = [
        {"id": row.id, "withdrawn": True} for row in offered if row.code not in wanted
    ]
    lost_credit = {
        cast(int, row.id)
        for row in offered
        if row.eligible and not wanted.get(row.code, {"eligible": False})["eligible"]
    }
    return changes, lost_credit


def _session(record: SessionRecord) -> dict[str, Any]:
    return asdict(record) | {
        "speakers": list(record.speakers),
        "delivery": record.delivery.value,
        "faculty_badges": sorted(record.faculty_badges),
        "withdrawn": False,
    }


def _compare_members(db: Session, records: Iterable[MemberRecord]) -> _Changes:
    known = {row.username: row.model_dump() for row in db.exec(select(MemberRow))}
    wanted = {record.username: _member(record, known.get(record.username)) for record in records}
    return _changes(known, wanted)


def _member(record: MemberRecord, known: Values | None) -> dict[str, Any]:
    values = asdict(record) | {"loaded_hash": fingerprint(record.password_hash)}
    if known is not None and known["loaded_hash"] == values["loaded_hash"]:
        # The folder's password is the one before; a sign-in may have hashed it anew.
        del values["password_hash"]
    return values


def _compare_attendees(
    db: Session, meeting_id: int | None, records: Iterable[AttendeeRecord]
) -> tuple[_Changes, list[int]]:
    """What changes, and the ids of those whose confirmation numbers others get."""
    rows = (
        select(AttendeeRow, MemberRow.username)
        .outerjoin(MemberRow, col(MemberRow.id) == AttendeeRow.member_id)
        .where(AttendeeRow.meeting_id == meeting_id)
    )
    known: dict[str, Values] = {
        row.badge: {**row.model_dump(), "member": username} for row, username in db.exec(rows)
    }
    wanted = {record.badge: _attendee(record) for record in records}
    _match_replaced_badges(known, wanted)
    return _changes(known, wanted), _freed(known, wanted)


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
        "profession": "physician" if record.is_physician else "other",
        "registration_type": record.registration_type,
    }


def _match_replaced_badges(known: dict[str, Values], wanted: Mapping[str, Values]) -> None:
    """Who got a new badge keeps the claim: the confirmation number and the name are the same."""
    gone = {row["confirmation"]: row for badge, row in known.items() if badge not in wanted}
    for badge, values in wanted.items():
        row = gone.get(values["confirmation"])
        if badge not in known and row is not None and row["name_key"] == values["name_key"]:
            known[badge] = known.pop(row["badge"])


def _freed(known: Mapping[str, Values], wanted: Mapping[str, Values]) -> list[int]:
    """The ids of the attendees whose confirmation numbers others get. Raises InvalidInput."""
    holders = {row["confirmation"]: (badge, row) for badge, row in known.items()}
    freed, problems = [], []
    for badge, values in wanted.items():
        holder, row = holders.get(values["confirmation"], (badge, None))
        if row is None or holder == badge:
            continue
        if holder in wanted:
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


def _changes(known: Mapping[str, Values], wanted: Mapping[str, Values]) -> _Changes:
    """What brings the rows to the wanted values and adds those that are missing."""
    changes = _Changes()
    for key, values in wanted.items():
        row = known.get(key)
        if row is None:
            changes.added.append(dict(values))
        elif different := {name: value for name, value in values.items() if row[name] != value}:
            changes.changed.append({"id": row["id"], **different})
        else:
            changes.unchanged += 1
    return changes


def _save(db: Session, found: _Comparison, now: datetime) -> tuple[AffectedLine, ...]:
    """Write what the folder changes; the lines that this touched. Raises _Outdated."""
    meeting_id = _save_meeting(db, found, now)
    _save_rows(db, SessionRow, found.sessions, meeting_id=meeting_id)
    _save_rows(db, MemberRow, found.members)
    # Confirmation numbers are unique at every moment, also while they are exchanged.
    freed = [{"id": row_id, "confirmation": f"~{row_id}"} for row_id in found.freed]
    _save_rows(db, AttendeeRow, _Changes(changed=freed))  # no number_key holds a tilde
    _save_rows(db, AttendeeRow, _with_member_ids(db, found.attendees), meeting_id=meeting_id)
    return _update_affected_lines(db, meeting_id, found.lost_credit)


def _save_meeting(db: Session, found: _Comparison, now: datetime) -> int:
    """The id of the meeting, which is held until the end of `db`. Raises _Outdated."""
    wanted = select(MeetingRow).where(MeetingRow.code == found.code).with_for_update()
    row = db.exec(wanted).one_or_none()
    if found.version != (row.version if row else 0):
        raise _Outdated
    if row is None:
        row = MeetingRow(code=found.code, version=0, document={}, loaded_at=now)
        db.add(row)
    if found.document is not None:
        row.document = found.document
    row.version += 1
    row.loaded_at = now
    db.flush()
    return cast(int, row.id)


def _with_member_ids(db: Session, attendees: _Changes) -> _Changes:
    ids = dict(db.exec(select(MemberRow.username, MemberRow.id)).all())

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


def _save_rows(db: Session, table: type[SQLModel], changes: _Changes, **meeting_id: int) -> None:
    if changes.added:
        db.exec(sa.insert(table), params=[values | meeting_id for values in changes.added])
    # Each statement is for all rows of which the same columns change.
    alike: dict[frozenset[str], list[dict[str, Any]]] = defaultdict(list)
    for values in (*changes.changed, *changes.withdrawn):
        alike[frozenset(values)].append(values)
    for rows in alike.values():
        db.exec(sa.update(table), params=rows)


def _update_affected_lines(
    db: Session, meeting_id: int, lost_credit: set[int]
) -> tuple[AffectedLine, ...]:
    """Bring the lines of unsubmitted claims to the sessions' new credit.

    A line of a session that was withdrawn or lost all its credit is left on the
    claim, where it blocks until it is removed.
    """
    unsubmitted = (
        select(LineRow, SessionRow, ClaimRow, AttendeeRow.badge)
        .join(SessionRow, col(SessionRow.id) == LineRow.session_id)
        .join(ClaimRow, col(ClaimRow.id) == LineRow.claim_id)
        .join(AttendeeRow, col(AttendeeRow.id) == ClaimRow.attendee_id)
        .where(
            SessionRow.meeting_id == meeting_id,
            ClaimRow.status != "submitted",
            or_(
                col(SessionRow.id).in_(lost_credit),
                and_(
                    col(SessionRow.eligible),
                    or_(
                        col(LineRow.quarters) > SessionRow.quarters,
                        col(LineRow.safety) > SessionRow.safety,
                    ),
                ),
            ),
        )
        .order_by(AttendeeRow.badge, SessionRow.code)
    )
    found = db.exec(unsubmitted).all()
    for claim in {claim.id: claim for _, _, claim, _ in found}.values():
        claim.revision += 1
    return tuple(
        AffectedLine(badge, session.code, Quarters(was), _lower(line, session))
        for line, session, _, badge in found
        if not line.removed
        for was in [line.quarters]
    )


def _lower(line: LineRow, session: SessionRow) -> Quarters:
    """Lower a line to the session's credit; what is left of it, in quarter hours."""
    if session.withdrawn or not session.eligible:
        return Quarters(0)
    line.lowered = line.lowered or line.quarters > session.quarters
    line.quarters = min(line.quarters, session.quarters)
    line.safety = min(line.safety, session.safety, line.quarters)
    return Quarters(line.quarters)
