"""Private files: whatever this program writes, only the user whom it runs as can read.

Databases, backups, exports, reports and mail contain personal data and sign-in links. All commands
and the server run with a umask that makes every new file and folder private, whatever the umask of
the shell or of systemd. Only the frontend's build is public (`cli/operations/frontend.py`).
"""

import logging
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

PRIVATE_UMASK = 0o077  # files get 0600, folders 0700
PUBLIC_UMASK = 0o022  # a web server of another user reads the frontend's build
_OF_OTHERS = 0o077  # the permissions of the group and of others

logger = logging.getLogger(__name__)


@contextmanager
def private_umask() -> Iterator[None]:
    """Create all files and folders of this process for its user alone, until the block ends."""
    before = os.umask(PRIVATE_UMASK)
    try:
        yield
    finally:
        os.umask(before)


def make_private(paths: Iterable[Path]) -> None:
    """Take the permissions of others from files and folders of an earlier version, and warn."""
    for path in paths:
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
            if not mode & _OF_OTHERS:
                continue
            path.chmod(mode & ~_OF_OTHERS)
        except FileNotFoundError:
            continue
        except OSError as error:
            logger.warning("%s can be read by other users: %s.", path, error.strerror)
        else:
            logger.warning("%s could be read by other users; now it is private.", path)
