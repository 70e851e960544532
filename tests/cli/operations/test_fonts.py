"""`cme fonts`: the fonts of certificates are installed once, and all or none."""

import json
import shutil
from pathlib import Path

import pytest

from cme_reflex.cli.errors import CliError
from cme_reflex.cli.operations import fonts
from cme_reflex.formats.pdf.fonts import NOTO_FAMILIES, FontsNotInstalled
from tests.support.cli import cme_output


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the fonts, not installed yet."""
    monkeypatch.setattr(fonts, "NOTO_FOLDER", tmp_path / "fonts")
    return tmp_path / "fonts"


@pytest.fixture
def lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the lock, to change."""
    shutil.copytree(fonts.LOCK, tmp_path / "lock")
    monkeypatch.setattr(fonts, "LOCK", tmp_path / "lock")
    return tmp_path / "lock"


def test_they_are_installed_once_in_two_weights_with_their_licenses(folder: Path) -> None:
    with pytest.raises(FontsNotInstalled):
        fonts.require_installed()
    assert fonts.install()
    fonts.require_installed()
    assert not fonts.install()
    assert {path.name for path in folder.iterdir() if path.is_dir()} == {
        family.folder.name for family in NOTO_FAMILIES
    }
    assert {len(list(path.glob("*.ttf"))) for path in folder.iterdir() if path.is_dir()} == {2}
    licenses = "".join(path.read_text() for path in (folder / "noto-serif").glob("LICENSE*"))
    assert "SIL Open Font License" in licenses


def test_what_cannot_be_installed_leaves_the_former_fonts(folder: Path, lock: Path) -> None:
    folder.mkdir()
    (folder / fonts.DIGEST).write_text("former")
    packages = json.loads((lock / "package.json").read_text())
    packages["dependencies"]["@expo-google-fonts/noto-serif"] = "0.0.0"
    (lock / "package.json").write_text(json.dumps(packages))
    with pytest.raises(CliError, match="The fonts of certificates could not be downloaded"):
        fonts.install()
    assert (folder / fonts.DIGEST).read_text() == "former"
    assert [path.name for path in folder.parent.iterdir() if path.name.startswith("tmp")] == []


def test_installed_fonts_are_up_to_date() -> None:
    assert cme_output("fonts") == (0, ["The fonts are up to date."], [])
