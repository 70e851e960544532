"""The meeting of this deployment, as its folder describes it."""

from functools import lru_cache

from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.formats.meeting_folder.meeting_toml import read_meeting
from cme_reflex.settings import settings


@lru_cache
def current_meeting() -> Meeting:
    """The meeting that this deployment serves. Raises InvalidInput for an invalid file."""
    return read_meeting(settings().meetings / settings().meeting / "meeting.toml")
