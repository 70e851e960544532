"""A letter as plain text, for whoever reads it so."""

import textwrap
from collections.abc import Iterator

from cme_reflex.domain.letter import Action, Block, Facts, Letter, Paragraph

WIDTH = 74  # characters, so that a quoted line still fits 80


def text(letter: Letter) -> str:
    """The letter in paragraphs. An address stands on a line of its own and is never broken."""
    parts = [letter.greeting, *(_block(block) for block in letter.blocks)]
    footer = "\n".join(_wrapped(line) for line in letter.footer)
    return "\n\n".join([*parts, f"-- \n{footer}"]) + "\n"


def _block(block: Block) -> str:
    match block:
        case Paragraph(words):
            return _wrapped(words)
        case Facts(rows):
            return "\n".join(_facts(rows))
        case Action(label=label, url=url):
            return f"{label}:\n{url}"


def _facts(rows: tuple[tuple[str, str], ...]) -> Iterator[str]:
    for name, value in rows:
        yield f"  {name}: {value}"


def _wrapped(words: str) -> str:
    return textwrap.fill(words, WIDTH, break_long_words=False, break_on_hyphens=False)
