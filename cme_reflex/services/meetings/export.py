"""Export of a meeting as a folder, which loads back to the same meeting."""

from dataclasses import fields
from typing import cast

from sqlmodel import Session, col, select

from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.domain.programme import programme
from cme_reflex.formats.meeting_folder.records import (
    AttendeeRecord,
    MeetingFolder,
    MemberRecord,
    SessionRecord,
)
from cme_reflex.services.meetings.people_changes import members_of
from cme_reflex.services.programme import programme_cache
from cme_reflex.store.database import read
from cme_reflex.store.meetings import images
from cme_reflex.store.people.tables import IS_LISTED, AttendeeRow, MemberRow

TIMEOUT = 600.0  # seconds per statement; a meeting may have ten thousand rows


async def export_meeting(code: str) -> MeetingFolder:
    """The meeting as a folder that is based on its present version. Raises MeetingNotFound.

    It has all registrations and the accounts of the meeting's account system; withdrawn sessions
    and claims are not part of a folder.
    """
    return await read(lambda db: folder_of(db, code), timeout=TIMEOUT)


def folder_of(db: Session, code: str) -> MeetingFolder:
    """See `export_meeting`."""
    meeting_id = cast(int, programme_cache.meeting_by_code(db, code).id)
    current = programme_cache.load_uncached(db, meeting_id)
    meeting = current.meeting
    sessions = (each for each in current.sessions.values() if not each.withdrawn)
    members = members_of(db, code, meeting.accounts)
    return MeetingFolder(
        meeting=meeting,
        sessions=tuple(
            _session(each) for each in sorted(sessions, key=lambda s: (s.starts_at, s.code))
        ),
        attendees=_attendees(db, meeting_id),
        members=tuple(_member(members[username]) for username in sorted(members)),
        images=images.load(db, image_digests(meeting)),
        based_on_version=current.version,
    )


def image_digests(meeting: Meeting) -> set[str]:
    """The digests of the meeting's images."""
    logos = (meeting.logo, meeting.logo_dark)
    return {each.image for each in (*meeting.signatures, *logos) if each is not None}


def _session(session: programme.Session) -> SessionRecord:
    return SessionRecord(
        **{field.name: getattr(session, field.name) for field in fields(SessionRecord)}
    )


def _attendees(db: Session, meeting_id: int) -> tuple[AttendeeRecord, ...]:
    rows = (
        select(AttendeeRow, MemberRow.username)
        .outerjoin(MemberRow, col(MemberRow.id) == AttendeeRow.member_id)
        .where(AttendeeRow.meeting_id == meeting_id, IS_LISTED)
        .order_by(AttendeeRow.last_name, AttendeeRow.first_name, AttendeeRow.badge)
    )
    names = {field.name for field in fields(AttendeeRecord)} - {"member"}
    return tuple(
        AttendeeRecord(**row.model_dump(include=names), member=username)
        for row, username in db.exec(rows)
    )


def _member(row: MemberRow) -> MemberRecord:
    names = {field.name for field in fields(MemberRecord)} - {"hash_as_exported"}
    return MemberRecord(**row.model_dump(include=names), hash_as_exported=True)
