"""docs/security-inventory.md: every table, log message and hash function of the application."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from sqlmodel import SQLModel

import cme_reflex.store.tables  # noqa: F401 - registers every table
from cme_reflex.settings import ROOT
from tests.support.checks import documents

INVENTORY = ROOT / "docs" / "security-inventory.md"
LEVELS = {"debug", "info", "warning", "error", "exception", "critical", "log"}
HASH_FUNCTION = re.compile(r"\bhashlib\.(\w+)\(")


def first_cells(section: str) -> list[str]:
    """Return the code spans in the first column of the section's table, in their order."""
    text = INVENTORY.read_text("utf-8").partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    return [span for row in rows for span in documents.CODE_SPAN.findall(row)]


def sources() -> list[Path]:
    return sorted((ROOT / "cme_reflex").rglob("*.py"))


def logged_messages(source: Path) -> Iterator[str]:
    """Return the messages of the module's calls of its `logger`."""
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="logger"), attr=attr), args=args
            ) if attr in LEVELS:
                message = args[1] if attr == "log" else args[0]
                assert isinstance(message, ast.Constant), f"{source}:{node.lineno}"
                yield str(message.value)


def test_every_table_has_its_level_of_protection() -> None:
    assert sorted(first_cells("Data")) == sorted(SQLModel.metadata.tables)


def test_every_message_of_the_log_is_listed() -> None:
    messages = {message for source in sources() for message in logged_messages(source)}
    assert sorted(first_cells("Log")) == sorted(messages)


def test_every_hash_function_is_listed() -> None:
    used = {name for path in sources() for name in HASH_FUNCTION.findall(path.read_text("utf-8"))}
    assert used == {"sha256", "blake2b"}
    text = INVENTORY.read_text("utf-8").lower().replace("-", "")
    assert [name for name in used if name not in text] == []
