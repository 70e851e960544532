"""Status of a meeting, by its claim period and whether it is archived."""

from datetime import datetime
from enum import StrEnum

from cme_reflex.domain.meetings.meeting import Meeting


class MeetingStatus(StrEnum):
    """A meeting goes from one status to the next; it can be reopened from the last two."""

    NOT_OPEN = "not open yet"
    OPEN = "open"
    CLOSED = "closed"
    ARCHIVED = "archived"


class ClaimPeriodNotOpen(Exception):
    """The claim period has not begun; `opens_at` (aware) is its beginning."""

    def __init__(self, opens_at: datetime) -> None:
        super().__init__(f"The claim period opens at {opens_at}.")
        self.opens_at = opens_at


def meeting_status(meeting: Meeting, *, archived: bool, now: datetime) -> MeetingStatus:
    """The status of a meeting at `now` (aware)."""
    if archived:
        return MeetingStatus.ARCHIVED
    if now < meeting.claim.opens_at:
        return MeetingStatus.NOT_OPEN
    return MeetingStatus.OPEN if now < meeting.claim.closes_at else MeetingStatus.CLOSED
