"""Input file of a conversion, with checks for size and unsupported file types."""

from dataclasses import dataclass, field
from pathlib import Path

from cme_reflex.formats.input_limits import InputMeter
from cme_reflex.formats.input_problems import InputProblem, InvalidInput
from cme_reflex.formats.tables.text_file import read_bytes

OLE_SIGNATURE = b"\xd0\xcf\x11\xe0"  # of an .xls file, or of a workbook with a password


@dataclass(frozen=True, slots=True)
class InputFile:
    """The name of a file for messages, its bytes, the sheet to read, and what was read of it."""

    name: str
    data: bytes
    sheet: str = ""
    meter: InputMeter = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "meter", InputMeter(self.name))

    def invalid(self, fault: str, remedy: str, row: int | None = None) -> InvalidInput:
        """The exception for a fault of the whole file."""
        return InvalidInput([InputProblem(self.name, row, None, fault, remedy)])


def read_input_file(path: Path, sheet: str = "") -> InputFile:
    """Read the file. Raises InvalidInput if it is unreadable, too large, empty or unsupported."""
    source = InputFile(path.name, read_bytes(path), sheet)
    if not source.data.strip():
        raise source.invalid("The file is empty.", "Export it again.")
    if source.data.startswith(b"%PDF"):
        raise source.invalid("This is a PDF.", "Request the file from which it was made.")
    return source
