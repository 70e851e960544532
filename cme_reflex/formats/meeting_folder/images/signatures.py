"""The signatures of meeting.toml, whose images are files of the folder."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from cme_reflex.domain.meetings.meeting import Meeting, Signature
from cme_reflex.formats.input_problems import InputProblem, Severity
from cme_reflex.formats.meeting_folder.toml_problems import toml_fault
from cme_reflex.formats.pdf.signature_image import (
    NoSignatureImage,
    signature_faults,
    signature_svg,
)

MAX_SIGNATURES = 4  # side by side on the face of a certificate
SIZE_LIMIT = 50_000  # bytes; it is in every certificate

_FILE_NAME = re.compile(r"[\w-][\w. -]*\.(svg|png)")
_ON_PAPER = {
    "empty": ("Nothing of it is seen on white paper.", "Save it in dark ink."),
    "pale": (
        "It is pale: on white paper its contrast is less than 4.5:1.",
        "Save it in darker ink.",
    ),
    "background": (
        "It has a background, which certificates show as a box.",
        "Save it on white, or with a transparent background.",
    ),
}
_FAULTS = frozenset({"empty"})  # the others are warnings


def with_signatures(
    folder: Path, meeting: Meeting, problems: list[InputProblem]
) -> tuple[Meeting, Mapping[str, bytes]]:
    """The meeting with the digests of its signatures' images in place of their file names.

    Beside it the images as SVG by their digests. Adds what is wrong with the files.
    """
    if len(meeting.signatures) > MAX_SIGNATURES:
        fault = f"There are more than {MAX_SIGNATURES} signatures."
        problems.append(toml_fault("signatures", fault, "Leave some out: they stand side by side."))
        return meeting, {}
    images: dict[str, bytes] = {}
    signatures: list[Signature] = []
    for number, each in enumerate(meeting.signatures):
        svg = _read(folder, each.image, ("signatures", number, "image"), problems)
        if svg is not None:
            content = svg.encode()
            digest = sha256(content).hexdigest()
            images[digest] = content
            signatures.append(replace(each, image=digest))
    return replace(meeting, signatures=tuple(signatures)), images


def _read(
    folder: Path, name: str, place: tuple[str | int, ...], problems: list[InputProblem]
) -> str | None:
    """The image as SVG; None after adding a fault."""
    if not _FILE_NAME.fullmatch(name):
        fault = f"{name!r} is not the name of an SVG or PNG file in the folder."
        problems.append(toml_fault(place, fault, "Write one such as signature.svg."))
        return None
    file = folder / name
    if not file.is_file():
        fault = f"There is no file {name!r} in the folder."
        problems.append(toml_fault(place, fault, "Add it, or correct the name."))
        return None
    size = file.stat().st_size
    if size > SIZE_LIMIT:
        fault = f"The file has {size:,} bytes, more than {SIZE_LIMIT:,}."
        problems.append(_problem(name, fault, "Save it smaller: it is printed 150 points wide."))
        return None
    try:
        svg = signature_svg(file.read_bytes(), file.suffix)
        problems += _on_paper(name, svg)
    except NoSignatureImage as fault:
        problems.append(_problem(name, str(fault), "Save it again as PNG, or as SVG of paths."))
        return None
    return svg


def _on_paper(name: str, svg: str) -> Iterator[InputProblem]:
    for kind in signature_faults(svg):
        severity = Severity.FAULT if kind in _FAULTS else Severity.WARNING
        yield replace(_problem(name, *_ON_PAPER[kind]), severity=severity)


def _problem(name: str, fault: str, remedy: str) -> InputProblem:
    return InputProblem(name, None, None, fault, remedy)
