"""Loading of a meeting's folder into the database."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple, cast

from sqlmodel import Session, select

from cme_reflex.domain.operations.operation import Operation
from cme_reflex.formats.meeting_folder.document import meeting_document
from cme_reflex.formats.meeting_folder.records import MeetingFolder
from cme_reflex.services.meetings.affected_claims import (
    AffectedLine,
    ClearedTotal,
    update_affected_claims,
)
from cme_reflex.services.meetings.meeting_changes import record_change
from cme_reflex.services.meetings.people_changes import (
    PassedOnNumber,
    PeopleChanges,
    compare_people,
    save_people,
)
from cme_reflex.services.meetings.row_changes import RowChanges, RowCounts
from cme_reflex.services.meetings.session_changes import compare_sessions, save_sessions
from cme_reflex.services.meetings.settings_changes import SettingChange, settings_changes
from cme_reflex.services.programme import programme_cache
from cme_reflex.store.database import read, write
from cme_reflex.store.meetings import images
from cme_reflex.store.meetings.tables import MeetingRow

REMOVALS_TO_CONFIRM = 10  # more than one in so many registrations
TIMEOUT = 600.0  # seconds per statement; a folder may have ten thousand rows


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadReport:
    """Result of a load: row counts by file, and the lines of claims that it changed.

    `settings` are the changes of meeting.toml, none for a new meeting. `notified` is the number of
    former e-mail addresses that are told of their change. `removed` are the badges of those who
    have left the list, `passed_on` are numbers of one person that are another's in the file.
    """

    meeting: str
    version: int
    changed: bool
    sessions: RowCounts
    attendees: RowCounts
    members: RowCounts
    settings: tuple[SettingChange, ...] = ()
    removed: tuple[str, ...] = ()
    passed_on: tuple[PassedOnNumber, ...] = ()
    notified: int = 0
    touched: tuple[AffectedLine, ...] = ()
    cleared: tuple[ClearedTotal, ...] = ()

    @property
    def removes_many(self) -> bool:
        """Whether more than a tenth of the registrations are removed."""
        counts = self.attendees
        before = counts.withdrawn + counts.changed + counts.unchanged
        return counts.withdrawn * REMOVALS_TO_CONFIRM > before

    @property
    def needs_confirmation(self) -> bool:
        """Whether it does what is more often a mistake in a file than meant."""
        return self.removes_many or bool(self.passed_on)


class LoadNotConfirmed(Exception):
    """The load needs a confirmation, for what its `report` says."""

    def __init__(self, report: LoadReport) -> None:
        super().__init__(report.meeting)
        self.report = report


class OutdatedFolder(Exception):
    """The folder is based on an older version of the meeting than the database has.

    To load it would undo what was changed since.
    """

    def __init__(self, meeting: str, based_on: int, version: int) -> None:
        super().__init__(f"{meeting}: based on version {based_on}, and the newest is {version}.")
        self.meeting = meeting
        self.based_on = based_on
        self.version = version


async def load_meeting(
    folder: MeetingFolder,
    *,
    now: datetime,
    actor: str = "staff",
    replace: bool = False,
    confirmed: bool = False,
    same_sessions: bool = False,
    dry_run: bool = False,
) -> LoadReport:
    """Load the folder in one transaction; loading it again changes nothing.

    `dry_run` does the same and rolls it back, so that its report equals that of the load. The
    operations log names the actor of a change.

    Nothing is deleted: a session that is no longer in the folder is withdrawn, and who is no longer
    in it cannot sign in. A submitted claim does not change; a draft's line gives the session's new
    credit, and if that is less, the attendee is told. A claim stays with its person, who is known
    by two of badge, confirmation number and name.

    Raises LoadNotConfirmed unless `confirmed`, if more than a tenth of the registrations are
    removed, or people with claims exchange what they are known by; InvalidInput, unless they are
    the `same_sessions`, if a claimed session would get another title and time; and OutdatedFolder
    unless `replace`. A folder that does not say its version is based on the last one that was
    loaded from a folder.
    """
    while True:
        # Comparing ten thousand rows takes a second, too long for a write transaction.
        comparison = await read(lambda db: _compare(db, folder, same_sessions), timeout=TIMEOUT)
        if not comparison.changed:
            return _report(comparison)
        if comparison.based_on < comparison.version and not replace:
            raise OutdatedFolder(comparison.code, comparison.based_on, comparison.version)
        if not confirmed and not dry_run and _report(comparison).needs_confirmation:
            raise LoadNotConfirmed(_report(comparison))
        with suppress(_Outdated):  # another change was faster, so compare again
            save = partial(_save, comparison=comparison, actor=actor, now=now)
            saved = await write(save, dry_run=dry_run, timeout=TIMEOUT)
            return _report(comparison, saved)


class _Outdated(Exception):
    """The meeting's version changed since the folder was compared with it."""


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Differences between a folder and the database. A new meeting has version 0.

    `based_on` is the version that the folder is based on. Sessions' values have `credit`, the
    values of their rows of credit.
    """

    code: str
    version: int
    based_on: int
    document: dict[str, Any] | None  # None if it does not change
    settings: tuple[SettingChange, ...]
    images: Mapping[str, bytes]
    sessions: RowChanges
    people: PeopleChanges

    @property
    def changed(self) -> bool:
        files = (self.sessions, self.people.members, self.people.attendees)
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
        attendees=comparison.people.attendees.counts,
        members=comparison.people.members.counts,
        settings=comparison.settings,
        removed=comparison.people.removed,
        passed_on=comparison.people.passed_on,
        notified=saved.notified,
        touched=saved.touched,
        cleared=saved.cleared,
    )


def _compare(db: Session, folder: MeetingFolder, same_sessions: bool) -> _Comparison:
    """Compare the folder with the database. Raises InvalidInput."""
    code, document = folder.meeting.code, meeting_document(folder.meeting)
    row = db.exec(select(MeetingRow).where(MeetingRow.code == code)).one_or_none()
    meeting_id = row.id if row else None
    return _Comparison(
        code=code,
        version=row.version if row else 0,
        based_on=folder.based_on_version or (row.loaded_version if row else 0),
        document=None if row and row.document == document else document,
        settings=settings_changes(row.document, document) if row else (),
        images=folder.images,
        sessions=compare_sessions(db, meeting_id, folder, same_sessions=same_sessions),
        people=compare_people(db, meeting_id, folder),
    )


def _save(db: Session, comparison: _Comparison, actor: str, now: datetime) -> _Saved:
    """Save the changes. Raises _Outdated."""
    before = programme_cache.by_code(db, comparison.code)
    meeting_id = _save_meeting(db, comparison, actor, now)
    save_sessions(db, comparison.sessions, meeting_id)
    notified = save_people(db, comparison.people, meeting_id, now)
    if before is None:
        return _Saved(notified)
    after = programme_cache.load_uncached(db, meeting_id)
    return _Saved(notified, *update_affected_claims(db, before, after))


def _save_meeting(db: Session, comparison: _Comparison, actor: str, now: datetime) -> int:
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
        images.save(db, comparison.images)
    record_change(db, row, Operation.MEETING_LOADED, actor=actor, now=now)
    row.loaded_version, row.loaded_at = row.version, now
    db.flush()
    return cast(int, row.id)
