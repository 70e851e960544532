"""Fonts of the PDF files: which family prints which character, and which characters none has.

Libertinus Serif is in `font_files/` with its license. What it lacks is printed in Noto, which
`cme build` and `cme fonts` install by fonts.lock/. No other font is used, so that a certificate is
the same on every machine, byte for byte.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont

from cme_reflex.domain.people.names import JOINERS
from cme_reflex.settings import ROOT

REPLACEMENT = "□"  # for a character that no font has; staff get a warning for it

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
_SCRIPTS = _noto(
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
_SIMPLIFIED, _TRADITIONAL, _JAPANESE, _KOREAN = _HAN = _noto(
    "Serif SC", "Serif TC", "Serif JP", "Serif KR"
)
NOTO_FAMILIES = (*_SCRIPTS, *_HAN)

_KANA = re.compile("[\u3040-\u30ff\u31f0-\u31ff]")
_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")


@dataclass(frozen=True, slots=True)
class PrintableText:
    """A text as the PDF prints it, and the characters of each family, as they occur.

    The text is on one line, with □ for each character of `missing`.
    """

    text: str
    missing: str
    families: tuple[tuple[FontFamily, str], ...]


@lru_cache(maxsize=2048)
def printable_text(text: str) -> PrintableText:
    """Choose a font family for each character of the text. Raises FontsNotInstalled.

    A letter and its marks are printed in one family, or the marks would be misplaced; a letter
    stays in the family of its predecessor if that has it.
    """
    printed: list[str] = []
    missing: list[str] = []
    assigned: dict[FontFamily, list[str]] = {}
    last = LIBERTINUS
    families = (LIBERTINUS, *_SCRIPTS, *_han_families(text))
    for cluster in _clusters(_normalized(text)):
        family = _family(cluster, (LIBERTINUS, last, *families))
        if family is None:
            unprintable = [letter for letter in cluster if _family(letter, families) is None]
            missing += unprintable or cluster
            printed.append(REPLACEMENT * len(cluster))
            continue
        printed.append(cluster)
        assigned.setdefault(family, []).append(cluster)
        if not cluster.isspace():
            last = family
    return PrintableText(
        text="".join(printed),
        missing="".join(dict.fromkeys(missing)),
        families=tuple((family, "".join(clusters)) for family, clusters in assigned.items()),
    )


def missing_characters(text: str) -> str:
    """The characters of the text that no font has, in order, without duplicates."""
    return printable_text(text).missing


def replace_unprintable(text: str) -> str:
    """The text on one line, with □ in place of each unprintable character."""
    return printable_text(text).text


def font_list(texts: Iterable[str], *, spaces: bool = False) -> list[dict[str, str]]:
    """The Noto families that the texts need, as values for Typst's `text.font`.

    `covers` is the regular expression of the characters to print in that family. With `spaces`, a
    text that is wholly in one Noto family takes its spaces and punctuation from it, too.
    """
    needed: dict[str, set[str]] = {}
    for text in texts:
        families = dict(printable_text(text).families)
        others = families.pop(LIBERTINUS, "")
        for family, characters in families.items():
            needed.setdefault(family.name, set()).update(characters)
        if spaces and len(families) == 1 and not any(map(str.isalpha, others)):
            (family,) = families
            has = _characters(family)
            needed[family.name].update(each for each in others if ord(each) in has)
    return [
        {
            "name": name,
            "covers": "[" + "".join(f"\\u{{{ord(each):x}}}" for each in sorted(characters)) + "]",
        }
        for name, characters in needed.items()
    ]


def _normalized(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _clusters(text: str) -> Iterator[str]:
    """The text in pieces of one character with the marks and joiners that follow it."""
    start = 0
    for end in range(1, len(text) + 1):
        if end == len(text) or not _continues(text[end]):
            yield text[start:end]
            start = end


def _continues(character: str) -> bool:
    return character in JOINERS or unicodedata.category(character).startswith("M")


def _family(cluster: str, families: Iterable[FontFamily]) -> FontFamily | None:
    """The first of the families that has all characters of the cluster."""
    needed = {ord(character) for character in cluster if character not in JOINERS}
    return next((family for family in families if needed <= _characters(family)), None)


def _han_families(text: str) -> tuple[FontFamily, ...]:
    """The families of Chinese characters, beginning with the one of the text's language.

    The same character is drawn differently in China, Taiwan, Japan and Korea. Kana and Hangul
    tell the language, and so do characters that only one country's character set has: 晓 is not
    in Big5, 陳 not in GB 2312, 邉 only in JIS X 0208.
    """
    if _KANA.search(text):
        first = _JAPANESE
    elif _HANGUL.search(text):
        first = _KOREAN
    else:
        han = "".join(letter for letter in text if unicodedata.category(letter) == "Lo")
        charsets = (("gb2312", _SIMPLIFIED), ("big5", _TRADITIONAL), ("shift_jis", _JAPANESE))
        first = next((family for name, family in charsets if _encodable(han, name)), _SIMPLIFIED)
    return (first, *(family for family in _HAN if family is not first))


def _encodable(text: str, charset: str) -> bool:
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


@lru_cache
def _characters(family: FontFamily) -> frozenset[int]:
    """The code points that every face of the family has. Raises FontsNotInstalled."""
    faces = []
    for path in sorted(family.folder.glob("*.[ot]tf")):
        with TTFont(path, lazy=True) as font:
            faces.append(frozenset(font.getBestCmap()))
    if not faces:
        raise FontsNotInstalled(family.name)
    return frozenset.intersection(*faces)
