"""PDFs as a reader sees them: their text, and their pages as pictures."""

from contextlib import closing

import pypdfium2


def pages(pdf: bytes) -> list[str]:
    """The text of each page, with single spaces."""
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]


def sizes(pdf: bytes) -> list[tuple[int, int]]:
    """Width and height of each page, in points."""
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        return [(round(page.get_width()), round(page.get_height())) for page in document]


def inked(pdf: bytes, page: int) -> list[list[bool]]:
    """A page as a picture, a dot for each point, row by row: where there is something."""
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        drawn = document[page].render(scale=1, grayscale=True)
        buffer, stride = bytes(drawn.buffer), drawn.stride
        return [
            [dot < 200 for dot in buffer[row * stride : row * stride + drawn.width]]
            for row in range(drawn.height)
        ]
