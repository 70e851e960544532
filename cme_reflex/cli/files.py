"""Input folders and output files of commands."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cme_reflex.cli.errors import CliError


def require_folder(path: Path) -> None:
    """Raise CliError if the folder does not exist."""
    if not path.is_dir():
        raise CliError(f"There is no folder {path}.")


@contextmanager
def written_together(out: Path, names: Sequence[str], *, force: bool) -> Iterator[Path]:
    """A temporary folder for these files, which are moved to `out` when all are complete.

    Raises CliError if a file exists and `force` is not set, or `out` is not a folder.
    """
    existing = [name for name in names if (out / name).exists()]
    if existing and not force:
        raise CliError(
            f"{out / existing[0]} already exists. Replace it with --force, or choose another --out."
        )
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out, prefix=".cme-") as folder:
            yield Path(folder)
            for name in names:
                shutil.move(Path(folder) / name, out / name)
    except (FileExistsError, NotADirectoryError, PermissionError) as error:
        raise CliError(f"{out} cannot be written to: {error.strerror}.") from None
