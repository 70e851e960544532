"""Texts of the page for an unknown URL."""

from typing import Final

TAB: Final = "No such page"
TITLE: Final = "There is no such page"
LEAD: Final = "The address may be mistyped or from an older e-mail. Your claim is safe."
TO_CLAIM: Final = "Go to your claim"
