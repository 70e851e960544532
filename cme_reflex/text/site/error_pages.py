"""Texts of error pages and the maintenance page."""

from typing import Final

FAILED_TAB: Final = "Something went wrong"
FAILED: Final = "Something went wrong on our side"
FAILED_TEXT: Final = (
    "We have logged the error, and everything you saved is safe. Please try again in a minute."
)
TO_CLAIM: Final = "Go to your claim"
ASK: Final = "If it happens again, contact {contact}. Claims close on {deadline}."

UNAVAILABLE_TAB: Final = "Not available at the moment"
UNAVAILABLE: Final = "This page cannot be opened at the moment"
UNAVAILABLE_TEXT: Final = (
    "Our records cannot be read right now. Everything you saved is safe. Please try again in a "
    "minute."
)

AWAY: Final = "We will be back in a moment"
AWAY_TEXT: Final = (
    "This site is unavailable at the moment. Everything you saved is safe, and changes in an open "
    "page are kept there and sent when we are back."
)
AGAIN_IN: Final = "Try again in {seconds} s."
AGAIN: Final = "Try again"
HELP: Final = "Questions about your CME credits? {contact}. Claims close on {deadline}."

NO_CERTIFICATE_TAB: Final = "No such certificate"
NO_CERTIFICATE: Final = "There is no such certificate here"
NO_CERTIFICATE_TEXT: Final = (
    "Only you can download your certificate: {log_in}, and open your receipt. To check somebody "
    "else’s certificate, {enter}."
)
LOG_IN: Final = "Log in"
ENTER_NUMBER: Final = "enter its number"

ANOTHER_HOST: Final = (
    "This server does not answer for that host. See CME_PUBLIC_URL, and let the proxy pass on the "
    "Host header."
)
