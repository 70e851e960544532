"""What the frontend is built with of the meeting: its name, its look, where help is.

Read from the meeting's folder and not from the database, because the pages are built before
there is one. Nothing here is about a person.
"""

import re
import tomllib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from cme_reflex import words
from cme_reflex.settings import settings

# The only form of a colour that is let into the page's style.
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Branding:
    """The meeting as every screen shows it."""

    code: str
    name: str
    short_name: str
    provider: str
    account_name: str
    help_contact: str
    help_email: str
    closes_at: str
    accent: str
    accent_dark: str
    privacy: str

    @property
    def style(self) -> str:
        """The accents as CSS variables, for tokens.css."""
        return f":root{{--accent-light:{self.accent};--accent-dark:{self.accent_dark}}}"


@lru_cache
def branding() -> Branding:
    """The current meeting's. Raises OSError, KeyError or ValueError where its file is not right."""
    path = settings().meetings / settings().meeting / "meeting.toml"
    meeting = tomllib.loads(path.read_text("utf-8"))
    provider, look = meeting["provider"], meeting["look"]
    for colour in (look["accent"], look["accent_dark"]):
        if not _COLOUR.fullmatch(colour):
            raise ValueError(f"{path}: {colour!r} is no colour such as #0b5c63")
    return Branding(
        code=meeting["code"],
        name=meeting["name"],
        short_name=meeting["short_name"],
        provider=provider["short_name"],
        account_name=provider["account_name"],
        help_contact=provider["help_contact"],
        help_email=provider["help_email"],
        closes_at=_instant(meeting["claim"]["closes_at"], ZoneInfo(meeting["time_zone"])),
        accent=look["accent"],
        accent_dark=look["accent_dark"],
        privacy=meeting["privacy"],
    )


def _instant(at: datetime, zone: ZoneInfo) -> str:
    return words.instant(at if at.tzinfo else at.replace(tzinfo=zone), zone)
