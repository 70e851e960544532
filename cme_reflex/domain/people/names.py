"""Names and numbers of people: what a name may hold, initials, comparison of spellings."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum, auto

from cme_reflex.domain.folding import fold

NAME_LIMIT = 120  # characters; the longest name that fits on one line of the certificate

JOINERS = frozenset("\u200c\u200d")  # zero-width non-joiner and joiner
_PUNCTUATION = frozenset(" .,'’/-()")
# Hyphens, apostrophes and middle dots of the scripts: hyphen, non-breaking hyphen, Hebrew maqaf,
# geresh and gershayim, middle dot, katakana middle dot.
_SCRIPT_PUNCTUATION = frozenset("\u2010\u2011\u05be\u05f3\u05f4\u00b7\u30fb")
# Mail programs make links of what looks like a host. "Dr.med. J.R. St.John" does not.
_WEB_ADDRESS = re.compile(
    r"//|\bwww\.|\w\.[a-z]{2,}/|\w\.(?:com|org|net|info|io|co)\b"
    r"|\b\w{2,}\.(?-i:[a-z]{2,})(?![\w.])",
    re.IGNORECASE,
)


class NameFault(StrEnum):
    """Causes for which a text cannot be printed as a person's name."""

    EMPTY = auto()
    TOO_LONG = auto()
    WEB_ADDRESS = auto()
    FORBIDDEN_CHARACTERS = auto()
    UNPRINTABLE = auto()  # the fonts of the certificate lack them


@dataclass(frozen=True, slots=True)
class InvalidName:
    """Why a text cannot be printed as a name, and the characters to blame, without duplicates."""

    fault: NameFault
    characters: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredName:
    """A registered name, and the one that was entered for the certificate.

    `entered_name` may be empty or no name; None for the registered one.
    """

    last_name: str
    first_name: str
    suffix: str
    entered_name: str | None = None

    @property
    def name(self) -> str:
        """First and last name with the suffix, as registered."""
        return full_name(self.first_name, self.last_name, self.suffix)

    @property
    def name_on_certificate(self) -> str:
        """The name as entered, or as registered."""
        return self.name if self.entered_name is None else self.entered_name

    def check_certificate_name(self, unprintable: str) -> InvalidName | None:
        """Why a certificate cannot bear the name; None if it can.

        `unprintable` are the characters of the name that the fonts lack. A registered name that
        breaks the rule for names was reported to staff when it was loaded.
        """
        if self.entered_name is not None and (invalid := check_name(self.entered_name)):
            return invalid
        return InvalidName(NameFault.UNPRINTABLE, unprintable) if unprintable else None


def normalize_name(text: str) -> str:
    """The text with single spaces, in Unicode's composed form (NFC)."""
    return unicodedata.normalize("NFC", " ".join(text.split()))


def check_name(name: str) -> InvalidName | None:
    """Why this text is not a person's name; None if it is one.

    A name has letters, marks, spaces, the punctuation of the world's names, and joiners between
    letters, as Persian and the scripts of India need them. It is printed in mails and opened in
    spreadsheets, so a formula, a web address and invisible characters are none.
    """
    if not any(map(_is_letter, name)):
        # Only punctuation or nothing at all; other signs are named.
        forbidden = _forbidden_characters(name)
        if not forbidden:
            return InvalidName(NameFault.EMPTY)
        return InvalidName(NameFault.FORBIDDEN_CHARACTERS, forbidden)
    if len(name) > NAME_LIMIT:
        return InvalidName(NameFault.TOO_LONG)
    if forbidden := _forbidden_characters(name):
        return InvalidName(NameFault.FORBIDDEN_CHARACTERS, forbidden)
    if _WEB_ADDRESS.search(name):
        return InvalidName(NameFault.WEB_ADDRESS)
    return None


def _forbidden_characters(name: str) -> str:
    padded = f" {name} "
    return "".join(
        dict.fromkeys(
            character
            for before, character, after in zip(padded, padded[1:], padded[2:], strict=False)
            if not _is_allowed(before, character, after)
        )
    )


def _is_allowed(before: str, character: str, after: str) -> bool:
    if character in JOINERS:
        return _is_letter_or_mark(before) and _is_letter_or_mark(after)
    if _is_mark(character):
        return _is_letter_or_mark(before) or before in JOINERS
    return _is_letter(character) or character in _PUNCTUATION or character in _SCRIPT_PUNCTUATION


def _is_letter(character: str) -> bool:
    return unicodedata.category(character).startswith("L")


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


def _is_letter_or_mark(character: str) -> bool:
    return _is_letter(character) or _is_mark(character)


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


def differs_beyond_spelling(name: str, *, first_name: str, last_name: str) -> bool:
    """Whether a name has another given or family name than the registration.

    Case, accents, hyphens, spaces, the order of the names, titles, suffixes, credentials and
    initials are spelling: "NUNEZ, Kim A., MD" is Kim O. Núñez.
    """
    spellings = {
        spelling
        for given, family in zip(_reductions(first_name), _reductions(last_name), strict=True)
        for spelling in _spellings(given, family)
    }
    texts = (name, _without_credentials(name))
    return not any(
        spelling in spellings
        for text in texts
        for words in _reductions(text)
        for spelling in _spellings(words, [])
    )


def _reductions(name: str) -> list[list[str]]:
    """The folded words of a name: all; without titles and suffixes; without initials as well.

    A name of which nothing would remain stays: somebody is called "Do", and somebody "O".
    """
    words = [(word, fold(word.replace(".", ""))) for word in name.replace(",", " ").split()]
    named = [(word, key) for word, key in words if key not in _TITLES | _SUFFIXES] or words
    full = [(word, key) for word, key in named if not _is_initials(word)] or named
    return [[part for _, key in kept for part in key.split()] for kept in (words, named, full)]


def _is_initials(word: str) -> bool:
    """Whether a word is only initials: "A", "J.R.R."; a name such as 王 has no case."""
    parts = [part for part in word.split(".") if part]
    return all(len(part) == 1 and part.lower() != part.upper() for part in parts)


def _spellings(given: list[str], family: list[str]) -> set[str]:
    """What is the same for any order of the names, and for words written as one."""
    ordered = " ".join(sorted((*given, *family)))
    return {ordered, "".join((*given, *family)), "".join((*family, *given))}


def _without_credentials(name: str) -> str:
    """The name up to the first comma, if only abbreviations in capitals follow: FAAP, FCCP."""
    whole, _, rest = name.partition(",")
    words = rest.replace(".", "").replace(",", " ").split()
    is_credentials = bool(words) and not name.isupper() and all(map(str.isupper, words))
    return whole if is_credentials else name
