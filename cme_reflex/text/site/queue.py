"""Texts of the command queue: the changes that wait for the server, and those that it refused."""

from typing import Final

from cme_reflex.text.plural import Plural

WAITING: Final = Plural(one="{count} change waiting", other="{count} changes waiting")
REFUSED: Final = Plural(one="This was not saved:", other="These {count} changes were not saved:")
DISMISS: Final = "Dismiss"
FAILED: Final = "Something went wrong on our side. Please try again."
OUTDATED: Final = "This page was older than the site. Please try again."

# What was tapped. Names in braces are parameters of the command.
ADD: Final = "Add"
REMOVE: Final = "Remove"
UNDO: Final = "Undo the removal"
MINUTES: Final = "Minutes taken part: {minutes}"
AMOUNT: Final = "Claimed: {amount}"
ON_DEMAND: Final = "Watched on demand: {on_demand}"
ANSWER: Final = "Answer: {value}"
OPTION: Final = "{option}: {chosen}"
ALL: Final = "Claim all that my sessions support"
NAME: Final = "Name on certificate: {name}"
PROFESSION: Final = "Profession: {profession}"

YES: Final = "Yes"
NO: Final = "No"
NONE: Final = "None"
"""The value of a parameter in a label: true, false, and empty."""
