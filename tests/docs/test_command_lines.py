"""The `cme` and `make` command lines shown in documents: each would be accepted."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer.main
from typer.exceptions import TyperException

from cme_reflex.cli.commands import app
from cme_reflex.settings import ROOT
from tests.support.checks import documents

CME = typer.main.get_command(app)
MAKE_TARGETS = set(
    re.findall(r"^([\w./-]+):(?!=)", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
)
INSTEAD_OF_A_COMMAND = re.compile(r"\$\([^)]*\)")  # $(date +%F)


def simple_commands(line: str) -> list[list[str]]:
    """Return the words of each command of a shell line, without redirections."""
    lexer = shlex.shlex(
        INSTEAD_OF_A_COMMAND.sub("VALUE", line), posix=True, punctuation_chars="&|;>"
    )
    lexer.whitespace_split = True
    commands: list[list[str]] = [[]]
    for word in lexer:
        if word in {"&&", "|", ";"}:
            commands.append([])
        elif word == ">":
            next(lexer)
        else:
            commands[-1].append(word)
    return commands


def usage_error(words: list[str], *, complete: bool) -> str | None:
    """Return why `cme` would reject these words, or None.

    Values are not looked at. Arguments may be missing unless the command line is complete.
    """
    command: Any = CME
    while words and words[0] in getattr(command, "commands", {}):
        command, words = command.commands[words[0]], words[1:]
    try:
        values, extra, _ = command.make_parser(command.context_class(command)).parse_args(words)
    except TyperException as error:
        return str(error)
    if extra:
        return f"unexpected: {extra}"
    missing = [each.name for each in command.params if each.required and not values.get(each.name)]
    return f"missing: {missing}" if complete and missing else None


def command_lines(document: Path) -> list[tuple[list[str], bool]]:
    """Return the commands in code blocks (complete) and in code spans (perhaps without values)."""
    blocks = [
        (words, True)
        for line in documents.shell_lines(document)
        if re.search(r"\b(cme|make) ", line)
        for words in simple_commands(line)
    ]
    spans = [
        (shlex.split(span), False)
        for span in documents.code_spans(document)
        if re.match(r"(\.venv/bin/)?(cme|make) ", span)
    ]
    return [(words, complete) for words, complete in blocks + spans if words]


@pytest.mark.parametrize("document", documents.DOCUMENTS, ids=documents.name)
def test_every_cme_command_line_parses(document: Path) -> None:
    rejected = {
        shlex.join(words): error
        for words, complete in command_lines(document)
        if Path(words[0]).name == "cme"
        and (error := usage_error(words[1:], complete=complete)) is not None
    }
    assert rejected == {}


@pytest.mark.parametrize("document", documents.DOCUMENTS, ids=documents.name)
def test_every_make_target_exists(document: Path) -> None:
    targets = {
        word
        for words, _ in command_lines(document)
        if words[0] == "make"
        for word in words[1:]
        if "=" not in word
    }
    assert targets - MAKE_TARGETS == set()


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("claims reopen PSTM24-7K3M-9QX2 --reason forgotten --until 2026-02-23", None),
        ("claims reopen --reason forgotten", "missing: ['receipt', 'until']"),
        ("claims show one two", "unexpected: ['two']"),
        ("meeting lod meetings/yours", "unexpected: ['lod', 'meetings/yours']"),
        ("db upgrade --no-such-option", "No such option: --no-such-option"),
    ],
)
def test_a_wrong_command_line_would_be_found(line: str, error: str | None) -> None:
    assert usage_error(line.split(), complete=True) == error
