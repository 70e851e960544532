"""Fonts of the PDF files.

Libertinus Serif is in `font_files/` with its license. What it lacks is printed in Noto, which
`cme build` and `cme fonts` install by fonts.lock/. No other font is used, so that a certificate is
the same on every machine, byte for byte.
"""

from dataclasses import dataclass
from pathlib import Path

from cme_reflex.settings import ROOT

FONTS_FOLDER = Path(__file__).parent / "font_files"
NOTO_FOLDER = ROOT / ".cme" / "fonts"


class FontsNotInstalled(Exception):
    """The Noto fonts are not installed."""


@dataclass(frozen=True, slots=True)
class FontFamily:
    """A font family. `folder` has its files: a regular and a semibold face."""

    name: str
    folder: Path


LIBERTINUS = FontFamily("Libertinus Serif", FONTS_FOLDER)


def _noto(*names: str) -> tuple[FontFamily, ...]:
    return tuple(
        FontFamily(f"Noto {name}", NOTO_FOLDER / f"noto-{name.lower().replace(' ', '-')}")
        for name in names
    )


# Noto Serif where the registry has it, else Noto Sans; Naskh is the serif of Arabic.
SCRIPT_FAMILIES = _noto(
    "Serif",
    "Serif Hebrew",
    "Naskh Arabic",
    "Serif Armenian",
    "Serif Georgian",
    "Sans Ethiopic",
    "Serif Devanagari",
    "Serif Bengali",
    "Sans Gurmukhi",
    "Serif Gujarati",
    "Serif Tamil",
    "Serif Telugu",
    "Sans Kannada",
    "Serif Malayalam",
    "Serif Sinhala",
    "Serif Thai",
    "Serif Lao",
    "Serif Myanmar",
    "Serif Khmer",
)
SIMPLIFIED_CHINESE, TRADITIONAL_CHINESE, JAPANESE, KOREAN = HAN_FAMILIES = _noto(
    "Serif SC", "Serif TC", "Serif JP", "Serif KR"
)
NOTO_FAMILIES = (*SCRIPT_FAMILIES, *HAN_FAMILIES)
