"""Text as people write it, folded so that it can be compared."""

import re
import unicodedata

_ASCII_WORD = re.compile("[0-9a-z]+")
# Letters that Unicode does not take apart into a base letter and a mark, and
# those that two keyboards of one script have in two forms.
_SUBSTITUTIONS = str.maketrans(
    {
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "ı": "i",
        "ł": "l",
        "ŧ": "t",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ς": "σ",
        "ک": "ك",
        "ی": "ي",
        "ى": "ي",
        "ة": "ه",
        "ـ": "",  # no letter: it stretches a word
    }
)
# Whatever has stood for an apostrophe, a glottal stop or a soft sign: ' ’ ‘ ‛ ′ ` ´ ʼ ʻ ʾ ʿ ׳ …
_APOSTROPHES = dict.fromkeys(map(ord, "'’‘‛′‵`´ʹʻʼʽʾʿˈˊˋꞋꞌ׳ʹ"))


def fold(text: str) -> str:
    """The words of a text without case, accents and punctuation, a space between them.

    ``fold("Möbius’ O’Brien-Núñez") == "mobius obrien nunez"``.
    """
    if text.isascii():  # most titles are, and a list is sorted by them
        return " ".join(_ASCII_WORD.findall(text.lower().translate(_APOSTROPHES)))
    bare = text.casefold().translate(_APOSTROPHES)
    decomposed = unicodedata.normalize("NFKD", bare).translate(_APOSTROPHES)
    letters = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    # Vowel signs of Indic scripts are marks, and no accents: without them names fall together.
    words = (
        letter if unicodedata.category(letter)[0] in {"L", "M", "N"} else " "
        for letter in letters.translate(_SUBSTITUTIONS)
    )
    return " ".join("".join(words).split())
