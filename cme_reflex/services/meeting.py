"""Loading a meeting's folder: the only way in which a programme is written."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypeVar, cast

from sqlmodel import Session, SQLModel, and_, col, or_, select

from cme_reflex.domain.credit import Quarters
from cme_reflex.domain.names import name_key
from cme_reflex.exchange.meeting_document import meeting_document
from cme_reflex.exchange.problems import FaultyFolder, Problem
from cme_reflex.exchange.records import (
    AttendeeRecord,
    MeetingFolder,
    MemberRecord,
    SessionRecord,
)
from cme_reflex.services.passwords import digest
from cme_reflex.store.database import write
from cme_reflex.store.tables import (
    AttendeeRow,
    ClaimRow,
    LineRow,
    MeetingRow,
    MemberRow,
    SessionRow,
)

TIMEOUT = 600.0  # seconds for a statement: a folder may have ten thousand rows

_Row = TypeVar("_Row", bound=SQLModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
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
class Touched:
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
    sessions: Counts
    attendees: Counts
    members: Counts
    touched: tuple[Touched, ...] = ()


async def load_meeting(
    folder: MeetingFolder, *, now: datetime, dry_run: bool = False
) -> LoadReport:
    """Bring the database to what the folder says: all of it or nothing; twice changes nothing.

    With `dry_run` the same is done and taken back, so that its report is the one to come.

    Nothing is deleted: a session that is no longer in the folder is withdrawn.
    A submitted claim stays as it is; a draft's line above the session's new
    credit is lowered. Raises FaultyFolder where a number in the folder belongs
    to an attendee who is no longer in it.
    """

    def load(db: Session) -> LoadReport:
        meeting, changed = _meeting(db, folder, now)
        meeting_id = cast(int, meeting.id)
        sessions, worthless = _sessions(db, meeting_id, folder.sessions)
        members, member_ids = _members(db, folder.members)
        attendees = _attendees(db, meeting_id, folder.attendees, member_ids)
        db.flush()
        touched = _touch_lines(db, meeting_id, worthless)
        changed |= any(counts.touched for counts in (sessions, members, attendees))
        if changed:
            meeting.version += 1
            meeting.loaded_at = now
        return LoadReport(
            meeting=meeting.code,
            version=meeting.version,
            changed=changed,
            sessions=sessions,
            attendees=attendees,
            members=members,
            touched=touched,
        )

    return await write(load, dry_run=dry_run, timeout=TIMEOUT)


def _meeting(db: Session, folder: MeetingFolder, now: datetime) -> tuple[MeetingRow, bool]:
    """The meeting's row, held until the end of `db`, and whether the folder changed it."""
    code, document = folder.meeting.code, meeting_document(folder.meeting)
    found = select(MeetingRow).where(MeetingRow.code == code).with_for_update()
    row = db.exec(found).one_or_none()
    if row is None:
        row = MeetingRow(code=code, version=0, document=document, loaded_at=now)
        db.add(row)
        db.flush()
        return row, True
    return row, _apply(row, {"document": document})


def _sessions(
    db: Session, meeting_id: int, records: Iterable[SessionRecord]
) -> tuple[Counts, set[int]]:
    """What changed, and the ids of the sessions that give no credit any more since this load."""
    rows = db.exec(select(SessionRow).where(SessionRow.meeting_id == meeting_id)).all()
    known = {row.code: row for row in rows}
    wanted = {
        record.code: {"meeting_id": meeting_id, "withdrawn": False, **_session(record)}
        for record in records
    }
    giving = [row for row in rows if row.eligible and not row.withdrawn]
    gone = [row for row in rows if row.code not in wanted and not row.withdrawn]
    for row in gone:
        row.withdrawn = True
    counts = _upsert(db, SessionRow, known, wanted, withdrawn=len(gone))
    return counts, {cast(int, row.id) for row in giving if row.withdrawn or not row.eligible}


def _session(record: SessionRecord) -> dict[str, Any]:
    return asdict(record) | {
        "speakers": list(record.speakers),
        "delivery": record.delivery.value,
        "faculty_badges": sorted(record.faculty_badges),
    }


def _members(db: Session, records: Iterable[MemberRecord]) -> tuple[Counts, Mapping[str, int]]:
    """What changed, and the id of each member by user name."""
    known = {row.username: row for row in db.exec(select(MemberRow)).all()}
    wanted = {record.username: _member(record, known.get(record.username)) for record in records}
    counts = _upsert(db, MemberRow, known, wanted)
    db.flush()
    ids = db.exec(select(MemberRow.username, MemberRow.id)).all()
    return counts, {username: cast(int, member_id) for username, member_id in ids}


def _member(record: MemberRecord, row: MemberRow | None) -> dict[str, Any]:
    values = asdict(record) | {"loaded_hash": digest(record.password_hash)}
    if row is not None and row.loaded_hash == values["loaded_hash"]:
        # The folder's password is the one before; a sign-in may have hashed it anew.
        del values["password_hash"]
    return values


def _attendees(
    db: Session,
    meeting_id: int,
    records: tuple[AttendeeRecord, ...],
    member_ids: Mapping[str, int],
) -> Counts:
    rows = db.exec(select(AttendeeRow).where(AttendeeRow.meeting_id == meeting_id)).all()
    wanted = {
        record.badge: {"meeting_id": meeting_id, **_attendee(record, member_ids)}
        for record in records
    }
    known = {row.badge: row for row in rows}
    _recognise_new_badges(known, wanted)
    _free_confirmations(db, known, wanted)
    return _upsert(db, AttendeeRow, known, wanted)


def _attendee(record: AttendeeRecord, member_ids: Mapping[str, int]) -> dict[str, Any]:
    return {
        "member_id": None if record.member is None else member_ids[record.member],
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


def _recognise_new_badges(
    known: dict[str, AttendeeRow], wanted: Mapping[str, Mapping[str, Any]]
) -> None:
    """Who got a new badge keeps the claim: the confirmation number and the name are the same."""
    gone = {row.confirmation: row for badge, row in known.items() if badge not in wanted}
    for badge, values in wanted.items():
        row = gone.get(values["confirmation"])
        if badge not in known and row is not None and row.name_key == values["name_key"]:
            known[badge] = known.pop(row.badge)


def _free_confirmations(
    db: Session, known: Mapping[str, AttendeeRow], wanted: Mapping[str, Mapping[str, Any]]
) -> None:
    """Let attendees exchange their confirmation numbers, which are unique at every moment."""
    holders = {row.confirmation: (badge, row) for badge, row in known.items()}
    problems = []
    for badge, values in wanted.items():
        holder, row = holders.get(values["confirmation"], (badge, None))
        if row is None or holder == badge:
            continue
        if holder in wanted:
            row.confirmation = f"~{row.id}"  # no number_key holds a tilde
        else:
            fault = (
                f"{values['confirmation']} belongs to badge {holder}, who is no longer in the file."
            )
            remedy = f"Give badge {badge} a number of its own, or put badge {holder} back."
            problems.append(Problem("attendees.csv", None, "confirmation", fault, remedy))
    if problems:
        raise FaultyFolder(problems)
    db.flush()


def _upsert(
    db: Session,
    table: type[_Row],
    known: Mapping[str, _Row],
    wanted: Mapping[str, Mapping[str, Any]],
    *,
    withdrawn: int = 0,
) -> Counts:
    """Bring the rows to the wanted values and add those that are missing."""
    new = [table(**values) for key, values in wanted.items() if key not in known]
    changes = [_apply(known[key], values) for key, values in wanted.items() if key in known]
    db.add_all(new)
    return Counts(
        added=len(new),
        changed=changes.count(True),
        unchanged=changes.count(False),
        withdrawn=withdrawn,
    )


def _apply(row: SQLModel, values: Mapping[str, Any]) -> bool:
    """Write what differs; whether anything did."""
    different = {key: value for key, value in values.items() if getattr(row, key) != value}
    for key, value in different.items():
        setattr(row, key, value)
    return bool(different)


def _touch_lines(db: Session, meeting_id: int, worthless: set[int]) -> tuple[Touched, ...]:
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
                col(SessionRow.id).in_(worthless),
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
        Touched(badge, session.code, Quarters(was), _lower(line, session))
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
