"""Texts of the page that a link in a mail opens."""

from typing import Final

TAB: Final = "Your link"
TITLE: Final = "One more tap"
LEAD: Final = "Some mail programs open links to check them, so please confirm that it is you."
LINK: Final = "Link"
LINK_HINT: Final = "Paste the whole link from your e-mail here."
GO_ON: Final = "Continue"
