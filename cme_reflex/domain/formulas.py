"""Recognition of texts that a spreadsheet program may run as a formula."""

import unicodedata

# OWASP, "CSV Injection"; "|" begins a call of another program (DDE).
_SIGNS = frozenset("=+-@|")
_CONTROLS = ("\t", "\r", "\n")


def begins_like_formula(text: str) -> bool:
    """Whether a spreadsheet program may take the text for a formula.

    A sign counts in any width (NFKC: ＝, ﹢, ⁻) and after spaces and invisible characters, which
    some programs skip. So does a tab or line break at the beginning, which may end the cell before.
    """
    visible = (letter for letter in text if letter.isprintable() and not letter.isspace())
    sign = unicodedata.normalize("NFKC", next(visible, ""))[:1]
    return text[:1] in _CONTROLS or sign in _SIGNS
