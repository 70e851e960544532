"""Template of a new meeting folder: the files in templates/ with the meeting's code."""

import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

FILES = ("meeting.toml", "sessions.csv", "attendees.csv", "members.csv")

_TEMPLATE = Path(__file__).parent / "templates"
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")  # used as folder name and in URLs


class InvalidMeetingCode(ValueError):
    """The text cannot be a meeting's code."""


def require_code(code: str) -> None:
    """Raise InvalidMeetingCode if this cannot be a meeting's code."""
    if not _CODE.fullmatch(code):
        raise InvalidMeetingCode(code)


def contents(code: str) -> dict[str, bytes]:
    """The content of the template's files for this code, by name. Raises InvalidMeetingCode."""
    require_code(code)
    texts = {name: (_TEMPLATE / name).read_text(encoding="utf-8") for name in FILES}
    return {name: text.replace("CODE", code).encode() for name, text in texts.items()}


def write_new_folder(folder: Path, code: str, files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Write the files of a meeting to a new folder, atomically; return their names.

    Raises InvalidMeetingCode, FileExistsError if the folder exists, and OSError if
    it cannot be written.
    """
    require_code(code)
    if folder.exists():
        raise FileExistsError(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{code}.") as temporary:
        partial = Path(temporary) / code
        partial.mkdir()
        for name, content in files.items():
            (partial / name).write_bytes(content)
        shutil.move(partial, folder)
    return tuple(files)
