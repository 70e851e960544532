"""All commands: help, wrong usage, JSON output and shell completion."""

import inspect
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, get_type_hints

import pytest
import typer.main
from typer.testing import CliRunner

from cme_reflex.cli.commands import app
from cme_reflex.settings import ROOT

CME = Path(sys.executable).with_name("cme")
# They build or serve and print no result; `db` prints one word.
WITHOUT_JSON = {"build", "demo", "fonts", "serve", "db upgrade", "db downgrade", "db current"}


def commands() -> Iterator[tuple[tuple[str, ...], Any]]:
    """All commands and groups by their words on the command line."""
    waiting = [((), typer.main.get_command(app))]
    while waiting:
        words, command = waiting.pop()
        yield words, command
        inner = getattr(command, "commands", {})
        waiting += [((*words, name), each) for name, each in inner.items()]


EVERY = sorted(words for words, _ in commands())
DECLARED = {words: command.callback for words, command in commands()}
LEAVES = [
    words for words in EVERY if not any(words == each[: len(words)] != each for each in EVERY)
]


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_help_works_and_an_unknown_option_is_wrong_usage(words: tuple[str, ...]) -> None:
    helped = CliRunner().invoke(app, [*words, "--help"])
    assert (helped.exit_code, helped.stderr) == (0, "")
    assert "Usage:" in helped.stdout
    wrong = CliRunner().invoke(app, [*words, "--no-such-option"])
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert "no such option" in wrong.stderr.casefold()


def test_every_command_that_reports_has_json() -> None:
    with_json = {
        " ".join(words)
        for words in LEAVES
        if "--json" in CliRunner().invoke(app, [*words, "--help"], terminal_width=200).stdout
    }
    assert {" ".join(words) for words in LEAVES} - with_json == WITHOUT_JSON


@pytest.mark.parametrize("words", LEAVES, ids=" ".join)
def test_a_declaration_has_the_arguments_of_what_it_calls(words: tuple[str, ...]) -> None:
    declared = DECLARED[words]
    implementation = getattr(import_module(declared.implemented_in), declared.__name__)
    wanted = {
        name: each
        for name, each in inspect.signature(implementation).parameters.items()
        if name in get_type_hints(declared) or each.default is inspect.Parameter.empty
    }
    hints = get_type_hints(implementation)
    assert {name: hints[name] for name in wanted} == {
        name: hint for name, hint in get_type_hints(declared).items() if name != "return"
    }


def test_help_imports_nothing_that_takes_long() -> None:
    script = """
import sys
from cme_reflex.cli.commands import app
app(["--help"], standalone_mode=False)
print(*sys.modules, file=sys.stderr)
"""
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    slow = {"alembic", "babel", "jinja2", "openpyxl", "pydantic", "reflex", "sqlalchemy"}
    assert slow.isdisjoint(done.stderr.split())


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("cme me", {"meeting", "members"}),
        (
            "cme meeting ",
            {"new", "check", "load", "upgrade", "export", "list", "close", "reopen", "archive"},
        ),
        ("cme meeting load meetings/ps", {"meetings/pstm24/"}),
        ("cme meeting check psT", set()),
        ("cme restore docs/for-so", {"docs/for-societies.md"}),
        ("cme purge --b", {"--before"}),
    ],
)
def test_bash_completes_commands_options_and_paths(line: str, expected: set[str]) -> None:
    words = line.split(" ")
    done = subprocess.run(
        [CME],
        cwd=ROOT,
        env={
            **os.environ,
            "_CME_COMPLETE": "complete_bash",
            "COMP_WORDS": line,
            "COMP_CWORD": str(len(words) - 1),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert set(done.stdout.split()) == expected


def test_completion_is_installed_for_bash(tmp_path: Path) -> None:
    done = subprocess.run(
        [CME, "--install-completion", "bash"],
        cwd=ROOT,
        env={
            **os.environ,
            "HOME": str(tmp_path),
            "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    [script] = (tmp_path / ".bash_completions").iterdir()
    assert "_CME_COMPLETE=complete_bash" in script.read_text()
    assert str(script) in (tmp_path / ".bashrc").read_text()
