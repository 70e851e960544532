"""People's names: written in full, and compared as two systems spell them."""

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
    """Whether two spellings are one last name.

    Names are matched without regard to case, accents, hyphens, apostrophes,
    spaces, titles and suffixes: ``same_name("O'Brien-Núñez Jr", "OBRIEN
    NUNEZ")``. What may be a suffix may be a part of the name as well: "Le Do"
    is "Ledo", and also "Le".
    """
    return bool(_variants(one) & _variants(another))


def name_key(last_name: str) -> str:
    """The shortest reading of a last name; empty where it has no letter."""
    # The longer ones begin with it, so it is the first in the alphabet too.
    return min(_variants(last_name), default="")


def initials(name: str) -> str:
    """A person's initials: ``initials("Dr. Kim O'Neil Jr") == "K. O."``.

    Enough to compare with a name that one has, and too little to learn it. Of two
    words neither is left out: "Thi Do" has no suffix.
    """
    words = [(fold(word.replace(".", "")), word) for word in name.replace(",", " ").split()]
    words = [(folded, word) for folded, word in words if folded]
    if len(words) > 2 and words[0][0] in _TITLES:
        del words[0]
    while len(words) > 2 and words[-1][0] in _SUFFIXES:
        words.pop()
    letters = (next(sign for sign in word if sign.isalnum()) for _, word in words)
    return " ".join(f"{letter.upper()}." for letter in letters)


def number_key(number: str) -> str:
    """A badge or confirmation number as typed, without case, spaces and hyphens."""
    digits = (str(unicodedata.decimal(sign, sign)) for sign in number)
    return "".join(fold("".join(digits)).split()).upper()


def _variants(last_name: str) -> frozenset[str]:
    """The name with all of its words, and with fewer and fewer of its suffixes.

    A name that is nothing but a suffix is kept, or nobody called "Do" could sign in.
    """
    # M.D. and Ph.D. are words; St.John is read as St. John is.
    words = fold(last_name.replace(".", "")).split()
    if len(words) > 1 and words[0] in _TITLES:
        del words[0]
    readings = {"".join(words)}
    while words and words[-1] in _SUFFIXES:
        words.pop()
        readings.add("".join(words))
    return frozenset(readings - {""})
