"""Texts of the Add Sessions page: search, filters, sort order and list."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from cme_reflex.text.dates import clock, short_day

TITLE: Final = "Add Sessions"
BACK: Final = "Return to Sessions"

SEARCH: Final = "Search Sessions"
SEARCH_IN: Final = "Title, code, speaker or track"
KIND: Final = "Session"
ALL_KINDS: Final = "All sessions"
SORT: Final = "Sort"
BY_DATE: Final = "Date"
BY_TITLE: Final = "Title"
BY_HOURS: Final = "Hours"
DAY: Final = "Day"
ALL_DAYS: Final = "All days"
SHOW: Final = "Show"
SHOW_ALL: Final = "All"
SHOW_ADDED: Final = "Added"
SHOW_FITTING: Final = "Fits my claim"
FOUND: Final = "{sessions} found"

NOTHING_FOUND: Final = "No sessions match your search and filters."
NOTHING_FOUND_REMEDY: Final = (
    "Search for fewer words, choose another day, kind or credit, or show all sessions."
)
NEEDS_CONNECTION: Final = (
    "Search and filters need the connection. The list changes as soon as it is back."
)
EVERYTHING: Final = "Show all sessions"

LIST: Final = "Sessions"
TOP_ROW: Final = "Row at the top"
CREDIT: Final = "Credit"
ANY_CREDIT: Final = "Any credit"
NO_CREDIT: Final = "No credit for your profession"
OVERLAPS: Final = "Overlaps"
LIVE_ONLY: Final = "Live only"
ON_DEMAND: Final = "On demand"
PRESENTED: Final = "You present this session"
NOT_BEFORE: Final = "From {day}, {time}"
ADD: Final = "Add"
ADDED: Final = "Added"
ADDED_REMOVE: Final = ". Remove"
"""Follows `ADDED` for screen readers: the action of the button."""
ABOUT: Final = " {title}"
"""Follows the action for screen readers, to name the session."""


def not_before(at: datetime, zone: ZoneInfo) -> str:
    """The time from which a session can be added, in place of its button."""
    return NOT_BEFORE.format(day=short_day(at.astimezone(zone).date()), time=clock(at, zone))
