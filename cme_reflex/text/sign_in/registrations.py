"""Texts of the page for choosing one of several registrations."""

from typing import Final

TITLE: Final = "Which registration?"
LEAD: Final = (
    "You are registered more than once for {meeting}, and each registration has its own claim."
)
NUMBERS: Final = "Badge {badge}, confirmation {confirmation}"
GO_ON: Final = "Continue"
GO_ON_WITH: Final = " with {kind}, {numbers}"
"""Follows `GO_ON` for screen readers."""
