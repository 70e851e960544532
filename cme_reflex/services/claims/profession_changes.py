"""Professions that attendees corrected, which decide what credit they are awarded."""

from dataclasses import dataclass
from typing import cast

from sqlmodel import Session, col, select

from cme_reflex.formats.meeting_folder.document import meeting_from_document
from cme_reflex.services.programme.programme_cache import meeting_by_code
from cme_reflex.store.claims.tables import ClaimRow
from cme_reflex.store.database import read
from cme_reflex.store.people.tables import AttendeeRow

TIMEOUT = 60.0  # seconds per statement; no page waits for it


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfessionChange:
    """A correction of a profession; both are labels, or codes that the meeting has no more."""

    badge: str
    registered: str
    corrected: str
    status: str


async def load_profession_changes(meeting: str) -> list[ProfessionChange]:
    """Claims with a profession other than the registered one, by registration.

    Raises MeetingNotFound.
    """

    def load(db: Session) -> list[ProfessionChange]:
        row = meeting_by_code(db, meeting)
        labels = {each.code: each.label for each in meeting_from_document(row.document).professions}
        claims = (
            select(AttendeeRow, ClaimRow.status)
            .join(ClaimRow, col(ClaimRow.attendee_id) == AttendeeRow.id)
            .where(
                AttendeeRow.meeting_id == cast(int, row.id),
                AttendeeRow.corrected_profession != AttendeeRow.profession,
            )
            .order_by(col(AttendeeRow.id))
        )
        return [
            ProfessionChange(
                badge=attendee.badge,
                registered=labels.get(attendee.profession, attendee.profession),
                corrected=labels.get(corrected, corrected),
                status=status,
            )
            for attendee, status in db.exec(claims).all()
            for corrected in [cast(str, attendee.corrected_profession)]
        ]

    return await read(load, timeout=TIMEOUT)
