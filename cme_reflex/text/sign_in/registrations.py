"""Texts of the page for choosing one of several registrations."""

from typing import Final

TITLE: Final = "Which registration?"
LEAD: Final = (
    "You are registered more than once for {meeting}, and each registration has its own claim."
)
UNAVAILABLE: Final = (
    "Your registrations cannot be read at the moment. This page tries again and fills by itself."
)
NUMBERS: Final = "Badge {badge}, confirmation {confirmation}"
GO_ON: Final = "Continue"
GO_ON_WITH: Final = " with {kind}, {numbers}"
"""Follows `GO_ON` for screen readers."""
