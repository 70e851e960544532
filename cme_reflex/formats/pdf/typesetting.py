"""Typesetting with Typst, in the fonts that print the document's characters."""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst
from fontTools.ttLib import TTFont

from cme_reflex.domain.people.names import JOINERS
from cme_reflex.formats.pdf.fonts import (
    HAN_FAMILIES,
    JAPANESE,
    KOREAN,
    LIBERTINUS,
    NOTO_FAMILIES,
    SCRIPT_FAMILIES,
    SIMPLIFIED_CHINESE,
    TRADITIONAL_CHINESE,
    FontFamily,
    FontsNotInstalled,
)

REPLACEMENT = "□"  # for a character that no font has; staff get a warning for it

TEMPLATES = Path(__file__).parent / "templates"

_NAMED = {family.name: family for family in (LIBERTINUS, *NOTO_FAMILIES)}
_NAME_TEMPLATE = TEMPLATES / "name.typ"

_KANA = re.compile("[\u3040-\u30ff\u31f0-\u31ff]")
_CHARSETS = (
    ("gb2312", SIMPLIFIED_CHINESE),
    ("big5", TRADITIONAL_CHINESE),
    ("shift_jis", JAPANESE),
)
_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")


class TypesetterPanicked(Exception):
    """The typesetting library failed in a way that it did not foresee."""


def typeset(
    template: Path, values: Mapping[str, Any], *, drawings: Sequence[str] = (), **options: Any
) -> bytes:
    """Compile the template; `options` are those of `typst.compile`.

    `drawings` are SVG images, which the template has in `sys.inputs.drawings` as they are.

    The template has the values in `sys.inputs.values` as JSON, with □ for what cannot be printed,
    and the Noto families that they need as `fonts`, for `font-list` of templates/fonts.typ.
    Raises FontsNotInstalled and TypesetterPanicked. This takes a tenth of a second of CPU time, so
    call it in a thread.
    """
    printable = _printable(values)
    printable["fonts"] = font_list(_texts(values))
    families = {each["name"] for each in _font_lists(printable)}
    try:
        compiled = typst.compile(
            template,
            font_paths=_fonts(frozenset(families)),
            ignore_system_fonts=True,
            sys_inputs={"values": json.dumps(printable), "drawings": json.dumps([*drawings])},
            **options,
        )
    except BaseException as error:
        # A panic of the library is a BaseException, which nothing between here and the end of the
        # process would catch.
        if type(error).__name__ != "PanicException":
            raise
        raise TypesetterPanicked(template.name) from None
    return bytes(compiled)


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
    return typeset(_NAME_TEMPLATE, {"name": _name_text(name)}, format="svg")


def is_right_to_left(text: str) -> bool:
    """Whether the text begins with a letter of a right-to-left script (rules P2 and P3, UAX #9)."""
    directions = map(unicodedata.bidirectional, text)
    return next((each for each in directions if each in {"L", "R", "AL"}), "L") != "L"


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
    families = (LIBERTINUS, *SCRIPT_FAMILIES, *_han_families(text))
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
        first = JAPANESE
    elif _HANGUL.search(text):
        first = KOREAN
    else:
        han = "".join(letter for letter in text if unicodedata.category(letter) == "Lo")
        first = next(
            (family for charset, family in _CHARSETS if _encodable(han, charset)),
            SIMPLIFIED_CHINESE,
        )
    return (first, *(family for family in HAN_FAMILIES if family is not first))


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
            # Any names do; fontTools would derive those of tens of thousands of glyphs.
            font.setGlyphOrder([str(number) for number in range(font["maxp"].numGlyphs)])
            faces.append(frozenset(font.getBestCmap()))
    if not faces:
        raise FontsNotInstalled(family.name)
    return frozenset.intersection(*faces)


def _name_text(name: str) -> dict[str, Any]:
    return {"text": name, "fonts": font_list([name], spaces=True), "rtl": is_right_to_left(name)}


def _has_placed_marks(name: str) -> bool:
    """Whether the fonts place marks at the letters, or the letters join, as in Arabic."""
    text = printable_text(name).text
    return any(
        unicodedata.category(letter).startswith("M") or unicodedata.bidirectional(letter) == "AL"
        for letter in text
    )


def _printable(value: Any) -> Any:
    match value:
        case str():
            return replace_unprintable(value)
        case Mapping():
            return {key: _printable(item) for key, item in value.items()}
        case list() | tuple():
            return [_printable(item) for item in value]
    return value


def _texts(value: Any) -> Iterator[str]:
    """All texts but those that have their own fonts."""
    match value:
        case str():
            yield value
        case Mapping() if "fonts" not in value:
            for item in value.values():
                yield from _texts(item)
        case list() | tuple():
            for item in value:
                yield from _texts(item)


def _font_lists(value: Any) -> Iterator[dict[str, str]]:
    match value:
        case Mapping():
            yield from value.get("fonts", ())
            for item in value.values():
                yield from _font_lists(item)
        case list():
            for item in value:
                yield from _font_lists(item)


@lru_cache(maxsize=16)
def _fonts(families: frozenset[str]) -> typst.Fonts:
    folders = [LIBERTINUS.folder, *(_NAMED[name].folder for name in sorted(families))]
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(folder) for folder in folders],
    )
