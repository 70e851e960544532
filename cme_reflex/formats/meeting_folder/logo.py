"""The meeting's logo, which may lie in its folder: logo.svg or logo.png, and another for the dark.

Its measures are read here, so that a page can leave the room for it before it has come.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from cme_reflex.formats.input_problems import InputProblem, InvalidInput

LIGHT, DARK = "logo", "logo-dark"
EXTENSIONS = (".svg", ".png")
SIZE_LIMIT = 20_000  # bytes; everybody loads it with the first page, a phone's slow line too
MAX_ASPECT_RATIO = (
    5  # times its height: it stands beside the meeting's name in the header of a phone
)

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture. Only the ratio of its width to its height counts."""

    file: Path
    ratio: float


def find_logos(folder: Path) -> tuple[Logo | None, Logo | None]:
    """The logo for light and the one for dark screens. Raises InvalidInput where one is not right.

    Without one for the dark the other is shown there, too.
    """
    if problems := tuple(check_logos(folder)):
        raise InvalidInput(problems)
    return _logo(folder, LIGHT), _logo(folder, DARK)


def check_logos(folder: Path) -> Iterator[InputProblem]:
    """What is wrong with the logos of this folder."""
    light, dark = (_logo_files(folder, name) for name in (LIGHT, DARK))
    for files in (light, dark):
        if len(files) > 1:
            yield _fault(files[1], f"There is {files[0].name} as well.", "Keep one of them.")
        for file in files:
            yield from _check_file(file)
    if dark and not light:
        yield _fault(dark[0], "There is none for light screens.", "Add a logo.svg or logo.png.")


def _logo(folder: Path, name: str) -> Logo | None:
    files = _logo_files(folder, name)
    return Logo(files[0], _aspect_ratio(files[0])) if files else None


def _check_file(file: Path) -> Iterator[InputProblem]:
    size = file.stat().st_size
    if size > SIZE_LIMIT:
        fault = f"The file has {size:,} bytes, more than {SIZE_LIMIT:,}."
        yield _fault(file, fault, "Save it smaller: it is shown 28 pixels high.")
        return
    ratio = _aspect_ratio(file)
    if not ratio:
        yield _fault(file, "This is no picture with a size.", "Save it anew as PNG, or as SVG.")
    elif ratio > MAX_ASPECT_RATIO:
        fault = f"The picture is more than {MAX_ASPECT_RATIO} times as wide as it is high."
        yield _fault(file, fault, "Use the sign without the words: the name stands beside it.")


def _logo_files(folder: Path, name: str) -> list[Path]:
    return [file for kind in EXTENSIONS if (file := folder / f"{name}{kind}").is_file()]


def _aspect_ratio(file: Path) -> float:
    """The width for a height of 1; 0 where the file is no picture or does not tell."""
    content = file.read_bytes()
    if file.suffix == ".png":
        width, height = int.from_bytes(content[16:20]), int.from_bytes(content[20:24])
        return width / height if content.startswith(_PNG_SIGNATURE) and height else 0
    try:
        drawing = fromstring(content)
        *_, wide, high = map(float, drawing.get("viewBox", "").replace(",", " ").split())
    except (DefusedXmlException, ParseError, ValueError):
        return 0
    return wide / high if drawing.tag.endswith("}svg") and wide > 0 and high > 0 else 0


def _fault(file: Path, fault: str, remedy: str) -> InputProblem:
    return InputProblem(file.name, None, None, fault, remedy)
