"""Texts of the page for setting a password."""

from collections.abc import Mapping
from typing import Final

from cme_reflex.domain.sign_in.password_policy import MAX_LENGTH, MIN_LENGTH

TITLE: Final = "Set your password"
LEAD: Final = "For your {account} username on this site."
NEW: Final = "New password"
NEW_HINT: Final = (
    f"At least {MIN_LENGTH} characters. Choose a few words that only you would combine; spaces "
    "are allowed."
)
AGAIN: Final = "New password again"
SET: Final = "Set password"

FAULTS: Final[Mapping[str, str]] = {
    "password-differs": "The passwords do not match. Enter your new password twice.",
    "password-too-short": f"Your password needs at least {MIN_LENGTH} characters.",
    "password-too-long": f"Your password can have up to {MAX_LENGTH} characters.",
    "password-guessable": "This password is easy to guess. Choose a few words that only you would "
    "combine.",
    "password-attempts": "Many passwords have been tried with this link. Try again in an hour.",
}
"""Faults of a new password, by the code in the page's URL."""
