"""Texts of the page frame: header, footer, connection state and script errors."""

from typing import Final

TAB: Final = "{page} · {meeting}"
"""A page's title in the browser's tab."""

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
OFFLINE: Final = "You are offline: changes are kept here and sent when you are back online."
POSTPONED: Final = "Your changes cannot be saved at the moment. They are kept here and sent again."
UNAVAILABLE: Final = (
    "Your claim cannot be read at the moment. This page tries again and fills by itself."
)
TROUBLE: Final = "That did not work. Everything you saved is safe; please try again."
CLOSE: Final = "Close this message"
SAVING: Final = "Saving…"
SAVED: Final = "Saved"

BROKEN: Final = "Something went wrong on this page"
BROKEN_SAFE: Final = "Everything you entered is saved."
BROKEN_AGAIN: Final = "Reload the page"
