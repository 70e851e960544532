"""What every screen says: the header, the footer, the connection, and that a script failed."""

from typing import Final

TAB: Final = "{page} · {meeting}"
"""A page's title, as the browser's tab has it."""

SKIP: Final = "Skip to content"
HEADER: Final = "{meeting} CME claim"
SO_FAR: Final = "Your claim so far"
QUESTIONS: Final = "Questions about your CME credits? {contact}"
CLOSE_ON: Final = "Claims close on {deadline}."
CONTACT: Final = "{who}, {address}"
HELP: Final = "Help with {meeting}"

ACCOUNT: Final = "Account"
CLAIM: Final = "Claim"
LOG_OUT: Final = "Save & Log Out"

RECONNECTING: Final = "Reconnecting…"
OFFLINE: Final = "You are offline: what you tap is kept here and sent when you are back."
NOT_SAVED: Final = "Something that you tapped could not be saved. Look it over and try again."
TROUBLE: Final = "That did not work. What was saved before is safe; please try again."
CLOSE: Final = "Close this message"
SAVING: Final = "Saving…"
SAVED: Final = "Saved"

BROKEN: Final = "Something went wrong on this page"
BROKEN_SAFE: Final = "Everything you entered is saved."
BROKEN_AGAIN: Final = "Load it again"
