"""The logo of a meeting folder: accepted files, and faults of others."""

import io
from pathlib import Path

import pytest
from PIL import Image

from cme_reflex.formats.input_problems import InputProblem
from cme_reflex.formats.meeting_folder.folder import inspect_folder, read_meeting_folder
from cme_reflex.formats.meeting_folder.images.logo import SIZE_LIMIT, check_logos, with_logos
from tests.support.files.folder_files import FolderFiles
from tests.support.meetings import MEETING

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} 10"><path d="M0 0h9"/></svg>'


def png(width: int, height: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height)).save(file, "PNG")
    return file.getvalue()


def faults(folder: Path) -> list[str]:
    return [f"{problem.file}: {problem.fault}" for problem in check_logos(folder)]


def test_a_folder_without_a_logo_is_right(tmp_path: Path) -> None:
    problems: list[InputProblem] = []
    meeting, images = with_logos(tmp_path, MEETING, problems)
    assert (meeting.logo, meeting.logo_dark, images, problems) == (None, None, {}, [])


def test_the_measures_of_both_kinds_are_read(tmp_path: Path) -> None:
    light, dark = tmp_path / "logo.svg", tmp_path / "logo-dark.png"
    light.write_text(SVG.format("25"))
    dark.write_bytes(png(30, 20))
    meeting, _ = with_logos(tmp_path, MEETING, [])
    found = [(logo.suffix, logo.ratio) for logo in (meeting.logo, meeting.logo_dark) if logo]
    assert found == [(light.suffix, 2.5), (dark.suffix, 1.5)]


def test_the_meeting_has_its_logos_with_their_content(files: FolderFiles) -> None:
    folder = files.write()
    (folder / "logo.svg").write_text(SVG.format("25"))
    (folder / "logo-dark.png").write_bytes(png(30, 20))
    records = read_meeting_folder(folder)
    light, dark = records.meeting.logo, records.meeting.logo_dark
    assert light is not None
    assert dark is not None
    assert (light.suffix, light.ratio) == (".svg", 2.5)
    assert (dark.suffix, dark.ratio) == (".png", 1.5)
    assert records.images == {
        light.image: SVG.format("25").encode(),
        dark.image: png(30, 20),
    }


@pytest.mark.parametrize("key", ["logo", "logo_dark"])
def test_a_logo_is_a_file_and_not_a_key(files: FolderFiles, key: str) -> None:
    files.texts["meeting.toml"] = f'{key} = "logo.svg"\n{files.texts["meeting.toml"]}'
    _, (problem,) = inspect_folder(files.write())
    assert str(problem) == (
        f"meeting.toml, {key}: The key '{key}' is unknown here. "
        "Put the picture into the folder as logo.svg or logo.png."
    )


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("logo.svg", SVG.format("50.1").encode(), "more than 5 times as wide as it is high"),
        ("logo.svg", b"<svg", "not an image with a size"),
        ("logo.svg", b"<svg viewBox='0 0 9 9'/>", "not an image with a size"),
        ("logo.svg", SVG.replace("viewBox", "box").encode(), "not an image with a size"),
        ("logo.svg", SVG.format("-3").encode(), "not an image with a size"),
        ("logo.svg", b"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg>&a;</svg>", "not an image with a size"),
        ("logo.png", SVG.format("9").encode(), "not an image with a size"),
        ("logo.png", png(51, 10), "more than 5 times as wide as it is high"),
        ("logo.png", png(9, 9) + bytes(SIZE_LIMIT), "more than 20,000"),
        ("logo-dark.png", png(9, 9), "There is no logo for light screens"),
    ],
)
def test_a_logo_that_cannot_be_shown_is_a_fault(
    tmp_path: Path, name: str, content: bytes, expected: str
) -> None:
    (tmp_path / name).write_bytes(content)
    (fault,) = faults(tmp_path)
    assert fault.startswith(f"{name}: ")
    assert expected in fault
    problems: list[InputProblem] = []
    assert with_logos(tmp_path, MEETING, problems) == (MEETING, {})
    assert problems == [*check_logos(tmp_path)]


def test_of_two_logos_one_has_to_go(tmp_path: Path) -> None:
    (tmp_path / "logo.svg").write_text(SVG.format("9"))
    (tmp_path / "logo.png").write_bytes(png(9, 9))
    assert faults(tmp_path) == ["logo.png: There is logo.svg as well."]
