"""Texts of the sign-in page: both forms, and messages by the code in its URL."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from cme_reflex.text.plural import Plural

TAB: Final = "Log in"
WHAT: Final = "CME Evaluations & Credit Claim"

WITH_BADGE: Final = "Meeting badge"
LAST_NAME: Final = "Last Name"
NUMBER: Final = "Badge/Confirmation Number"
SECOND_NUMBER: Final = "Your other number"
SECOND_NUMBER_HINT: Final = (
    "The confirmation number, if you entered your badge number above, or the reverse."
)
USERNAME: Final = "Username"
PASSWORD: Final = "Password"  # noqa: S105 - the name of a field
LOG_IN: Final = "Log in"

SEND_A_LINK: Final = "I do not have my number: send me a link"
WHERE_IS_IT: Final = "Where do I find my number?"
IT_IS_HERE: Final = (
    "Your badge number is printed under your name on your badge. Your confirmation number is in "
    "the e-mail that confirmed your registration. Either will do."
)
NEITHER: Final = "Don’t have either number? {link}, or ask {contact}."
NEITHER_LINK: Final = "Have a link sent to your e-mail address"

BACK: Final = "Back to sign-in"

ERRORS: Final[Mapping[str, str]] = {
    "not-recognised": "We could not find that combination. Check the spelling of your last name, "
    "and the number on your badge or in your confirmation e-mail.",
    "second-number": "There have been many failed attempts to sign in to this meeting. To protect "
    "your claim, we ask for both of your numbers for the time being. If you do not have both, use "
    "one of the other ways to sign in below.",
    "both-numbers": "This meeting asks for both of your numbers. If you do not have both, use one "
    "of the other ways to sign in below.",
    "numbers-not-recognised": "We could not find that combination. Check the spelling of your last "
    "name, and both of your numbers.",
    "missing": "Fill in both your last name and your badge or confirmation number.",
    "member-not-recognised": "We could not find that combination of username and password.",
    "member-missing": "Fill in both your username and your password.",
    "member-not-registered": "Your account is fine, but it has no registration for this meeting. "
    "Sign in with your badge or confirmation number, or ask us for help.",
    "sso-only": "Passwords are no longer accepted here. Use the button instead.",
    "sso-failed": "That sign-in could not be completed. Please start again.",
    "sso-cancelled": "You did not finish signing in. Start again, or use your badge.",
    "sso-unavailable": "Sign-in with your account is not available at the moment. Try again in a "
    "few minutes, or sign in with your badge or confirmation number.",
    "sso-unknown": "You are signed in there, but we do not know your account yet. Sign in with "
    "your badge or confirmation number, or ask us for help.",
    "expired": "You are no longer signed in. Everything you entered is saved; sign in to continue.",
    "step-up": "Sign in with your account to continue. You then return to the page where you were.",
    "choice-expired": "That took too long. Please sign in again.",
    "archived": "This meeting is archived, and nobody can sign in to it any more. Your claim and "
    "its certificates are kept; ask us for help if you need them.",
}
"""Messages of the sign-in page, by the code in its URL."""

SIGNED_OUT: Final = "You are signed out. Everything was saved."
FORGET_BROWSER: Final = "Shared computer? Forget me here"
BROWSER_FORGOTTEN: Final = (
    "You are signed out of all meetings in this browser, and it does not recognize you any more."
)
PASSWORD_SET: Final = "Your password is set. Sign in with your username and the new password."  # noqa: S105

WAITS: Final = (1, 2, 5, 10, 15)
"""Possible waiting times in minutes; the sign-in page has a message for each."""

MINUTES: Final = Plural(one="a minute", other="{count} minutes")
WAIT: Final = "Too many attempts. Wait {how_long}, then try again, or use a sign-in link by e-mail."
WAIT_OR_SSO: Final = (
    "Too many attempts. Wait {how_long}, then try again, or use a sign-in link by e-mail "
    "or “{single_sign_on}”."
)

TOO_LONG: Final = "Too long for a sign-in."
ANOTHER_SITE: Final = "This form was sent from another site."


def wait_code(until: datetime, now: datetime) -> str:
    """The code of the message with the waiting time until then, rounded up."""
    minutes = (until - now) / timedelta(minutes=1)
    return f"wait-{next((wait for wait in WAITS if wait >= minutes), WAITS[-1])}"


def wait(minutes: int, single_sign_on: object = None) -> str:
    """The message after too many attempts: waiting time and other ways to sign in.

    `single_sign_on` is the label of the society's single sign-on, or a var of it.
    """
    message = WAIT if single_sign_on is None else WAIT_OR_SSO
    return message.format(how_long=MINUTES(minutes), single_sign_on=single_sign_on)
