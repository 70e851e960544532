"""Asking for a sign-in link by e-mail."""

from collections.abc import Mapping
from typing import Final

from cme_reflex.text.sign_in.sign_in import MINUTES

TITLE: Final = "Sign in by e-mail"
LEAD: Final = (
    "Your number is not at hand? We send you a link to sign in with, to the address you registered "
    "with for {meeting}."
)
ADDRESS: Final = "E-mail address"
SEND: Final = "Send me a link"

NOTICES: Final[Mapping[str, str]] = {
    "link-sent": "If this address is registered for the meeting, a link is on its way to it. It is "
    "good for 15 minutes. Nothing there after a minute or two? Look among your junk mail, and "
    "whether you registered with another address.",
    "link-address": "Write your whole e-mail address, such as name@example.org.",
    "link-used": "This link was used before, and each is good for one time. Ask for a new one "
    "here.",
    "link-expired": "This link is too old. Ask for a new one here; it is good for 15 minutes.",
    "link-unknown": "This link is not complete, or not from us. Ask for a new one here.",
    "password-link": "This link to set a password was used before, or is too old. To sign in "
    "now, have a link sent to you here; for a new link to set a password ask {contact}.",
}
"""What the page says, by the code in its address."""

WAIT: Final = (
    "Several links were asked for already. Look whether one has arrived; otherwise wait "
    "{how_long}, then ask again."
)


def wait(minutes: int) -> str:
    """After too many requests for a sign-in link."""
    return WAIT.format(how_long=MINUTES(minutes))
