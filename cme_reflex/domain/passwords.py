"""What a new password must be, after NIST SP 800-63B: long, and not to be guessed at once.

There are no rules of composition: they make passwords worse (SP 800-63B, 5.1.1.2 and appendix A).
"""

from collections.abc import Iterable

SHORTEST = 12  # characters; more than the 8 of SP 800-63B, because it is the only factor
LONGEST = 128  # characters; SP 800-63B asks for at least 64
FEWEST_DIFFERENT = 5  # characters; `aaaaaaaaaaaa` and `121212121212` are the first to be tried

_RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "qwertyuiopasdfghjklzxcvbnm",
)
_TRIMMINGS = frozenset(" 0123456789!.-_@")  # a year or an exclamation mark behind a known word
_COMMON = ("password", "passwort", "letmein", "welcome", "changeme", "iloveyou", "qwerty", "admin")


class UnfitPassword(ValueError):
    """A password that is not taken; `code` says why."""

    code = "password-unfit"


class PasswordTooShort(UnfitPassword):
    """Fewer than SHORTEST characters."""

    code = "password-too-short"


class PasswordTooLong(UnfitPassword):
    """More than LONGEST characters."""

    code = "password-too-long"


class PasswordGuessable(UnfitPassword):
    """Nothing but a common word, a run of the keyboard, or what is known of the person."""

    code = "password-guessable"


def require_fit(password: str, *, known: Iterable[str] = ()) -> None:
    """Raise UnfitPassword for what must not become a password.

    `known` are words that anybody would try for this person: the names, the
    username, the meeting's code. Spaces and letters of every alphabet count.
    """
    if len(password) < SHORTEST:
        raise PasswordTooShort
    if len(password) > LONGEST:
        raise PasswordTooLong
    folded = password.casefold()
    rest = folded
    for word in sorted((*_COMMON, *(word.casefold() for word in known)), key=len, reverse=True):
        if len(word) > 2:
            rest = rest.replace(word, "")
    if (
        len(set(folded)) < FEWEST_DIFFERENT
        or any(folded in run or folded in run[::-1] for run in _RUNS)
        # A known word with something behind it is the next to be tried.
        or (rest != folded and _TRIMMINGS.issuperset(rest))
    ):
        raise PasswordGuessable
