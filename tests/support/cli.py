"""The `cme` command, run in this process."""

from pathlib import Path

from typer.testing import CliRunner, Result

from cme_reflex.cli.commands import app


def invoke_cme(*words: str | Path) -> Result:
    """Run the command with these arguments; exceptions are raised."""
    return CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)


def cme_output(*words: str | Path) -> tuple[int, list[str], list[str]]:
    """Exit code, and the lines of standard output and standard error."""
    result = invoke_cme(*words)
    return result.exit_code, result.stdout.splitlines(), result.stderr.splitlines()
