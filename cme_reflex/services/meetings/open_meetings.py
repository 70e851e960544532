"""The meetings that people can claim for at the moment."""

from datetime import datetime

from sqlmodel import Session, col, select

from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.domain.meetings.meeting_status import MeetingStatus, meeting_status
from cme_reflex.formats.meeting_folder.document import meeting_from_document
from cme_reflex.store.database import read
from cme_reflex.store.meetings.tables import MeetingRow


async def open_meetings(*, now: datetime) -> list[Meeting]:
    """The meetings whose claim period is open, the latest first."""

    def load(db: Session) -> list[Meeting]:
        rows = db.exec(select(MeetingRow.document).where(col(MeetingRow.archived_at).is_(None)))
        meetings = [meeting_from_document(document) for document in rows]
        found = [each for each in meetings if _is_open(each, now)]
        return sorted(found, key=lambda each: (each.starts_on, each.code), reverse=True)

    return await read(load)


def _is_open(meeting: Meeting, now: datetime) -> bool:
    return meeting_status(meeting, archived=False, now=now) is MeetingStatus.OPEN
