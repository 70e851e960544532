"""Template of a new meeting folder: the files in templates/ with the meeting's code."""

import re
import shutil
import tempfile
from pathlib import Path

FILES = ("meeting.toml", "sessions.csv", "attendees.csv", "members.csv")

_TEMPLATE = Path(__file__).parent / "templates"
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")  # used as folder name and in URLs


class InvalidMeetingCode(ValueError):
    """The text cannot be a meeting's code."""


def write_template(folder: Path, code: str) -> tuple[str, ...]:
    """Write the template with this code to a new folder, atomically; return the file names.

    Raises InvalidMeetingCode, FileExistsError if the folder exists, and OSError if
    it cannot be written.
    """
    if not _CODE.fullmatch(code):
        raise InvalidMeetingCode(code)
    if folder.exists():
        raise FileExistsError(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{code}.") as temporary:
        partial = Path(temporary) / code
        partial.mkdir()
        for name in FILES:
            text = (_TEMPLATE / name).read_text(encoding="utf-8")
            (partial / name).write_text(text.replace("CODE", code), encoding="utf-8")
        shutil.move(partial, folder)
    return FILES
