"""PDFs as a reader sees them: their text, and their pages as pictures."""

import ctypes
from contextlib import closing
from itertools import groupby

import pypdfium2
import zxingcpp


def page_texts(pdf: bytes) -> list[str]:
    """The text of each page, with single spaces."""
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]


def page_sizes(pdf: bytes) -> list[tuple[int, int]]:
    """Width and height of each page, in points."""
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        return [(round(page.get_width()), round(page.get_height())) for page in document]


def page_bitmap(pdf: bytes, page: int) -> list[list[bool]]:
    """A page as a picture, a dot for each point, row by row: where there is something."""
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        drawn = document[page].render(scale=1, grayscale=True)
        buffer, stride = bytes(drawn.buffer), drawn.stride
        return [
            [dot < 200 for dot in buffer[row * stride : row * stride + drawn.width]]
            for row in range(drawn.height)
        ]


def barcodes(pdf: bytes, page: int) -> list[str]:
    """What a phone reads from the codes on a page, printed at 144 dots an inch."""
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        picture = document[page].render(scale=2).to_pil()
        return [code.text for code in zxingcpp.read_barcodes(picture)]


def font_runs(pdf: bytes, page: int) -> list[tuple[str, str]]:
    """The text of a page in runs of one face of the font: its name, and the run."""
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        text = document[page].get_textpage()
        runs = groupby(range(text.count_chars()), key=lambda index: _face(text, index))
        return [(face, "".join(text.get_text_range(i, 1) for i in run)) for face, run in runs]


def _face(text: pypdfium2.PdfTextPage, index: int) -> str:
    name = ctypes.create_string_buffer(80)
    pypdfium2.raw.FPDFText_GetFontInfo(text, index, name, len(name), None)
    return name.value.decode().partition("+")[2]
