"""What a person reads where no page of ours can be shown."""

from typing import Final

FAILED_TAB: Final = "Something went wrong"
FAILED: Final = "Something went wrong on our side"
FAILED_TEXT: Final = "It is noted, and what was saved before is safe. Please try again in a minute."
TO_CLAIM: Final = "Go to your claim"
ASK: Final = "Does it happen again? Ask {contact}. Claims close on {deadline}."

AWAY: Final = "We will be back in a moment"
AWAY_TEXT: Final = (
    "This site cannot be reached just now. Everything that was saved is safe, and what you tapped "
    "in an open page is kept there and sent when we are back."
)
AGAIN: Final = "Try again"
HELP: Final = "Questions about your CME credits? {contact}. Claims close on {deadline}."

NO_CERTIFICATE_TAB: Final = "No such certificate"
NO_CERTIFICATE: Final = "There is no such certificate here"
NO_CERTIFICATE_TEXT: Final = (
    "Certificates are shown to the person they are for. {log_in}, open your receipt, and download "
    "yours there. To check somebody’s certificate, {enter}."
)
LOG_IN: Final = "Log in"
ENTER_NUMBER: Final = "enter its number"

ANOTHER_HOST: Final = (
    "This server does not answer for that host. See CME_PUBLIC_URL, and let the proxy pass on the "
    "Host header."
)
