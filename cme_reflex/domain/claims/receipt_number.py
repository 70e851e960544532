"""Receipt numbers: generation, and the canonical form of a typed number."""

from collections.abc import Callable, Sequence

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # without letters that look like digits
# Two groups of four characters are 39 bits, so a valid number cannot be found by guessing.
GROUP_COUNT, GROUP_LENGTH = 2, 4
MAX_LENGTH = 80  # characters; a meeting's short name is shorter


def generate_receipt_number(meeting: str, choose: Callable[[Sequence[str]], str]) -> str:
    """Return a new number such as ``PSTM24-7KQM-X4WD``.

    `choose` returns a random element of a sequence and must be cryptographically secure.
    """
    groups = ("".join(choose(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUP_COUNT))
    return "-".join([_alphanumeric(meeting), *groups])


def canonical_receipt_number(typed: str) -> str | None:
    """A typed number in canonical form, regardless of case, spaces and dashes.

    Returns None if the text cannot be a receipt number.
    """
    if len(typed) > MAX_LENGTH:
        return None
    number = _alphanumeric(typed)
    secret = number[-GROUP_COUNT * GROUP_LENGTH :]
    if len(number) <= GROUP_COUNT * GROUP_LENGTH or set(secret).difference(ALPHABET):
        return None
    return "-".join(
        [number[: -GROUP_COUNT * GROUP_LENGTH], secret[:GROUP_LENGTH], secret[GROUP_LENGTH:]]
    )


def _alphanumeric(text: str) -> str:
    return "".join(character for character in text.upper() if character.isalnum())
