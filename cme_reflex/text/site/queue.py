"""Texts of the command queue: changes that wait or were refused, and actions that are not done."""

from typing import Final

from cme_reflex.text.plural import Plural

WAITING: Final = Plural(one="{count} change waiting", other="{count} changes waiting")
REFUSED: Final = Plural(one="This was not saved:", other="These {count} changes were not saved:")
DISMISS: Final = "Dismiss"
FAILED: Final = "Something went wrong on our side. Please try again."
OUTDATED: Final = "This page was older than the site. Please try again."
REMOVED: Final = (
    "Changes that were not sent were removed from this browser, because it was updated or used by "
    "others for a day. Please check your claim."
)

# Why an action, such as Submit, is not done. `action` is the label of its button.
WAITS: Final = "{action} waits for your changes to be saved."
UNSAVED: Final = (
    "{action} was not sent, because your changes are not saved yet. Tap it again when they are."
)
NO_CONNECTION: Final = (
    "{action} was not sent, because there is no connection. Tap it again when it is back."
)
READY: Final = "Everything is saved now. You can tap {action} again."
UNANSWERED: Final = (
    "There is no reply to {action} yet. If this page still offers it when the connection is back, "
    "tap it again."
)
NOT_POSSIBLE: Final = "{action} did not work at the moment. Please tap it again."
LEFT: Final = "{action} was not sent, because you left its page."

# Log Out while changes wait.
LOG_OUT_UNSAVED: Final = Plural(
    one="{count} change is not saved yet.", other="{count} changes are not saved yet."
)
LOG_OUT_LATER: Final = "Log out when saved"
LOG_OUT_DISCARD: Final = "Discard and log out"
STAY: Final = "Stay logged in"

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
