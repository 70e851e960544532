"""Texts of error pages and the maintenance page."""

from dataclasses import dataclass
from typing import Final

from cme_reflex.text.site import not_found

_TO_CLAIM: Final = "Go to your claim"
_AGAIN: Final = "Try again"
_ASK: Final = "If it happens again, contact {contact}. Claims close on {deadline}."
_HELP: Final = "Questions about your CME credits? {contact}. Claims close on {deadline}."


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """The title of a page in the browser's tab and on the page, what it says, and its link.

    `help` is shown where the meeting is known.
    """

    tab: str
    title: str
    message: str
    link: str
    help: str


FAILED: Final = ErrorPage(
    tab="Something went wrong",
    title="Something went wrong on our side",
    message="We have logged the error, and everything you saved is safe. Please try again in a "
    "minute.",
    link=_TO_CLAIM,
    help=_ASK,
)
UNAVAILABLE: Final = ErrorPage(
    tab="Not available at the moment",
    title="This page cannot be opened at the moment",
    message="Our records cannot be read right now. Everything you saved is safe. Please try again "
    "in a minute.",
    link=_AGAIN,
    help=_ASK,
)
AWAY: Final = ErrorPage(
    tab="We will be back in a moment",
    title="We will be back in a moment",
    message="This site is unavailable at the moment. Everything you saved is safe, and changes in "
    "an open page are kept there and sent when we are back.",
    link=_AGAIN,
    help=_HELP,
)
NOT_FOUND: Final = ErrorPage(
    tab=not_found.TAB,
    title=not_found.TITLE,
    message=not_found.LEAD,
    link=not_found.TO_CLAIM,
    help=_HELP,
)
NO_MEETING: Final = ErrorPage(
    tab="No such meeting",
    title="There is no such meeting here",
    message="The address may be mistyped, or the meeting is not open yet.",
    link="See the open meetings",
    help=_HELP,
)

AGAIN_IN: Final = "Try again in {seconds} s."

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
