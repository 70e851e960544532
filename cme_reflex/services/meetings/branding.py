"""Branding of the meeting that the frontend is built with, for the first paint.

Read from the meeting's folder and not from the database, because the pages are built before
there is one. It has no personal data.
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
    """The meeting that this deployment serves. Raises InvalidInput for an invalid file."""
    return read_meeting(settings().meetings / settings().meeting / "meeting.toml")


@lru_cache
def logos() -> tuple[Logo | None, Logo | None]:
    """The meeting's logos for light and dark screens. Raises InvalidInput for an unusable file."""
    return find_logos(settings().meetings / settings().meeting)


def accent_css() -> str:
    """The meeting's accent colors as CSS variables, for tokens.css."""
    look = current_meeting().look
    return f":root{{--accent-light:{look.accent};--accent-dark:{look.accent_dark}}}"


def deadline_text() -> str:
    """The end of the claim period as text, with its time zone."""
    meeting = current_meeting()
    return text.dates.instant(meeting.claim.closes_at, meeting.zone)


def template_context() -> dict[str, Any]:
    """The meeting's facts for the templates of pages without scripts."""
    meeting = current_meeting()
    return {
        "accents": accent_css(),
        "meeting": meeting.short_name,
        "provider": meeting.provider,
        "deadline": deadline_text(),
        "logos": logos(),
    }
