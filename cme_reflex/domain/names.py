"""Names as two systems spell them: what counts as the same last name at sign-in."""

from cme_reflex.domain.text import fold

_SUFFIXES = ("jr", "sr", "junior", "senior", "ii", "iii", "iv", "v", "md", "do", "phd")


def name_key(last_name: str) -> str:
    """What two spellings of one last name have in common.

    Names are matched without regard to case, accents, hyphens, apostrophes,
    spaces and suffixes: ``name_key("O'Brien-Núñez Jr") == name_key("OBRIEN NUNEZ")``.
    A name that is nothing but a suffix is kept whole, or nobody called
    "Do" could sign in.
    """
    words = fold(last_name).split()
    while len(words) > 1 and words[-1] in _SUFFIXES:
        words.pop()
    return "".join(words)


def number_key(number: str) -> str:
    """A badge or confirmation number as typed, without case, spaces and hyphens."""
    return "".join(fold(number).split()).upper()
