"""Names of people in the PDF files, and the drawing of a name by itself."""

import unicodedata
from functools import lru_cache
from typing import Any

from cme_reflex.formats.pdf.fonts import font_list, printable_text
from cme_reflex.formats.pdf.typesetting import TEMPLATES, typeset

_TEMPLATE = TEMPLATES / "name.typ"


def printed_name(name: str) -> dict[str, Any]:
    """A person's name as a value for `printed-name` of templates/names.typ.

    It has its own fonts, because Chinese characters are drawn as in the name's language, and the
    direction of its first letter, so that credentials follow a Hebrew name at its left.
    """
    drawing = name_svg(name).decode() if _has_placed_marks(name) else None
    return {**_name_text(name), "drawing": drawing}


@lru_cache(maxsize=256)
def name_svg(name: str) -> bytes:
    """Draw the name as the certificate prints it: an SVG image, dark without a background.

    This takes some 20 ms of CPU time, so call it in a thread. Raises FontsNotInstalled.
    """
    return typeset(_TEMPLATE, {"name": _name_text(name)}, format="svg")


def is_right_to_left(text: str) -> bool:
    """Whether the text begins with a letter of a right-to-left script (rules P2 and P3, UAX #9)."""
    directions = map(unicodedata.bidirectional, text)
    return next((each for each in directions if each in {"L", "R", "AL"}), "L") != "L"


def _name_text(name: str) -> dict[str, Any]:
    return {"text": name, "fonts": font_list([name], spaces=True), "rtl": is_right_to_left(name)}


def _has_placed_marks(name: str) -> bool:
    """Whether the fonts place marks at the letters, or the letters join, as in Arabic."""
    text = printable_text(name).text
    return any(
        unicodedata.category(letter).startswith("M") or unicodedata.bidirectional(letter) == "AL"
        for letter in text
    )
