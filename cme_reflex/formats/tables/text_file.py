"""Reading of files with a size limit; text is UTF-8, with or without a byte order mark."""

import re
from contextlib import suppress
from pathlib import Path

from cme_reflex.formats import input_limits
from cme_reflex.formats.input_limits import Limit
from cme_reflex.formats.input_problems import InputProblem, InvalidInput

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
# Signs and capitals within a word, and three letters outside ASCII in a row.
_NOT_WESTERN = re.compile(
    "[a-zß-öø-ÿ](?:[À-ÖØ-ÞŒŠŽŸ]|[^\\W\\d_]*[¡¢£¤¥¦§¨©ª¬¯±²³´µ¶¸¹º¼½¾¿×÷†‡ˆ‰‹›˜ƒ][a-zß-öø-ÿ])"
    "|[À-ÖØ-öø-ÿŒœŠšŽžŸ]{3}|[\x00-\x08\x0e-\x1f\x7f]"
)
_WORKBOOK = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # signatures of XLSX and the older XLS


def read_text(path: Path, limit: Limit | None = None) -> str:
    """Read a text file. Raises InvalidInput if it is missing, too large or not UTF-8."""
    missing = "Put it in the meeting's folder."
    return decode_text(path.name, read_bytes(path, limit, missing=missing))


def read_bytes(
    path: Path, limit: Limit | None = None, *, missing: str = "Check its name."
) -> bytes:
    """Read a binary file. Raises InvalidInput if it cannot be read or is too large.

    The limit is FILE_BYTES unless another is given; `missing` is the remedy if there is no such
    file.
    """
    limit = limit or input_limits.FILE_BYTES
    try:
        with path.open("rb") as file:
            # One byte more than the limit, because a pipe has no known size.
            data = file.read(limit.maximum + 1)
    except FileNotFoundError:
        raise _invalid(path.name, "The file is missing.", missing) from None
    except OSError as error:
        fault = f"The file cannot be read: {error.strerror}."
        raise _invalid(path.name, fault, "Check it.") from error
    if len(data) > limit.maximum:
        raise InvalidInput([limit.problem(path.name)])
    return data


def decode_text(name: str, data: bytes) -> str:
    """Decode a file's bytes as text. Raises InvalidInput if they are not UTF-8."""
    if data.startswith(_UTF_16):
        raise _invalid(name, "This is UTF-16.", "Save the file as UTF-8.")
    if data.startswith(_WORKBOOK):
        remedy = "Save the sheet as CSV in UTF-8, or convert it."
        raise _invalid(name, "This is a workbook, not text.", remedy)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _invalid(name, "This is not UTF-8.", "Save the file as UTF-8.", row=line) from None


def decode_foreign_text(name: str, data: bytes) -> tuple[str, str]:
    """The text of another program's file, and what to tell of its encoding if that was found out.

    Besides UTF-8 it may be UTF-16, as Excel's "Unicode Text", and Windows-1252, as its "CSV", where
    all of its letters are such as occur in that encoding. Raises InvalidInput otherwise.
    """
    if data.startswith(_UTF_16):
        with suppress(UnicodeDecodeError):
            return data.decode("utf-16"), "The text is read as UTF-16."
    try:
        return decode_text(name, data), ""
    except InvalidInput:
        if data.startswith((*_UTF_16, *_WORKBOOK)):
            raise
        with suppress(UnicodeDecodeError):
            text = data.decode("cp1252")
            if example := _western_example(text):
                return text, f"The text is read as Windows-1252, such as {example!r}."
        raise


def _western_example(text: str) -> str:
    """A word with letters of Windows-1252; empty if other words do not look like it.

    In other encodings the same bytes are capitals and signs within words, or words without any
    letter of ASCII.
    """
    words = [word for word in text.split() if not word.isascii()]
    if any(_NOT_WESTERN.search(word) for word in words):
        return ""
    return next((word.strip(",;\"'")[:40] for word in words), "")


def _invalid(name: str, fault: str, remedy: str, row: int | None = None) -> InvalidInput:
    return InvalidInput([InputProblem(name, row, None, fault, remedy)])
