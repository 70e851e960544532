"""Images of signatures, as certificates draw them: an SVG, into which a PNG is put.

They are drawn on white paper by the certificate's typesetting, and checked as drawn.
"""

import base64
import io
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import typst
from PIL import Image

from cme_reflex.domain.meetings.color_contrast import WHITE, contrast_ratio
from cme_reflex.formats.image_size import png_size, svg_drawing
from cme_reflex.formats.pdf.typesetting import TEMPLATES, TypesetterPanicked, typeset

PNG, SVG = ".png", ".svg"
MAX_PIXELS = 4_000_000  # of a PNG; a few kilobytes may hold many more

_TEMPLATE = TEMPLATES / "signature.typ"
_EMBEDDED = b"data:image/png;base64,"
_NAMESPACE = "{http://www.w3.org/2000/svg}"
# What takes no longer to draw than to read. References, filters, patterns and dashes take any time.
_SHAPES = ("path", "rect", "circle", "ellipse", "line", "polyline", "polygon")
_GRADIENTS = ("linearGradient", "radialGradient", "stop")
_DRAWN = frozenset(("svg", "g", "defs", "title", "desc", "metadata", "", *_SHAPES, *_GRADIENTS))
_DASHES = re.compile(r"^[^;]*[1-9]|stroke-dasharray\s*:[^;]*[1-9]")
_PAPER = 1.15  # contrast to white below which paper looks blank
_INK = 4.5  # contrast to white from which ink is easily read, WCAG 1.4.3
_BORDER = 0.5  # share of a border that is not blank where the picture has a background
_INKED = 0.25  # share of what is not blank that has the contrast of ink


class NoSignatureImage(ValueError):
    """The file is not an image that certificates can draw; the message says why."""


def signature_svg(content: bytes, suffix: str) -> str:
    """The image of a file with this suffix, as an SVG. Raises NoSignatureImage."""
    return _svg_of_png(content) if suffix == PNG else _checked_svg(content)


def _svg_of_png(content: bytes) -> str:
    size = png_size(content)
    if size is None:
        raise NoSignatureImage("This is not a PNG image.")
    width, height = size
    if width * height > MAX_PIXELS:
        raise NoSignatureImage(f"It has {width:,} × {height:,} pixels, too many.")
    data = base64.b64encode(content).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" href="{_EMBEDDED.decode()}{data}"/></svg>'
    )


def embedded_png(svg: bytes) -> bytes | None:
    """The PNG from which `signature_svg` made this image; None if it was an SVG."""
    # An SVG with a picture in it is rejected, so this one is ours.
    _, found, rest = svg.partition(_EMBEDDED)
    return base64.b64decode(rest.partition(b'"')[0]) if found else None


def _checked_svg(content: bytes) -> str:
    found = svg_drawing(content)
    if found is None or found[0].tag != f"{_NAMESPACE}svg":
        raise NoSignatureImage("This is not an SVG image with a viewBox.")
    drawing, _ = found
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise NoSignatureImage("This is not an SVG image with a viewBox.") from None
    for element in drawing.iter():
        name = _name(element)
        if name not in _DRAWN:
            raise NoSignatureImage(f"The drawing has <{name}>, and certificates draw paths only.")
        if _DASHES.search(f"{element.get('stroke-dasharray', '')};{element.get('style', '')}"):
            raise NoSignatureImage(
                "The drawing has dashed lines, and certificates draw whole ones."
            )
    return text


def _name(element: Any) -> str:
    """The element's name in SVG; an empty one for what editors add in namespaces of their own."""
    tag = str(element.tag)
    return tag.removeprefix(_NAMESPACE) if tag.startswith(_NAMESPACE) else ""


@lru_cache(maxsize=64)
def signature_faults(svg: str) -> tuple[str, ...]:
    """What is wrong with the image on white paper: ``empty``, ``pale`` and ``background``.

    Raises NoSignatureImage if it cannot be drawn.
    """
    try:
        drawn = typeset(_TEMPLATE, {}, drawings=[svg], format="png", ppi=72)
    except (typst.TypstError, TypesetterPanicked):
        raise NoSignatureImage("The image is damaged.") from None
    image = Image.open(io.BytesIO(drawn)).convert("RGB")
    colors = image.getcolors(maxcolors=image.width * image.height) or []
    shown = sum(count for count, color in colors if _contrast(color) >= _PAPER)
    inked = sum(count for count, color in colors if _contrast(color) >= _INK)
    if not shown:
        return ("empty",)
    faults = ["pale"] if inked < _INKED * shown else []
    border = [*_border(image)]
    if sum(_contrast(color) >= _PAPER for color in border) > _BORDER * len(border):
        faults.append("background")
    return tuple(faults)


def _border(image: Image.Image) -> Iterator[Any]:
    right, bottom = image.width - 1, image.height - 1
    places = [(x, y) for x in range(image.width) for y in (0, bottom)]
    places += [(x, y) for y in range(image.height) for x in (0, right)]
    return map(image.getpixel, places)


@lru_cache(maxsize=4096)
def _contrast(color: Any) -> float:
    return contrast_ratio("#" + bytes(color).hex(), WHITE)
