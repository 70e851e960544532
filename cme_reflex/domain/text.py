"""Text as people write it, folded so that it can be compared."""

import re
import unicodedata

# Letters that Unicode does not take apart into a base letter and a mark.
_UNDIVIDED = str.maketrans(
    {
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "ı": "i",
        "ł": "l",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ς": "σ",
    }
)
_APOSTROPHES = re.compile("['’‘ʼʻ`´＇]")
_NOT_A_WORD = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """The words of a text without case, accents and punctuation, a space between them.

    ``fold("Möbius’ O’Brien-Núñez") == "mobius obrien nunez"``.
    """
    # First the apostrophes: taken apart, an acute accent that stands alone is a space and a mark.
    together = _APOSTROPHES.sub("", text.casefold())
    decomposed = unicodedata.normalize("NFKD", together)
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return _NOT_A_WORD.sub(" ", bare.translate(_UNDIVIDED)).strip()
