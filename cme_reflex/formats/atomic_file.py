"""Files that appear only when they are complete."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


@contextmanager
def atomic_write(path: Path) -> Iterator[BinaryIO]:
    """Write a file that appears at `path`, synced to disk, only after the block succeeds.

    Only the user of the process can read it.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def replace_content(path: Path, content: bytes) -> None:
    """Replace the content of a file at once; it keeps its permissions, and a link its target."""
    file = path.resolve()
    with atomic_write(file) as new:
        new.write(content)
        os.fchmod(new.fileno(), file.stat().st_mode & 0o777)
