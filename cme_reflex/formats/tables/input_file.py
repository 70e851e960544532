"""A file to convert: read within the limit, and none of the kinds that nobody can read."""

from dataclasses import dataclass
from pathlib import Path

from cme_reflex.formats.input_problems import InputProblem, InvalidInput
from cme_reflex.formats.tables.text_file import read_bytes

_OLD_EXCEL = b"\xd0\xcf\x11\xe0"  # an .xls, and also a workbook under a password


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file that was read: its name for messages, its bytes, and the name of a sheet in it."""

    name: str
    data: bytes
    sheet: str = ""

    def invalid(self, fault: str, remedy: str, row: int | None = None) -> InvalidInput:
        """The exception that says what is wrong with the whole file."""
        return InvalidInput([InputProblem(self.name, row, None, fault, remedy)])


def read_input_file(path: Path, sheet: str = "") -> InputFile:
    """The file. Raises InvalidInput where it cannot be read, is too large or is empty."""
    source = InputFile(path.name, read_bytes(path), sheet)
    if not source.data.strip():
        raise source.invalid("The file is empty.", "Export it again.")
    if source.data.startswith(_OLD_EXCEL):
        fault = "This is an old Excel file, or one with a password."
        raise source.invalid(fault, "Save it as .xlsx without a password.")
    if source.data.startswith(b"%PDF"):
        raise source.invalid("This is a PDF.", "Ask for the file that it was made from.")
    return source
