"""Signatures of a meeting folder: accepted images, and faults of others with place and remedy."""

from hashlib import sha256

import pytest

from cme_reflex.domain.meetings.meeting import Signature
from cme_reflex.formats.meeting_folder.folder import inspect_folder, read_meeting_folder
from cme_reflex.formats.meeting_folder.images import signatures
from cme_reflex.formats.meeting_folder.images.signatures import SIZE_LIMIT
from tests.support.files.folder_files import FolderFiles
from tests.support.files.signature_files import png, signed

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 30">'
    '<path d="M5 25L40 5L80 25" fill="none" stroke="{}" stroke-width="3"/>{}</svg>'
)
INK = SVG.format("#16204a", "").encode()


def test_a_signature_has_the_digest_of_its_image(files: FolderFiles) -> None:
    folder = read_meeting_folder(signed(files, "chair.svg", INK).folder)
    digest = sha256(INK).hexdigest()
    assert folder.meeting.signatures == (
        Signature(image=digest, name="Kim Chair, MD", title="Chair"),
    )
    assert folder.images == {digest: INK}


@pytest.mark.parametrize(
    ("ink", "paper", "mode"),
    [((0, 0, 60), (255, 255, 255), "RGB"), ((0, 0, 0, 255), (0, 0, 0, 0), "RGBA")],
)
def test_a_png_on_white_or_transparent_ground_is_right(
    files: FolderFiles, ink: tuple[int, ...], paper: tuple[int, ...], mode: str
) -> None:
    signed(files, "chair.png", png(ink, paper, mode=mode))
    folder, problems = inspect_folder(files.folder)
    assert folder is not None
    assert problems == ()


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        (
            "chair.svg",
            None,
            "meeting.toml, signatures[1].image: There is no file 'chair.svg' in the folder."
            " Add it, or correct the name.",
        ),
        (
            "../chair.svg",
            None,
            "meeting.toml, signatures[1].image: '../chair.svg' is not the name of an SVG or PNG"
            " file in the folder. Write one such as signature.svg.",
        ),
        (
            "chair.svg",
            INK + b" " * SIZE_LIMIT,
            f"chair.svg: The file has {len(INK) + SIZE_LIMIT:,} bytes, more than 50,000."
            " Save it smaller: it is printed 150 points wide.",
        ),
        (
            "chair.png",
            INK,
            "chair.png: This is not a PNG image. Save it again as PNG, or as SVG of paths.",
        ),
        (
            "chair.png",
            png((0, 0, 0), (255, 255, 255), (4000, 1001)),
            "chair.png: It has 4,000 × 1,001 pixels, too many."
            " Save it again as PNG, or as SVG of paths.",
        ),
        (
            "chair.svg",
            b"<svg viewBox='0 0 9 9'/>",
            "chair.svg: This is not an SVG image with a viewBox."
            " Save it again as PNG, or as SVG of paths.",
        ),
        (
            "chair.svg",
            SVG.format("#000000", "<text>Kim</text>").encode(),
            "chair.svg: The drawing has <text>, and certificates draw paths only."
            " Save it again as PNG, or as SVG of paths.",
        ),
        (
            "chair.svg",
            SVG.format("#ffffff", "").encode(),
            "chair.svg: Nothing of it is seen on white paper. Save it in dark ink.",
        ),
    ],
)
def test_a_signature_that_cannot_be_printed_is_a_fault(
    files: FolderFiles, name: str, content: bytes | None, expected: str
) -> None:
    folder, problems = inspect_folder(signed(files, name, content).folder)
    assert folder is None
    assert [str(problem) for problem in problems] == [expected]


USE = '<use href="#u{}"/>'
NESTED = "".join(f'<g id="u{level + 1}">{10 * USE.format(level)}</g>' for level in range(20))


@pytest.mark.parametrize(
    ("drawn", "fault"),
    [
        (f"<defs>{NESTED}</defs>", "The drawing has <use>, and certificates draw paths only."),
        (
            '<filter id="f"><feTurbulence numOctaves="1000000"/></filter>',
            "The drawing has <filter>, and certificates draw paths only.",
        ),
        (
            '<g><pattern id="p" width="9" height="9"/></g>',
            "The drawing has <pattern>, and certificates draw paths only.",
        ),
        (
            '<path d="M0 0H80" stroke-dasharray="0.0001"/>',
            "The drawing has dashed lines, and certificates draw whole ones.",
        ),
        (
            '<g style="stroke: red; stroke-dasharray: 0.0001"><path d="M0 0H80"/></g>',
            "The drawing has dashed lines, and certificates draw whole ones.",
        ),
    ],
)
def test_a_signature_that_would_take_long_to_draw_is_refused_undrawn(
    files: FolderFiles, monkeypatch: pytest.MonkeyPatch, drawn: str, fault: str
) -> None:
    def signature_faults(svg: str) -> tuple[str, ...]:
        pytest.fail("It was drawn.")

    monkeypatch.setattr(signatures, "signature_faults", signature_faults)
    content = SVG.format("#000000", drawn).encode()
    folder, problems = inspect_folder(signed(files, "chair.svg", content).folder)
    assert folder is None
    assert [problem.fault for problem in problems] == [fault]


def test_what_editors_add_to_a_drawing_is_accepted(files: FolderFiles) -> None:
    added = (
        '<metadata><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></metadata>'
        '<i:namedview xmlns:i="http://www.inkscape.org/namespaces/inkscape"/>'
        '<defs/><title>Kim</title><path style="stroke-dasharray:none;stroke:#000" d="M0 0H80"/>'
    )
    content = SVG.format("#000000", added).encode()
    folder, problems = inspect_folder(signed(files, "chair.svg", content).folder)
    assert folder is not None
    assert problems == ()


def test_a_drawing_at_which_the_library_panics_is_damaged(files: FolderFiles) -> None:
    content = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1e-30 1e-30">'
        '<path d="M0 0L90 30" stroke="black"/></svg>'
    )
    folder, problems = inspect_folder(signed(files, "chair.svg", content.encode()).folder)
    assert folder is None
    assert [problem.fault for problem in problems] == ["The image is damaged."]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            SVG.format("#c8c8d0", "").encode(),
            "It is pale: on white paper its contrast is less than 4.5:1.",
        ),
        (
            png((0, 0, 60), (205, 200, 190)),
            "It has a background, which certificates show as a box.",
        ),
    ],
)
def test_a_signature_that_looks_poor_on_paper_is_a_warning(
    files: FolderFiles, content: bytes, expected: str
) -> None:
    name = "chair.png" if content.startswith(b"\x89") else "chair.svg"
    folder, problems = inspect_folder(signed(files, name, content).folder)
    assert folder is not None
    assert expected in [problem.fault for problem in problems]


def test_more_signatures_than_fit_are_a_fault(files: FolderFiles) -> None:
    for _ in range(5):
        signed(files, "chair.svg", INK)
    folder, problems = inspect_folder(files.folder)
    assert folder is None
    assert [problem.fault for problem in problems] == ["There are more than 4 signatures."]
