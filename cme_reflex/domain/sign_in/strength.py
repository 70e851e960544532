"""Strength of a sign-in: what it proves, and so what it may see."""

from enum import StrEnum


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
