"""The page for an address that leads nowhere."""

from typing import Final

TAB: Final = "No such page"
TITLE: Final = "There is no such page"
LEAD: Final = "The address may be mistyped or from an older e-mail. Nothing of your claim is lost."
TO_CLAIM: Final = "Go to your claim"
