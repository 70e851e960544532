"""`cme build`: build of the frontend, skipped if its sources did not change."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

import typer

from cme_reflex.cli.errors import CliError
from cme_reflex.cli.operations import fonts
from cme_reflex.cli.operations.build_lock import build_lock
from cme_reflex.files.permissions import PUBLIC_UMASK
from cme_reflex.settings import ROOT

BUILT = Path(".web/build/client")
DIGEST = Path(".web/build/cme.digest")
LOG = Path(".cme/build.log")
LOG_TAIL = 30  # lines of the log that are shown when a build fails


def build(root: Path = ROOT) -> bool:
    """Install the fonts and build the frontend, unless it is up to date; whether it was built.

    Waits for another process that is building. Raises CliError with the end of the log if the
    build fails.
    """
    fonts.install()
    with build_lock(root):
        sources = _digest_of_sources(root)
        if _built_from(root) == (sources, _digest_of_lock(root)):
            typer.echo("The frontend is up to date.")
            return False
        typer.echo("Building the frontend; the first time this takes up to a minute …")
        (root / DIGEST).unlink(missing_ok=True)
        _export(root)
        # The lock's digest is computed again, because Reflex may have updated it. That of the
        # sources is not, because changes made meanwhile are not in this build.
        (root / DIGEST).write_text(f"{sources} {_digest_of_lock(root)}")
        return True


def require_built(root: Path = ROOT) -> None:
    """Raise CliError if the frontend is not built."""
    if _built_from(root) is None:
        raise CliError("The frontend is not built. Build it with: cme build")


def _digest_of_sources(root: Path) -> str:
    """Digest of the frontend's sources and Reflex's version."""
    files = [root / "rxconfig.py"]
    files += (root / "cme_reflex").rglob("*.py")
    files += (root / "assets").rglob("*")
    files += (root / "cme_reflex").rglob("templates/*")
    return f"{version('reflex')}-{_digest(files)}"


def _digest_of_lock(root: Path) -> str:
    """Digest of the versions of the JavaScript packages."""
    return _digest((root / "reflex.lock").rglob("*"))


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in sorted(file for file in files if file.is_file()):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        digest.update(f"{file} {content}\n".encode())
    return digest.hexdigest()


def _built_from(root: Path) -> tuple[str, str] | None:
    """The digests of the current build's sources and lock, or None without a build."""
    if not (root / BUILT / "index.html").exists() or not (root / DIGEST).exists():
        return None
    sources, _, lock = (root / DIGEST).read_text().partition(" ")
    return sources, lock


def _export(root: Path) -> None:
    environment = {
        **os.environ,
        # `bun` is installed in this environment; Reflex uses the one on PATH.
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    command = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"]
    with (root / LOG).open("w") as log:
        completed = subprocess.run(  # noqa: S603 - our own interpreter and fixed words
            command,
            cwd=root,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
            # The build has no personal data, and the proxy serves away.html from it.
            umask=PUBLIC_UMASK,
        )
    if completed.returncode != 0 or not (root / BUILT / "index.html").exists():
        tail = (root / LOG).read_text(errors="replace").splitlines()[-LOG_TAIL:]
        end = "\n".join(tail)
        raise CliError(f"{end}\nThe frontend could not be built; the whole log is in {LOG}.")
