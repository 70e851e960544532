"""Text files as societies send them: UTF-8, with or without a byte order mark, within limits."""

from pathlib import Path

from cme_reflex.exchange.problems import FaultyFolder, Problem

SIZE_LIMIT = 20_000_000  # bytes; a hundred times the programme of the largest meeting known


def read_text(path: Path) -> str:
    """The text of the file. Raises FaultyFolder where it is missing, too large or not UTF-8."""
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= SIZE_LIMIT else b""
    except FileNotFoundError:
        raise _faulty(path, "The file is missing.", "Put it into the meeting's folder.") from None
    except OSError as error:
        raise _faulty(path, f"The file cannot be read: {error.strerror}.", "Check it.") from error
    if size > SIZE_LIMIT:
        limit = f"{SIZE_LIMIT // 1_000_000} MB"
        raise _faulty(path, f"The file is larger than {limit}.", "Leave out what is not needed.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _faulty(path, "This is not UTF-8.", "Save the file as UTF-8.", row=line) from None


def _faulty(path: Path, fault: str, remedy: str, row: int | None = None) -> FaultyFolder:
    return FaultyFolder([Problem(path.name, row, None, fault, remedy)])
