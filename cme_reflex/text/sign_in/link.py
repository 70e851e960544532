"""Where a link in a message leads."""

from typing import Final

TAB: Final = "Your link"
TITLE: Final = "One more tap"
LEAD: Final = "Some mail programs open links to check them, so yours waits for you."
LINK: Final = "Link"
LINK_HINT: Final = "Paste the whole link from your e-mail here."
GO_ON: Final = "Continue"
