"""Names and numbers of people: full names, initials, and comparison of different spellings."""

import unicodedata

from cme_reflex.domain.folding import fold

_TITLES = frozenset({"dr", "prof", "professor", "mr", "mrs", "ms"})
_SUFFIXES = frozenset(
    {
        *("jr", "sr", "junior", "senior", "ii", "iii", "iv", "v"),
        *("md", "do", "phd", "facs", "frcs", "frcsc", "dds", "dmd", "mbbs", "mbchb", "msc"),
        *("mph", "mba", "rn", "np", "pa", "pac", "crna"),
    }
)


def full_name(first_name: str, last_name: str, suffix: str) -> str:
    """First and last name with the suffix: ``full_name("Kim", "Rivera", "Jr") == "Kim Rivera Jr"``.

    Any of them may be empty.
    """
    return " ".join(part for part in (first_name, last_name, suffix) if part)


def same_name(one: str, another: str) -> bool:
    """Whether two spellings are the same last name.

    Names are matched without regard to case, accents, hyphens, apostrophes,
    spaces, titles and suffixes: ``same_name("O'Brien-Núñez Jr", "OBRIEN
    NUNEZ")``. A possible suffix may also be part of the name: "Le Do" matches
    "Ledo" and "Le".
    """
    return bool(_variants(one) & _variants(another))


def name_key(last_name: str) -> str:
    """The shortest variant of a last name; empty if it has no letter."""
    # The longer variants begin with it, so it is also the first in alphabetical order.
    return min(_variants(last_name), default="")


def initials(name: str) -> str:
    """A person's initials: ``initials("Dr. Kim O'Neil Jr") == "K. O."``.

    They are enough to compare with a known name, but do not reveal it. Titles and
    suffixes are omitted, but never one of only two words: "Thi Do" has no suffix.
    """
    words = [(fold(word.replace(".", "")), word) for word in name.replace(",", " ").split()]
    words = [(folded, word) for folded, word in words if folded]
    if len(words) > 2 and words[0][0] in _TITLES:
        del words[0]
    while len(words) > 2 and words[-1][0] in _SUFFIXES:
        words.pop()
    letters = (next(letter for letter in word if letter.isalnum()) for _, word in words)
    return " ".join(f"{letter.upper()}." for letter in letters)


def number_key(number: str) -> str:
    """A badge or confirmation number for comparison, without case, spaces and hyphens."""
    characters = (str(unicodedata.decimal(character, character)) for character in number)
    return "".join(fold("".join(characters)).split()).upper()


def _variants(last_name: str) -> frozenset[str]:
    """The name with all of its words, and with one suffix fewer each time.

    A name that consists only of a suffix stays, so that a person called "Do" can sign in.
    """
    # M.D. and Ph.D. are one word each; St.John is the same as St. John.
    words = fold(last_name.replace(".", "")).split()
    if len(words) > 1 and words[0] in _TITLES:
        del words[0]
    variants = {"".join(words)}
    while words and words[-1] in _SUFFIXES:
        words.pop()
        variants.add("".join(words))
    return frozenset(variants - {""})
