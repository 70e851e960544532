"""Texts of the page for requesting a sign-in link by e-mail."""

from collections.abc import Mapping
from typing import Final

from cme_reflex.text.sign_in.sign_in import MINUTES

TITLE: Final = "Sign in by e-mail"
LEAD: Final = (
    "Don’t have your number? We can send a sign-in link to the e-mail address of your registration "
    "for {meeting}."
)
ADDRESS: Final = "E-mail address"
SEND: Final = "Send me a link"

NOTICES: Final[Mapping[str, str]] = {
    "link-sent": "If this address is registered for the meeting, we have sent a link to it. The "
    "link is valid for 15 minutes; if you have requested several, use the newest. If none arrives "
    "within a minute or two, check your junk mail, and whether you registered with another "
    "address.",
    "link-address": "Enter your complete e-mail address, such as name@example.org.",
    "link-used": "This link has already been used, and each link works only once. Request a new "
    "one here.",
    "link-expired": "This link has expired. Request a new one here; it is valid for 15 minutes.",
    "link-unknown": "This link is incomplete, or is not from us. Request a new one here.",
    "password-link": "This link to set a password has been used or has expired. To sign in now, "
    "request a sign-in link here; for a new link to set a password, ask {contact}.",
}
"""Messages of the page, by the code in its URL."""

WAIT: Final = (
    "Several links have been requested already. Check whether one has arrived; otherwise wait "
    "{how_long}, then try again."
)


def wait(minutes: int) -> str:
    """The message after too many requests for a sign-in link."""
    return WAIT.format(how_long=MINUTES(minutes))
