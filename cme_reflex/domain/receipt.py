"""A receipt's number, as it is made and as people type it."""

from collections.abc import Callable, Sequence

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no letter that is read as a digit
GROUPS, LENGTH = 2, 4  # two groups of four: 39 bits, so nobody meets another one's by typing
LONGEST = 80  # characters; a meeting's short name is shorter


def new_number(meeting: str, choose: Callable[[Sequence[str]], str]) -> str:
    """A new number: ``PSTM24-7KQM-X4WD``. `choose` draws one of the letters, as a secret."""
    groups = ("".join(choose(ALPHABET) for _ in range(LENGTH)) for _ in range(GROUPS))
    return "-".join([_plain(meeting), *groups])


def canonical_number(typed: str) -> str | None:
    """The number that somebody has typed, whatever the case, spaces and dashes in it.

    None for what cannot be one.
    """
    if len(typed) > LONGEST:
        return None
    plain = _plain(typed)
    secret = plain[-GROUPS * LENGTH :]
    if len(plain) <= GROUPS * LENGTH or set(secret).difference(ALPHABET):
        return None
    return "-".join([plain[: -GROUPS * LENGTH], secret[:LENGTH], secret[LENGTH:]])


def _plain(text: str) -> str:
    return "".join(sign for sign in text.upper() if sign.isalnum())
