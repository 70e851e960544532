"""Width and height of PNG and SVG images, read without drawing them."""

from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def png_size(content: bytes) -> tuple[int, int] | None:
    """Width and height in pixels; None if this is no PNG with a size."""
    size = int.from_bytes(content[16:20]), int.from_bytes(content[20:24])
    return size if content.startswith(_PNG_SIGNATURE) and all(size) else None


def svg_drawing(content: bytes) -> tuple[Any, tuple[float, float]] | None:
    """The root element of an SVG, with the size of its viewBox; None if it has no size."""
    try:
        drawing = fromstring(content)
        *_, width, height = map(float, drawing.get("viewBox", "").replace(",", " ").split())
    except (DefusedXmlException, ParseError, ValueError):
        return None
    has_size = drawing.tag.endswith("}svg") and width > 0 and height > 0
    return (drawing, (width, height)) if has_size else None
