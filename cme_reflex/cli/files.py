"""Input folders and output files of commands."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cme_reflex.cli.errors import CliError
from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.formats.meeting_folder.keys import MEETING_TOML
from cme_reflex.formats.meeting_folder.meeting_toml import read_meeting
from cme_reflex.settings import settings


def require_folder(path: Path) -> None:
    """Raise CliError if the folder does not exist."""
    if not path.is_dir():
        raise CliError(f"There is no folder {path}.")


def find_meeting(folder: Path | None) -> Meeting | None:
    """The meeting of this folder, or else of the folder that CME_MEETING names.

    None if no folder is given, and CME_MEETING is not set or has no folder in CME_MEETINGS.
    Raises CliError if there is no such folder, and InvalidInput for faults of its meeting.toml.
    """
    if folder is None:
        configured = settings()
        folder = configured.meetings / configured.meeting
        if not configured.meeting or not folder.is_dir():
            return None
    require_folder(folder)
    return read_meeting(folder / MEETING_TOML)


@contextmanager
def written_together(
    out: Path, names: Sequence[str], *, force: bool, elsewhere: str = "another --out"
) -> Iterator[Path]:
    """A temporary folder for these files, which are moved to `out` when all are complete.

    Raises CliError if a file exists and `force` is not set, or `out` is not a folder; it proposes
    what is `elsewhere`.
    """
    existing = [name for name in names if (out / name).exists()]
    if existing and not force:
        raise CliError(
            f"{out / existing[0]} already exists. Replace it with --force, or choose {elsewhere}."
        )
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out, prefix=".cme-") as folder:
            yield Path(folder)
            for name in names:
                shutil.move(Path(folder) / name, out / name)
    except (FileExistsError, NotADirectoryError, PermissionError) as error:
        raise CliError(f"{out} cannot be written to: {error.strerror}.") from None
