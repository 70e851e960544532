"""The meeting that the frontend is built with, so that the first paint already shows it.

Read from the meeting's folder and not from the database, because the pages are built before
there is one. Nothing here is about a person.
"""

from functools import lru_cache
from typing import Any

from cme_reflex import text
from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.formats.meeting_folder.logo import Logo, find_logos
from cme_reflex.formats.meeting_folder.meeting_toml import read_meeting
from cme_reflex.settings import settings


@lru_cache
def current_meeting() -> Meeting:
    """The meeting that this deployment serves. Raises InvalidInput where its file is not right."""
    return read_meeting(settings().meetings / settings().meeting / "meeting.toml")


@lru_cache
def logos() -> tuple[Logo | None, Logo | None]:
    """Its logo for light and for dark screens. Raises InvalidInput where one cannot be shown."""
    return find_logos(settings().meetings / settings().meeting)


def accent_css() -> str:
    """The meeting's accents as CSS variables, for tokens.css."""
    look = current_meeting().look
    return f":root{{--accent-light:{look.accent};--accent-dark:{look.accent_dark}}}"


def deadline_text() -> str:
    """When the claim period ends, with its zone."""
    meeting = current_meeting()
    return text.dates.instant(meeting.claim.closes_at, meeting.zone)


def template_context() -> dict[str, Any]:
    """What the pages without scripts say of the meeting, for their templates."""
    meeting = current_meeting()
    return {
        "accents": accent_css(),
        "meeting": meeting.short_name,
        "provider": meeting.provider,
        "deadline": deadline_text(),
        "logos": logos(),
    }
