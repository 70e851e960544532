"""Text folding for comparison: case, accents and punctuation removed."""

import re
import unicodedata

_ASCII_WORD = re.compile("[0-9a-z]+")
# Letters that Unicode does not decompose into a base letter and a mark, and
# letters that differ between the keyboard layouts of one script.
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
        "ـ": "",  # tatweel: it stretches a word and is not a letter
    }
)
# Characters used for an apostrophe, a glottal stop or a soft sign: ' ’ ‘ ‛ ′ ` ´ ʼ ʻ ʾ ʿ ׳ …
_APOSTROPHES = dict.fromkeys(map(ord, "'’‘‛′‵`´ʹʻʼʽʾʿˈˊˋꞋꞌ׳ʹ"))


def fold(text: str) -> str:
    """The words of a text without case, accents and punctuation, separated by single spaces.

    ``fold("Möbius’ O’Brien-Núñez") == "mobius obrien nunez"``.
    """
    if text.isascii():  # fast path: most titles are ASCII, and lists are sorted by folded title
        return " ".join(_ASCII_WORD.findall(text.lower().translate(_APOSTROPHES)))
    lowercase = text.casefold().translate(_APOSTROPHES)
    decomposed = unicodedata.normalize("NFKD", lowercase).translate(_APOSTROPHES)
    letters = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    # Vowel signs of Indic scripts are marks but not accents: without them names would collide.
    words = (
        letter if unicodedata.category(letter)[0] in {"L", "M", "N"} else " "
        for letter in letters.translate(_SUBSTITUTIONS)
    )
    return " ".join("".join(words).split())
