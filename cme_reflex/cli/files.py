"""Files and folders that commands are given, and files that they write."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cme_reflex.cli.errors import CliError


def require_folder(path: Path) -> None:
    """Raise CliError where there is no such folder."""
    if not path.is_dir():
        raise CliError(f"There is no folder {path}.")


@contextmanager
def written_together(out: Path, names: Sequence[str], *, force: bool) -> Iterator[Path]:
    """A folder to write these files into; they come to `out` when all of them are whole.

    Raises CliError where one is there already and is not to be replaced, or `out` is no folder.
    """
    there = [name for name in names if (out / name).exists()]
    if there and not force:
        raise CliError(
            f"{out / there[0]} is there already. Replace it with --force, or choose another --out."
        )
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out, prefix=".cme-") as folder:
            yield Path(folder)
            for name in names:
                # These are people's records: nobody else on the machine reads them.
                (Path(folder) / name).chmod(0o600)
                shutil.move(Path(folder) / name, out / name)
    except (FileExistsError, NotADirectoryError, PermissionError) as error:
        raise CliError(f"{out} cannot be written to: {error.strerror}.") from None
