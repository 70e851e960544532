"""A receipt's number, as it is made and as people type it."""

from collections.abc import Callable, Sequence

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no letter that is read as a digit
GROUP_COUNT, GROUP_LENGTH = (
    2,
    4,
)  # two groups of four: 39 bits, so nobody meets another one's by typing
MAX_LENGTH = 80  # characters; a meeting's short name is shorter


def generate_receipt_number(meeting: str, choose: Callable[[Sequence[str]], str]) -> str:
    """A new number: ``PSTM24-7KQM-X4WD``. `choose` draws one of the letters, as a secret."""
    groups = ("".join(choose(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUP_COUNT))
    return "-".join([_alphanumeric(meeting), *groups])


def canonical_receipt_number(typed: str) -> str | None:
    """The number that somebody has typed, whatever the case, spaces and dashes in it.

    None for what cannot be one.
    """
    if len(typed) > MAX_LENGTH:
        return None
    plain = _alphanumeric(typed)
    secret = plain[-GROUP_COUNT * GROUP_LENGTH :]
    if len(plain) <= GROUP_COUNT * GROUP_LENGTH or set(secret).difference(ALPHABET):
        return None
    return "-".join(
        [plain[: -GROUP_COUNT * GROUP_LENGTH], secret[:GROUP_LENGTH], secret[GROUP_LENGTH:]]
    )


def _alphanumeric(text: str) -> str:
    return "".join(sign for sign in text.upper() if sign.isalnum())
