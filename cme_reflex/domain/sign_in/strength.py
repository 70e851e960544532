"""Strength of a sign-in: what it proves, and so what it may see."""

from datetime import datetime, timedelta
from enum import StrEnum

ADDRESS_TRUSTED_AFTER = timedelta(days=30)
"""How long after the society has changed an address a link to it proves no more than a badge.

Whoever can change an address at the society could otherwise read a stranger's data.
"""


def is_fresh_address(changed_at: datetime | None, now: datetime) -> bool:
    """Whether an e-mail address was changed so recently that a link to it proves little."""
    return changed_at is not None and now - changed_at < ADDRESS_TRUSTED_AFTER


class SignInMethod(StrEnum):
    """How a sign-in was made."""

    NUMBER = "number"
    PASSWORD = "password"  # noqa: S105 - the name of a method
    SINGLE_SIGN_ON = "single sign-on"
    LINK = "link"

    @property
    def is_strong(self) -> bool:
        """Whether it proves who the person is. Badge and name are public: they are on a lanyard."""
        return self is not SignInMethod.NUMBER


class StrongerSignInRequired(Exception):
    """The data may be read or changed after a sign-in by link, password or single sign-on only."""
