"""Kinds of entries in the operations log."""

from enum import StrEnum


class Operation(StrEnum):
    """What somebody did to the whole database or to a meeting."""

    RESTORED = "restored"
    PURGED = "purged"
    MEETING_LOADED = "meeting loaded"
    MEETING_CLOSED = "meeting closed"
    MEETING_REOPENED = "meeting reopened"
    MEETING_ARCHIVED = "meeting archived"
