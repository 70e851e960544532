"""Opening of an XLSX workbook after its parts were counted, because openpyxl has no limits.

openpyxl makes an object of every style, name, link and merged range, and a row for every number
that is left out. So each XML part is first parsed without keeping anything.
"""

import io
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import IO, Any
from xml.parsers import expat

from openpyxl import load_workbook
from openpyxl.cell.read_only import EMPTY_CELL

from cme_reflex.formats import input_limits
from cme_reflex.formats.input_limits import InputMeter, Limit
from cme_reflex.formats.input_problems import InputProblem, InvalidInput

_COUNTED = {
    "row": input_limits.ROWS,
    "c": input_limits.CELLS,
    "si": input_limits.SHARED_STRINGS,
}
# Elements of cells, texts and cached pivot tables, of which openpyxl keeps no object.
_TRANSIENT = frozenset(
    {"v", "f", "is", "t", "r", "rPr", "b", "i", "u", "s", "n", "x", "d", "m", "e"}
    | {"sz", "rFont", "family", "scheme", "charset", "vertAlign"}
)


@contextmanager
def open_workbook(name: str, data: bytes, meter: InputMeter, *, values: bool) -> Iterator[Any]:
    """The workbook for reading, as long as the block lasts.

    With `values` a formula's cell has its last value, else the formula. Raises InvalidInput if the
    bytes are no complete workbook, or above a limit.
    """
    try:
        _count_parts(data, meter)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about drawings and styles, which are not read
            book = load_workbook(
                io.BytesIO(data), read_only=True, data_only=values, keep_links=False
            )
            try:
                yield book
            finally:
                book.close()
    except InvalidInput:
        raise
    except Exception:  # openpyxl does not document its exceptions for broken workbooks
        fault = "This is not a complete Excel workbook."
        raise InvalidInput([InputProblem(name, None, None, fault, "Save it again.")]) from None


def sheet_rows(sheet: Any, meter: InputMeter) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """The numbers and cells of the rows that are not empty, each without its empty end."""
    sheet.reset_dimensions()  # the dimensions that a file declares may be wrong
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if not cells:
            continue
        # Cells that the file leaves out were not among those counted before.
        padding = sum(cell is EMPTY_CELL for cell in cells)
        meter.count(input_limits.CELLS, padding, row=number)
        length = max((n for n, cell in enumerate(cells, 1) if cell.value is not None), default=0)
        meter.check(input_limits.COLUMNS, length, row=number)
        if length:
            yield number, cells[:length]


def count_text(text: str, meter: InputMeter, *, row: int) -> str:
    """The text of a cell, after counting its characters. Raises InvalidInput above the limit."""
    meter.check(input_limits.CELL_CHARACTERS, len(text), row=row)
    meter.count(input_limits.CHARACTERS, len(text), row=row)
    return text


def _count_parts(data: bytes, meter: InputMeter) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        meter.count(input_limits.PARTS, len(entries))
        # zipfile never unpacks more than the sizes that the archive declares here.
        meter.count(input_limits.UNPACKED_BYTES, sum(entry.file_size for entry in entries))
        # All of them: a part's name does not tell what openpyxl reads it as. Pictures and broken
        # parts end where they are no XML, for openpyxl too.
        for entry in entries:
            with archive.open(entry) as part, suppress(expat.ExpatError):
                count_elements(part, meter)


def count_elements(part: IO[bytes], meter: InputMeter) -> None:
    """Count the elements of a workbook's part. Raises InvalidInput, ExpatError and ValueError."""
    depth = 0

    def start(tag: str, attributes: Mapping[str, str]) -> None:
        nonlocal depth
        depth += 1
        name = tag.rpartition(":")[2]
        meter.check(input_limits.DEPTH, depth)
        if name == "row":
            meter.check(input_limits.ROW_NUMBER, _row_number(attributes))
        meter.count(_limit(name))

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1

    def reject_doctype(*_: object) -> None:
        raise ValueError("a workbook declares no entities")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = reject_doctype
    parser.ParseFile(part)


def _limit(name: str) -> Limit:
    if name in _TRANSIENT:
        return input_limits.XML_ELEMENTS
    return _COUNTED.get(name, input_limits.STYLES)


def _row_number(attributes: Mapping[str, str]) -> int:
    # As openpyxl reads it: a whole number, also in exponent notation.
    return int(float(attributes.get("r", "0")))
