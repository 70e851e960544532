"""The meeting's optional logo: logo.svg or logo.png in its folder, and logo-dark for dark mode.

Its aspect ratio is read here, so that a page can reserve space for it before it has loaded.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from cme_reflex.domain.meetings.meeting import Logo, Meeting
from cme_reflex.formats.image_size import png_size, svg_drawing
from cme_reflex.formats.input_problems import InputProblem

LIGHT, DARK = "logo", "logo-dark"
EXTENSIONS = (".svg", ".png")
SIZE_LIMIT = 20_000  # bytes; it loads with the first page, also on slow phone connections
MAX_ASPECT_RATIO = 5  # width to height; it is beside the meeting's name in a phone's header


def with_logos(
    folder: Path, meeting: Meeting, problems: list[InputProblem]
) -> tuple[Meeting, Mapping[str, bytes]]:
    """The meeting with its logos, and their content by digest. Adds the faults of the files."""
    faults = [*check_logos(folder)]
    problems += faults
    if faults:
        return meeting, {}
    images: dict[str, bytes] = {}

    def stored(name: str) -> Logo | None:
        files = _logo_files(folder, name)
        if not files:
            return None
        content = files[0].read_bytes()
        digest = sha256(content).hexdigest()
        images[digest] = content
        return Logo(image=digest, suffix=files[0].suffix, ratio=_aspect_ratio(files[0]))

    return replace(meeting, logo=stored(LIGHT), logo_dark=stored(DARK)), images


def check_logos(folder: Path) -> Iterator[InputProblem]:
    """The faults of the logos in this folder."""
    light, dark = (_logo_files(folder, name) for name in (LIGHT, DARK))
    for files in (light, dark):
        if len(files) > 1:
            yield _fault(files[1], f"There is {files[0].name} as well.", "Keep one of them.")
        for file in files:
            yield from _check_file(file)
    if dark and not light:
        yield _fault(dark[0], "There is no logo for light screens.", "Add a logo.svg or logo.png.")


def logo_files(folder: Path) -> list[Path]:
    """All files in the folder that are logos by their names."""
    return [*_logo_files(folder, LIGHT), *_logo_files(folder, DARK)]


def _check_file(file: Path) -> Iterator[InputProblem]:
    size = file.stat().st_size
    if size > SIZE_LIMIT:
        fault = f"The file has {size:,} bytes, more than {SIZE_LIMIT:,}."
        yield _fault(file, fault, "Save it smaller: it is shown 28 pixels high.")
        return
    ratio = _aspect_ratio(file)
    if not ratio:
        yield _fault(file, "This is not an image with a size.", "Save it again as PNG or SVG.")
    elif ratio > MAX_ASPECT_RATIO:
        fault = f"The picture is more than {MAX_ASPECT_RATIO} times as wide as it is high."
        yield _fault(file, fault, "Use the symbol without the words: the name is shown beside it.")


def _logo_files(folder: Path, name: str) -> list[Path]:
    return [file for kind in EXTENSIONS if (file := folder / f"{name}{kind}").is_file()]


def _aspect_ratio(file: Path) -> float:
    """The ratio of width to height; 0 if the file is not an image or has no size."""
    content = file.read_bytes()
    if file.suffix == ".png":
        size: tuple[float, float] | None = png_size(content)
    else:
        drawing = svg_drawing(content)
        size = drawing[1] if drawing else None
    return size[0] / size[1] if size else 0


def _fault(file: Path, fault: str, remedy: str) -> InputProblem:
    return InputProblem(file.name, None, None, fault, remedy)
