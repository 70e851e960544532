"""Opening of an XLSX workbook after its parts were counted, because openpyxl has no limits.

openpyxl makes an object of every style, name, link and merged range, and a row for every number
that is left out. So each XML part is first parsed without keeping anything.
"""

import io
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
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


@dataclass(slots=True)
class SheetLayout:
    """What openpyxl does not tell of a sheet that it only reads; rows and columns from 1.

    `cells` is the number of cells with a value, `merged` has the ranges, such as ``"D2:D4"``.
    """

    cells: int = 0
    merged: list[str] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: int = 0


@dataclass(frozen=True, slots=True)
class OpenWorkbook:
    """A workbook of openpyxl, with the layouts of its parts."""

    book: Any
    layouts: Mapping[str, SheetLayout]

    def layout(self, sheet: Any) -> SheetLayout:
        """The layout of a sheet of the book."""
        # The part's name is not public, and no other fact ties a sheet to its part.
        return self.layouts.get(sheet._worksheet_path, SheetLayout())  # noqa: SLF001


@contextmanager
def open_workbook(
    name: str, data: bytes, meter: InputMeter, *, values: bool
) -> Iterator[OpenWorkbook]:
    """The workbook for reading, as long as the block lasts.

    With `values` a formula's cell has its last value, else the formula. Raises InvalidInput if the
    bytes are no complete workbook, or above a limit.
    """
    try:
        layouts = count_parts(data, meter)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about drawings and styles, which are not read
            book = load_workbook(
                io.BytesIO(data), read_only=True, data_only=values, keep_links=False
            )
            try:
                yield OpenWorkbook(book, layouts)
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


def count_parts(data: bytes, meter: InputMeter) -> dict[str, SheetLayout]:
    """The layouts of a workbook's parts, after counting all that they have."""
    layouts = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        meter.count(input_limits.PARTS, len(entries))
        # zipfile never unpacks more than the sizes that the archive declares here.
        meter.count(input_limits.UNPACKED_BYTES, sum(entry.file_size for entry in entries))
        # All of them: a part's name does not tell what openpyxl reads it as. Pictures and broken
        # parts end where they are no XML, for openpyxl too.
        for entry in entries:
            layouts[entry.filename] = SheetLayout()
            with archive.open(entry) as part, suppress(expat.ExpatError):
                count_elements(part, meter, layouts[entry.filename])
    return layouts


def count_elements(part: IO[bytes], meter: InputMeter, layout: SheetLayout | None = None) -> None:
    """Count the elements of a workbook's part. Raises InvalidInput, ExpatError and ValueError."""
    depth = 0
    layout = layout or SheetLayout()

    def start(tag: str, attributes: Mapping[str, str]) -> None:
        nonlocal depth
        depth += 1
        name = tag.rpartition(":")[2]
        meter.check(input_limits.DEPTH, depth)
        if name == "row":
            meter.check(input_limits.ROW_NUMBER, _row_number(attributes))
        meter.count(_limit(name))
        _note_layout(layout, name, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1

    def reject_doctype(*_: object) -> None:
        raise ValueError("a workbook declares no entities")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = reject_doctype
    parser.ParseFile(part)


def _note_layout(layout: SheetLayout, name: str, attributes: Mapping[str, str]) -> None:
    hidden = attributes.get("hidden") in {"1", "true"}
    match name:
        case "v" | "is":
            layout.cells += 1
        case "mergeCell":
            layout.merged.append(attributes.get("ref", ""))
        case "row" if hidden:
            layout.hidden_rows.add(_row_number(attributes))
        case "col" if hidden:
            layout.hidden_columns += 1


def _limit(name: str) -> Limit:
    if name in _TRANSIENT:
        return input_limits.XML_ELEMENTS
    return _COUNTED.get(name, input_limits.STYLES)


def _row_number(attributes: Mapping[str, str]) -> int:
    # As openpyxl reads it: a whole number, also in exponent notation.
    return int(float(attributes.get("r", "0")))
