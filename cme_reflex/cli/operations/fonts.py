"""`cme fonts`: installation of the Noto fonts that certificates need, pinned by fonts.lock/."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import typer
from fontTools.ttLib import TTFont

from cme_reflex.cli.errors import CliError
from cme_reflex.cli.operations.build_lock import build_lock
from cme_reflex.formats.pdf.fonts import NOTO_FAMILIES, NOTO_FOLDER, FontsNotInstalled
from cme_reflex.settings import ROOT

LOCK = ROOT / "fonts.lock"
DIGEST = "lock.digest"
_FAMILIES = {family.folder.name: family.name for family in NOTO_FAMILIES}
WEIGHTS = {"400": "Regular", "600": "SemiBold"}  # those that the templates use


def fonts() -> None:
    """Install the fonts, unless they are installed. Raises CliError."""
    if not install():
        typer.echo("The fonts are up to date.")


def install() -> bool:
    """Install the fonts unless they are as in fonts.lock/. Returns whether they were installed.

    The packages have all weights and formats; only two weights are kept, as TTF. Waits for another
    process that is installing. Raises CliError if the packages cannot be downloaded.
    """
    with build_lock(ROOT):
        digest = _digest_of_lock()
        if _installed_digest() == digest:
            return False
        typer.echo("Installing the fonts of certificates …")
        NOTO_FOLDER.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=NOTO_FOLDER.parent) as folder:
            new = Path(folder) / "fonts"
            for package in _download(Path(folder)):
                _keep_faces(package, new / package.name)
            (new / DIGEST).write_text(digest)
            if NOTO_FOLDER.exists():
                shutil.rmtree(NOTO_FOLDER)
            new.rename(NOTO_FOLDER)
        return True


def require_installed() -> None:
    """Raise FontsNotInstalled if the fonts are not as in fonts.lock/."""
    if _installed_digest() != _digest_of_lock():
        raise FontsNotInstalled


def _digest_of_lock() -> str:
    files = sorted(LOCK.iterdir())
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _installed_digest() -> str | None:
    digest = NOTO_FOLDER / DIGEST
    return digest.read_text() if digest.exists() else None


def _download(folder: Path) -> Iterator[Path]:
    """Download the packages into the folder, and yield the folder of each."""
    shutil.copytree(LOCK, folder, dirs_exist_ok=True)
    bun = str(Path(sys.executable).with_name("bun"))
    command = [bun, "install", "--frozen-lockfile", "--ignore-scripts", "--no-progress"]
    done = subprocess.run(  # noqa: S603 - our own program and fixed words
        command, cwd=folder, env=os.environ, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise CliError(f"{done.stderr.strip()}\nThe fonts of certificates could not be downloaded.")
    yield from sorted((folder / "node_modules").glob("@*/*"))


def _keep_faces(package: Path, folder: Path) -> None:
    """Copy the package's faces and license to the folder; WOFF files become TTF files."""
    folder.mkdir(parents=True)
    for license_file in package.glob("LICENSE*"):
        shutil.copy(license_file, folder)
    script = package.name.split("-", 2)[-1]
    for weight, name in WEIGHTS.items():
        for face in package.rglob(f"*_{weight}{name}.ttf"):
            shutil.copy(face, folder)
        for face in package.glob(f"files/{package.name}-{script}-{weight}-normal.woff"):
            with TTFont(face, recalcTimestamp=False) as font:
                font.flavor = None
                # Typst knows a family by this name; some faces have their weight in it.
                font["name"].setName(_FAMILIES[package.name], 16, 3, 1, 0x409)
                font.save(folder / f"{face.stem}.ttf")
