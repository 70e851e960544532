"""Selection of the meeting that a command is about."""

from collections.abc import Sequence

from sqlmodel import Session, select

from cme_reflex.services.programme import programme_cache
from cme_reflex.store.database import read
from cme_reflex.store.meetings.tables import MeetingRow


class MeetingNotNamed(LookupError):
    """There are several meetings, or none, and none of them was named. `codes` are theirs."""

    def __init__(self, codes: Sequence[str]) -> None:
        super().__init__(", ".join(codes))
        self.codes = tuple(codes)


async def select_meeting(code: str | None) -> str:
    """The code of the meeting that is named, or of the only one there is.

    Raises MeetingNotFound and MeetingNotNamed.
    """

    def find(db: Session) -> str:
        if code is not None:
            return programme_cache.meeting_by_code(db, code.lower()).code
        codes = db.exec(select(MeetingRow.code).order_by(MeetingRow.code)).all()
        if len(codes) != 1:
            raise MeetingNotNamed(codes)
        return codes[0]

    return await read(find)
