"""What a new password must be, after NIST SP 800-63B: long, and not to be guessed at once.

There are no rules of composition: they make passwords worse (SP 800-63B, 5.1.1.2 and appendix A).
"""

from collections.abc import Iterable

MIN_LENGTH = 12  # characters; more than the 8 of SP 800-63B, because it is the only factor
MAX_LENGTH = 128  # characters; SP 800-63B asks for at least 64
MIN_DISTINCT = 5  # characters; `aaaaaaaaaaaa` and `121212121212` are the first to be tried

_SEQUENCES = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "qwertyuiopasdfghjklzxcvbnm",
)
_AFFIXES = frozenset(" 0123456789!.-_@")  # a year or an exclamation mark behind a known word
_COMMON_WORDS = (
    "password",
    "passwort",
    "letmein",
    "welcome",
    "changeme",
    "iloveyou",
    "qwerty",
    "admin",
)


class InvalidPassword(ValueError):
    """A password that is not taken; `code` says why."""

    code = "password-unfit"


class PasswordTooShort(InvalidPassword):
    """Fewer than SHORTEST characters."""

    code = "password-too-short"


class PasswordTooLong(InvalidPassword):
    """More than LONGEST characters."""

    code = "password-too-long"


class PasswordGuessable(InvalidPassword):
    """Nothing but a common word, a run of the keyboard, or what is known of the person."""

    code = "password-guessable"


def validate_password(password: str, *, known: Iterable[str] = ()) -> None:
    """Raise InvalidPassword for what must not become a password.

    `known` are words that anybody would try for this person: the names, the
    username, the meeting's code. Spaces and letters of every alphabet count.
    """
    if len(password) < MIN_LENGTH:
        raise PasswordTooShort
    if len(password) > MAX_LENGTH:
        raise PasswordTooLong
    folded = password.casefold()
    rest = folded
    for word in sorted(
        (*_COMMON_WORDS, *(word.casefold() for word in known)), key=len, reverse=True
    ):
        if len(word) > 2:
            rest = rest.replace(word, "")
    if (
        len(set(folded)) < MIN_DISTINCT
        or any(folded in run or folded in run[::-1] for run in _SEQUENCES)
        # A known word with something behind it is the next to be tried.
        or (rest != folded and _AFFIXES.issuperset(rest))
    ):
        raise PasswordGuessable
