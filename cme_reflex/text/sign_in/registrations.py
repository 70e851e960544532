"""Which registration: asked of whoever has several for this meeting."""

from typing import Final

TITLE: Final = "Which registration?"
LEAD: Final = (
    "You are registered more than once for {meeting}, and each registration has a claim of its own."
)
NUMBERS: Final = "Badge {badge}, confirmation {confirmation}"
GO_ON: Final = "Continue"
GO_ON_WITH: Final = " with {kind}, {numbers}"
"""What a screen reader hears after `GO_ON`."""
