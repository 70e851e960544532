"""Selection of the meeting that a command is about."""

from collections.abc import Sequence

from sqlmodel import Session, select

from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.formats.meeting_folder.document import meeting_from_document
from cme_reflex.services.programme import programme_cache
from cme_reflex.store.database import read
from cme_reflex.store.meetings.tables import MeetingRow


class MeetingNotNamed(LookupError):
    """There are several meetings, or none, and none of them was named. `codes` are theirs."""

    def __init__(self, codes: Sequence[str]) -> None:
        super().__init__(", ".join(codes))
        self.codes = tuple(codes)


async def select_meeting(code: str | None) -> Meeting:
    """The meeting that is named, or the only one there is.

    Raises MeetingNotFound and MeetingNotNamed.
    """

    def find(db: Session) -> Meeting:
        if code is not None:
            return meeting_from_document(programme_cache.meeting_by_code(db, code.lower()).document)
        rows = db.exec(select(MeetingRow).order_by(MeetingRow.code)).all()
        if len(rows) != 1:
            raise MeetingNotNamed([row.code for row in rows])
        return meeting_from_document(rows[0].document)

    return await read(find)
