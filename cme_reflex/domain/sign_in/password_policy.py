"""Password policy after NIST SP 800-63B: long, and not made of what everybody knows of a person.

There are no composition rules: they make passwords worse (SP 800-63B, 5.1.1.2 and appendix A).
Whether a password is common is checked by `services.sign_in.passwords`.
"""

from collections.abc import Iterable

MIN_LENGTH = 12  # characters; more than the 8 of SP 800-63B, because there is no second factor
MAX_LENGTH = 128  # characters; SP 800-63B asks for at least 64

_AFFIXES = frozenset(" 0123456789!.-_@")  # such as a year or "!" after a guessable word


class InvalidPassword(ValueError):
    """The password is rejected; `code` is the reason."""

    code = "password-unfit"


class PasswordTooShort(InvalidPassword):
    """The password has fewer than MIN_LENGTH characters."""

    code = "password-too-short"


class PasswordTooLong(InvalidPassword):
    """The password has more than MAX_LENGTH characters."""

    code = "password-too-long"


class PasswordGuessable(InvalidPassword):
    """The password is common, a pattern, or made of personal words."""

    code = "password-guessable"


def validate_password(password: str, *, personal_words: Iterable[str] = ()) -> None:
    """Raise PasswordTooShort, PasswordTooLong or PasswordGuessable for an invalid password.

    `personal_words` are easy to guess for this person: names, username, the
    meeting's code. Spaces and letters of every alphabet count as characters.
    """
    if len(password) < MIN_LENGTH:
        raise PasswordTooShort
    if len(password) > MAX_LENGTH:
        raise PasswordTooLong
    folded = password.casefold()
    remainder = folded
    for word in sorted(map(str.casefold, personal_words), key=len, reverse=True):
        if len(word) > 2:
            remainder = remainder.replace(word, "")
    # Attackers also try such words with digits or punctuation added.
    if remainder != folded and _AFFIXES.issuperset(remainder):
        raise PasswordGuessable
