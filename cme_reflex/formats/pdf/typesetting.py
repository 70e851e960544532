"""Typesetting of a template with Typst, with only the fonts that its texts need."""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

from cme_reflex.formats.pdf.fonts import (
    LIBERTINUS,
    NOTO_FAMILIES,
    font_list,
    replace_unprintable,
)

TEMPLATES = Path(__file__).parent / "templates"

_NAMED = {family.name: family for family in (LIBERTINUS, *NOTO_FAMILIES)}


def typeset(template: Path, values: Mapping[str, Any], **options: Any) -> bytes:
    """Compile the template; `options` are those of `typst.compile`.

    The template has the values in `sys.inputs.values` as JSON, with □ for what cannot be printed,
    and the Noto families that they need as `fonts`, for `font-list` of templates/fonts.typ.
    Raises FontsNotInstalled. This takes a tenth of a second of CPU time, so call it in a thread.
    """
    printable = _printable(values)
    printable["fonts"] = font_list(_texts(values))
    families = {each["name"] for each in _font_lists(printable)}
    compiled = typst.compile(
        template,
        font_paths=_fonts(frozenset(families)),
        ignore_system_fonts=True,
        sys_inputs={"values": json.dumps(printable)},
        **options,
    )
    return bytes(compiled)


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


@lru_cache(maxsize=32)
def _fonts(families: frozenset[str]) -> typst.Fonts:
    folders = [LIBERTINUS.folder, *(_NAMED[name].folder for name in sorted(families))]
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(folder) for folder in folders],
    )
