"""Setting a password, after a link from an e-mail."""

from collections.abc import Mapping
from typing import Final

from cme_reflex.domain.sign_in.password_policy import MAX_LENGTH, MIN_LENGTH

TITLE: Final = "Set your password"
LEAD: Final = "For your {account} username on this site."
NEW: Final = "New password"
NEW_HINT: Final = (
    f"At least {MIN_LENGTH} characters. A few words that only you would put together are good; "
    "spaces are welcome."
)
AGAIN: Final = "New password again"
SET: Final = "Set password"

FAULTS: Final[Mapping[str, str]] = {
    "password-differs": "The two are not the same. Write your new password again, twice.",
    "password-too-short": f"Your password needs at least {MIN_LENGTH} characters.",
    "password-too-long": f"Your password can have up to {MAX_LENGTH} characters.",
    "password-guessable": "This password is among the first that others would try. Choose a few "
    "words that only you would put together.",
}
"""What is wrong with a new password, by the code in its page's address."""
