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


def meeting_status(meeting: Meeting, *, archived: bool, now: datetime) -> MeetingStatus:
    """The status of a meeting at `now` (aware)."""
    if archived:
        return MeetingStatus.ARCHIVED
    if now < meeting.claim.opens_at:
        return MeetingStatus.NOT_OPEN
    return MeetingStatus.OPEN if now < meeting.claim.closes_at else MeetingStatus.CLOSED
