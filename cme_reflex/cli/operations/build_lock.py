"""Lock that one process at a time holds while it builds or installs into the project's folder."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK = Path(".cme/build.lock")


@contextmanager
def build_lock(root: Path) -> Iterator[None]:
    """Hold the lock; waits for another process that holds it."""
    (root / LOCK).parent.mkdir(exist_ok=True)
    with (root / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
