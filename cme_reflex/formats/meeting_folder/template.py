"""The folder that a new meeting starts from: the files in templates/, with its code."""

import re
import shutil
import tempfile
from pathlib import Path

FILES = ("meeting.toml", "sessions.csv", "attendees.csv", "members.csv")

_TEMPLATE = Path(__file__).parent / "templates"
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")  # it is a folder's name, and stands in addresses


class InvalidMeetingCode(ValueError):
    """The text cannot be a meeting's code."""


def write_template(folder: Path, code: str) -> tuple[str, ...]:
    """Write the template for this code as a new folder, whole or not at all; the files' names.

    Raises InvalidCode, FileExistsError where the folder is there, OSError where
    it cannot be written.
    """
    if not _CODE.fullmatch(code):
        raise InvalidMeetingCode(code)
    if folder.exists():
        raise FileExistsError(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{code}.") as made:
        begun = Path(made) / code
        begun.mkdir()
        for name in FILES:
            text = (_TEMPLATE / name).read_text(encoding="utf-8")
            (begun / name).write_text(text.replace("CODE", code), encoding="utf-8")
        shutil.move(begun, folder)
    return FILES
