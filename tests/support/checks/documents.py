"""The Markdown documents of the repository: text, code blocks and code spans."""

import re
from pathlib import Path

from cme_reflex.settings import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("meetings/*/*.md")])

_CODE_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CODE_SPAN = re.compile(r"`([^`\n]+)`")


def name(document: Path) -> str:
    """Return the document's path within the repository, as a test's id."""
    return document.relative_to(ROOT).as_posix()


def prose(document: Path) -> str:
    """Return the text without its code blocks."""
    return _CODE_BLOCK.sub("", document.read_text("utf-8"))


def code_blocks(document: Path) -> list[str]:
    """Return the text of each code block."""
    return [body for _, body in _CODE_BLOCK.findall(document.read_text("utf-8"))]


def shell_lines(document: Path) -> list[str]:
    """Return the command lines of all shell code blocks, continued lines joined."""
    blocks = _CODE_BLOCK.findall(document.read_text("utf-8"))
    text = "\n".join(body for language, body in blocks if language in {"console", "sh"})
    return text.replace("\\\n", " ").splitlines()


def code_spans(document: Path) -> list[str]:
    """Return the text of each code span outside code blocks."""
    return CODE_SPAN.findall(prose(document))
